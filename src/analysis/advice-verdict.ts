/** Whether advised timeouts do what was predicted of them, and if not, why. Pure. */
import type { CostSamples } from './machine-costs.js';
import { median, summarize } from './statistics.js';
import type { Trial } from './trial.js';

/** What crash → elected is expected to be, in ms. */
export interface Prediction {
  readonly meanMs: number;
  readonly p99Ms: number;
  /** Split votes an election. */
  readonly splitVotes: number;
}

export interface Verdict {
  readonly holds: boolean;
  /** Measured against predicted: 0.01 is one per cent longer. */
  readonly meanError: number;
  readonly p99Error: number;
  /** What was otherwise than assumed; at least one where it does not hold, none where it does. */
  readonly reasons: readonly string[];
}

/** How far the mean and the 99th percentile may be off, as shares. */
export const tolerance: { readonly mean: number; readonly p99: number } = Object.freeze({
  mean: 0.05,
  p99: 0.15,
});
/** A cost that is so many times the one assumed explains a miss; so does one that is as much below. */
const notable = 1.5;

/** @throws RangeError without trials */
export function judgeAdvice(
  predicted: Prediction,
  trials: readonly Trial[],
  assumed: Pick<CostSamples, 'delaysMs' | 'writesMs'>,
): Verdict {
  const { mean, p99 } = summarize(trials.map(({ electedMs }) => electedMs));
  const meanError = mean / predicted.meanMs - 1;
  const p99Error = p99 / predicted.p99Ms - 1;
  const holds = Math.abs(meanError) <= tolerance.mean && Math.abs(p99Error) <= tolerance.p99;
  return { holds, meanError, p99Error, reasons: holds ? [] : findReasons(predicted, trials, assumed) };
}

function findReasons(
  predicted: Prediction,
  trials: readonly Trial[],
  assumed: Pick<CostSamples, 'delaysMs' | 'writesMs'>,
): string[] {
  const reasons = [
    ...stallsIn(trials),
    ...otherCost(
      'a message',
      assumed.delaysMs,
      trials.flatMap(({ cost }) => cost.delaysMs),
    ),
    ...otherCost(
      'a write',
      assumed.writesMs,
      trials.flatMap(({ cost }) => [...cost.candidateWritesMs, ...cost.voterWritesMs]),
    ),
    ...otherSplits(predicted.splitVotes, trials),
  ];
  return reasons.length > 0
    ? reasons
    : [
        'messages, writes, stalls and split votes were as assumed: the sample may be too small, or the prediction wrong',
      ];
}

function stallsIn(trials: readonly Trial[]): string[] {
  const calm = trials.filter(({ marks }) => marks.length === 0);
  if (calm.length === trials.length) return [];
  const share = `${trials.length - calm.length} of ${trials.length} trials are marked, by a stall for the most part`;
  if (calm.length === 0) return [share];
  const { mean, p99 } = summarize(calm.map(({ electedMs }) => electedMs));
  return [`${share}; without them the mean is ${mean.toFixed(1)} ms and p99 ${p99.toFixed(1)} ms`];
}

function otherCost(what: string, assumedMs: readonly number[], seenMs: readonly number[]): string[] {
  if (assumedMs.length === 0 || seenMs.length === 0) return [];
  const [before, now] = [median(assumedMs), median(seenMs)];
  if (now <= notable * before && before <= notable * now) return [];
  return [`${what} took ${now.toFixed(2)} ms, ${before.toFixed(2)} ms was assumed`];
}

function otherSplits(predicted: number, trials: readonly Trial[]): string[] {
  const seen = trials.reduce((sum, { splitVotes }) => sum + splitVotes, 0);
  const expected = predicted * trials.length;
  // Three standard deviations of a count, and one more for the smallest.
  if (Math.abs(seen - expected) <= 3 * Math.sqrt(expected) + 1) return [];
  return [`${seen} votes were split, ${expected.toFixed(1)} were expected`];
}
