/** How long is a cluster without a leader after a crash, against the best these timeouts allow? */
import { benchElections } from '../src/analysis/election-bench.js';
import { aim, ask, figure, size } from './harness.js';

ask('Crash → elected: five nodes, disk store, T = R = 150, h = 30');
const timeouts = { electionTimeoutMs: 150, electionJitterMs: 150, heartbeatMs: 30, seed: 1 };

const silent = await benchElections({
  trials: size(300, 5),
  cluster: { ...timeouts, rules: { exitNotice: false } },
});
const { electedMs } = silent.summary;
const [low, high] = electedMs.meanCi95 ?? [Number.NaN, Number.NaN];
console.log(
  `exit notice off, ${electedMs.count} trials: mean ${figure(electedMs.mean)} ms (95 % CI ${figure(low)} to ` +
    `${figure(high)}), p99 ${figure(electedMs.p99)} ms; ideal mean ${figure(silent.ideal.meanMs)} ms`,
);
aim('distance of the mean from the ideal', Math.abs(silent.ideal.meanExcess) * 100, '≤', 5, '%');

const noticed = await benchElections({
  trials: size(100, 5),
  cluster: { ...timeouts, rules: { exitNotice: true } },
});
const told = noticed.summary.electedMs;
console.log(
  `exit notice on, r = 2, ${told.count} trials: p50 ${figure(told.p50)} ms, p99 ${figure(told.p99)} ms; ` +
    `ideal mean ${figure(noticed.ideal.meanMs)} ms`,
);
aim('median with exit notice', told.p50, '≤', 3, 'ms');
