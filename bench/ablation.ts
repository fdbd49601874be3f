/** What does each feature of the protocol cost or save when a leader crashes? On real threads, in alternation. */
import { ablate } from '../src/analysis/ablation.js';
import { ask, figure, size } from './harness.js';

ask('Crash → elected without one feature at a time: five nodes, memory store, R = 20');
const { full, rows } = await ablate({
  engine: 'threads',
  trials: size(20, 1),
  runs: 1,
  cluster: { electionJitterMs: 20, store: 'memory', seed: 1 },
});
console.log(`everything: mean ${figure(full.summary.electedMs.mean)} ms`);
for (const { feature, summary, difference } of rows) {
  const { interval } = difference.mean;
  const shown = interval !== null && (interval[0] > 0 || interval[1] < 0);
  const change = shown ? `${figure(difference.mean.difference)} ms more` : 'no difference shown';
  console.log(`without ${feature.name}: mean ${figure(summary.electedMs.mean)} ms, ${change}`);
}
