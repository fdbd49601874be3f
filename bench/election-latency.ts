/** How long is a cluster without a leader after a crash, against the best these timeouts allow? */
import { benchElections } from '../src/analysis/election-bench.js';
import { compareWithIdeal, type ElectionBenchResult } from '../src/analysis/election-result.js';
import { aim, ask, figure, size } from './harness.js';

ask('Crash → elected: five nodes, disk store');

/** One line: the mean with its interval, and where the tail is. */
function tell(what: string, { summary, options, trials }: ElectionBenchResult): void {
  const ideal = compareWithIdeal(options.cluster, trials);
  const { count, mean, meanCi95, p50, p99 } = summary.electedMs;
  const [low, high] = meanCi95 ?? [Number.NaN, Number.NaN];
  console.log(
    `${what}, ${count} trials: mean ${figure(mean)} ms (95 % CI ${figure(low)} to ${figure(high)}), ` +
      `p50 ${figure(p50)}, p99 ${figure(p99)} ms; ideal mean ${figure(ideal.meanMs)} ms`,
  );
}

const timeouts = { electionTimeoutMs: 150, electionJitterMs: 150, heartbeatMs: 30, seed: 1 };

const drawn = await benchElections({
  trials: size(300, 5),
  cluster: { ...timeouts, rules: { exitNotice: false, rankedSuccessors: false } },
});
tell('timeouts drawn from [150, 300], h = 30', drawn);
aim(
  'distance of the mean from the ideal',
  Math.abs(drawn.ideal?.meanExcess ?? Number.NaN) * 100,
  '≤',
  5,
  '%',
);

const ranked = await benchElections({
  trials: size(300, 5),
  cluster: { ...timeouts, rules: { exitNotice: false } },
});
tell('ranked successors, T = 150, h = 30', ranked);
aim('median', ranked.summary.electedMs.p50, '≤', 145, 'ms');
aim('99th percentile', ranked.summary.electedMs.p99, '≤', 175, 'ms');
aim('second terms in 1,000', 1000 * (ranked.summary.termSteps.mean - 1), '≤', 2, '');

const short = await benchElections({
  trials: size(300, 5),
  cluster: { electionTimeoutMs: 12, heartbeatMs: 6, seed: 1, rules: { exitNotice: false } },
});
tell('ranked successors, T = 12, h = 6 as in the paper', short);
aim('mean', short.summary.electedMs.mean, '≤', 15, 'ms');
aim('99th percentile', short.summary.electedMs.p99, '≤', 30, 'ms');

const noticed = await benchElections({
  trials: size(200, 5),
  cluster: { ...timeouts, retryJitterMs: 2 },
});
tell('exit notice on, r = 2', noticed);
aim('median with exit notice', noticed.summary.electedMs.p50, '≤', 3, 'ms');
aim('99th percentile with exit notice', noticed.summary.electedMs.p99, '≤', 10, 'ms');
