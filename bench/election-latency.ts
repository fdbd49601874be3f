/**
 * How long is a cluster without a leader after a crash, against the best these timeouts allow, and against the Raft paper's
 * rules with the same timeouts? All in one run, in turns, so that a stall of the machine hits all alike.
 */
import { compareWithIdeal, summarizeTrials, summarizeUnmarked } from '../src/analysis/election-result.js';
import { resolveClusterOptions, type ClusterOptions } from '../src/options.js';
import type { Trial } from '../src/analysis/trial.js';
import { aim, ask, figure, size } from './harness.js';
import { interleave } from './interleave.js';

ask('Crash → elected: five nodes, disk store');

const timeouts: ClusterOptions = { electionTimeoutMs: 150, electionJitterMs: 150, heartbeatMs: 30, seed: 1 };
const silent = { exitNotice: false };
const sides = {
  drawn: { ...timeouts, rules: { ...silent, rankedSuccessors: false } },
  ranked: { ...timeouts, rules: silent },
  vanilla: { ...timeouts, profile: 'vanilla' },
  short: { ...timeouts, electionTimeoutMs: 12, electionJitterMs: 12, heartbeatMs: 6, rules: silent },
  noticed: timeouts,
} as const satisfies Readonly<Record<string, ClusterOptions>>;

const trials = await interleave(sides, size(300, 5), 50);

tell('timeouts drawn from [150, 300], h = 30', 'drawn');
const { electedMs } = summarizeTrials(trials.drawn);
const { meanMs } = compareWithIdeal(resolveClusterOptions(sides.drawn), trials.drawn);
aim('distance of the mean from the ideal', 100 * Math.abs(electedMs.mean / meanMs - 1), '≤', 5, '%');

const ranked = tell('ranked successors, T = 150, h = 30', 'ranked');
aim('median without a stall', ranked.p50, '≤', 145, 'ms');
aim('99th percentile without a stall', ranked.p99, '≤', 175, 'ms');
aim('second terms in 1,000', 1000 * (summarizeTrials(trials.ranked).termSteps.mean - 1), '≤', 2, '');

tell('vanilla, timeouts drawn from [150, 300], h = 30', 'vanilla');

const short = tell('ranked successors, T = 12, h = 6 as in the paper', 'short');
aim('mean without a stall', short.mean, '≤', 15, 'ms');
aim('99th percentile without a stall', short.p99, '≤', 30, 'ms');

const noticed = tell('exit notice on', 'noticed');
aim('median without a stall', noticed.p50, '≤', 2, 'ms');
aim('99th percentile without a stall', noticed.p99, '≤', 10, 'ms');

/** A line over all trials, one over those that no stall has touched; returns the figures of these, or of all where there are none. */
function tell(what: string, side: keyof typeof sides): { mean: number; p50: number; p99: number } {
  const all: readonly Trial[] = trials[side];
  const ideal = compareWithIdeal(resolveClusterOptions(sides[side]), all);
  const summary = summarizeTrials(all);
  const unmarked = summarizeUnmarked(all);
  const { count, mean, meanCi95, p50, p99 } = summary.electedMs;
  const [low, high] = meanCi95 ?? [Number.NaN, Number.NaN];
  console.log(
    `${what}, ${count} trials: mean ${figure(mean)} ms (95 % CI ${figure(low)} to ${figure(high)}), ` +
      `p50 ${figure(p50)}, p99 ${figure(p99)} ms; ideal mean ${figure(ideal.meanMs)} ms; ` +
      `terms ${figure(summary.termSteps.mean)} a trial`,
  );
  if (unmarked === null) {
    console.log('  each of them with a stall of the machine');
    return summary.electedMs;
  }
  const quiet = unmarked.electedMs;
  console.log(
    `  ${quiet.count} without a stall of the machine: mean ${figure(quiet.mean)}, p50 ${figure(quiet.p50)}, p99 ${figure(quiet.p99)} ms`,
  );
  return quiet;
}
