/** Do twenty-five nodes elect and fail over, and how long are they without a leader? */
import { benchElections } from '../src/analysis/election-bench.js';
import { ask, figure, size } from './harness.js';

ask('Crash → elected: twenty-five nodes, disk store, T = R = 150, h = 30, exit notice off');
const { summary, ideal } = await benchElections({
  trials: size(20, 2),
  cluster: { nodes: 25, seed: 1, rules: { exitNotice: false } },
});
const { count, p50, max, mean } = summary.electedMs;
console.log(
  `${count} trials, all elected: p50 ${figure(p50)} ms, max ${figure(max)} ms, mean ${figure(mean)} ms; ` +
    `ideal mean ${figure(ideal?.meanMs ?? Number.NaN)} ms; split votes ${summary.splitVotes}`,
);
