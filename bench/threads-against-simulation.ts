/**
 * Do elections on real threads take as long as simulated ones, when the simulation is given the delays and writes
 * that the threads had? Compared are whole distributions, of all trials that no stall of the machine touched.
 */
import { benchElections } from '../src/analysis/election-bench.js';
import { benchSimulatedElections } from '../src/analysis/simulated-bench.js';
import { kolmogorovSmirnov } from '../src/analysis/statistics.js';
import type { Trial } from '../src/analysis/trial.js';
import { aim, ask, figure, size } from './harness.js';

ask('Crash → elected on threads against the simulation: five nodes, T = 150, h = 30');
const timeouts = { electionTimeoutMs: 150, electionJitterMs: 150, heartbeatMs: 30, seed: 1 };

for (const [name, cluster] of [
  ['ranked successors, disk store', { ...timeouts, rules: { exitNotice: false } }],
  [
    'timeouts drawn from [150, 300], disk store',
    { ...timeouts, rules: { exitNotice: false, rankedSuccessors: false } },
  ],
  [
    'vanilla, timeouts drawn from [150, 300], memory store',
    { ...timeouts, profile: 'vanilla', store: 'memory' },
  ],
] as const) {
  const real = await benchElections({ trials: size(330, 5), cluster });
  const quiet = real.trials.filter(({ marks }) => marks.length === 0);
  const sampled = (
    pick: (cost: Trial['cost']) => readonly number[],
  ): { type: 'sampled'; ms: readonly number[] } => {
    const ms = quiet.flatMap(({ cost }) => pick(cost));
    return { type: 'sampled', ms: ms.length === 0 ? [0] : ms };
  };
  const simulated = await benchSimulatedElections({
    trials: size(20_000, 200),
    // Its writes take what those of the real one took.
    cluster: { ...cluster, store: undefined },
    linkDelay: sampled(({ delaysMs }) => delaysMs),
    storeDelay: sampled(({ candidateWritesMs, voterWritesMs }) => [...candidateWritesMs, ...voterWritesMs]),
  });
  const distance = kolmogorovSmirnov(
    quiet.map(({ electedMs }) => electedMs),
    simulated.trials.map(({ electedMs }) => electedMs),
  );
  console.log(
    `${name}: ${quiet.length} of ${real.trials.length} trials unmarked; mean ${figure(real.summary.electedMs.mean)} ms ` +
      `on threads, ${figure(simulated.summary.electedMs.mean)} ms simulated`,
  );
  aim('Kolmogorov–Smirnov distance', distance, '≤', 0.1, '');
}
