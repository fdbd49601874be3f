/**
 * Summaries and comparisons of samples, over `simple-statistics`. What it lacks is by hand and named so: nearest-rank
 * percentiles, their bootstrap, quantiles of Student's t, and the Kolmogorov–Smirnov test of two samples.
 */
import { mean, numericSort, sampleStandardDeviation, sampleVariance } from 'simple-statistics';
import { createRandom, drawBetween } from '../raft/random.js';
import { ResampledRank } from './resampled-rank.js';

/** Lower and upper end. */
export type Interval = readonly [number, number];

/** Percentiles are nearest-rank: the ⌈p·n⌉-th smallest sample, so that each is a value that did occur. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  /** 95 % confidence interval of the mean (Student's t); null below three samples. */
  readonly meanCi95: Interval | null;
  /**
   * 95 % bootstrap intervals of two percentiles; null below three samples. No resample exceeds the longest sample, so
   * with a few hundred of them the upper end of the 99th percentile is often just that.
   */
  readonly p50Ci95: Interval | null;
  readonly p99Ci95: Interval | null;
}

/** @throws RangeError without samples: nothing is known of an empty set. */
export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('Expected at least one sample, got none');
  const sorted = numericSort([...samples]);
  const average = mean(sorted);
  return {
    count: sorted.length,
    min: nearestRank(sorted, 0),
    p50: nearestRank(sorted, 0.5),
    p90: nearestRank(sorted, 0.9),
    p99: nearestRank(sorted, 0.99),
    max: nearestRank(sorted, 1),
    mean: average,
    meanCi95: confidenceInterval(sorted, average),
    p50Ci95: percentileInterval(sorted, 0.5, 0.95),
    p99Ci95: percentileInterval(sorted, 0.99, 0.95),
  };
}

/** The nearest-rank median, as in {@link Summary}. */
export function median(samples: readonly number[]): number {
  return summarize(samples).p50;
}

/**
 * The Kolmogorov–Smirnov distance of two samples: the widest gap between their cumulative shares, from 0 to 1.
 * By hand, because the library has none.
 */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [numericSort([...a]), numericSort([...b])];
  let [i, j, widest] = [0, 0, 0];
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i] ?? 0, second[j] ?? 0);
    while (first[i] === value) i += 1;
    while (second[j] === value) j += 1;
    widest = Math.max(widest, Math.abs(i / first.length - j / second.length));
  }
  return widest;
}

/**
 * How likely two samples of one distribution are at least this far apart: the asymptotic law of Kolmogorov with
 * Stephens' correction, good from about ten samples each. Ties make it larger than it is.
 * @param distance as {@link kolmogorovSmirnov} has it
 */
export function kolmogorovSmirnovP(distance: number, countA: number, countB: number): number {
  const root = Math.sqrt((countA * countB) / (countA + countB));
  const scaled = (root + 0.12 + 0.11 / root) * distance;
  // The alternating series does not converge near nothing, where the answer is known.
  if (scaled < 0.2) return 1;
  let p = 0;
  for (let k = 1; k <= 20; k += 1) p += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * scaled) ** 2);
  return Math.min(1, Math.max(0, p));
}

/** What can be compared of two samples: the mean, or a nearest-rank percentile as a share of 1. */
export type Statistic = 'mean' | number;

/** What a second sample has more of than a first. */
export interface Difference {
  readonly a: number;
  readonly b: number;
  /** `b − a`. */
  readonly difference: number;
  /** Of the difference: where it does not reach over 0, a difference is shown. Null below three samples on a side. */
  readonly interval: Interval | null;
}

/** So that an interval moves by less than a tenth of its width from one seed to another. */
const resamples = 4000;

/**
 * Of the mean by Welch's t, which does not take the two scatters for equal; of a percentile by a bootstrap, drawn with
 * a fixed seed: equal samples, equal interval.
 * @param level of the interval, as a share of 1: 0.95 or 0.99
 * @throws RangeError without samples on both sides
 */
export function differenceOf(
  a: readonly number[],
  b: readonly number[],
  statistic: Statistic,
  level: 0.95 | 0.99,
): Difference {
  if (a.length === 0 || b.length === 0) {
    throw new RangeError(`Expected at least one sample on each side, got ${a.length} and ${b.length}`);
  }
  const [first, second] = [numericSort([...a]), numericSort([...b])];
  const valueOf = (sorted: number[]): number =>
    statistic === 'mean' ? mean(sorted) : nearestRank(sorted, statistic);
  const [valueA, valueB] = [valueOf(first), valueOf(second)];
  const known = a.length >= 3 && b.length >= 3;
  return {
    a: valueA,
    b: valueB,
    difference: valueB - valueA,
    interval: !known
      ? null
      : statistic === 'mean'
        ? welchInterval(first, second, level)
        : resampledInterval(first, second, statistic, level),
  };
}

function welchInterval(a: number[], b: number[], level: 0.95 | 0.99): Interval {
  const [ofA, ofB] = [sampleVariance(a) / a.length, sampleVariance(b) / b.length];
  const spread = ofA + ofB;
  const difference = mean(b) - mean(a);
  if (spread === 0) return [difference, difference];
  const degrees = spread ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const half = studentQuantile(normalQuantiles[level], degrees) * Math.sqrt(spread);
  return [difference - half, difference + half];
}

function resampledInterval(a: number[], b: number[], share: number, level: number): Interval {
  const random = createRandom(1);
  const [rankA, rankB] = [
    new ResampledRank(a.length, rankOf(share, a.length)),
    new ResampledRank(b.length, rankOf(share, b.length)),
  ];
  const draw = (sorted: number[], rank: ResampledRank): number =>
    sorted[rank.quantile(drawBetween(random, 0, 1)) - 1] ?? Number.NaN;
  const differences = numericSort(Array.from({ length: resamples }, () => draw(b, rankB) - draw(a, rankA)));
  return [nearestRank(differences, (1 - level) / 2), nearestRank(differences, (1 + level) / 2)];
}

/** Every resample counted, none drawn: see {@link ResampledRank}. */
function percentileInterval(sorted: readonly number[], share: number, level: number): Interval | null {
  const count = sorted.length;
  if (count < 3) return null;
  const rank = new ResampledRank(count, rankOf(share, count));
  const at = (cumulative: number): number => sorted[rank.quantile(cumulative) - 1] ?? Number.NaN;
  return [at((1 - level) / 2), at((1 + level) / 2)];
}

/** By hand, because the library's quantile averages two samples where p·n is whole. */
function nearestRank(sorted: readonly number[], share: number): number {
  return sorted[rankOf(share, sorted.length) - 1] ?? Number.NaN;
}

/** From 1. p·n may come out a hair above a whole number; the next rank must not be taken for that. */
function rankOf(share: number, count: number): number {
  return Math.max(1, Math.ceil(share * count - 1e-9));
}

function confidenceInterval(samples: readonly number[], average: number): Interval | null {
  if (samples.length < 3) return null;
  const t = studentQuantile(normalQuantiles[0.95], samples.length - 1);
  const half = (t * sampleStandardDeviation([...samples])) / Math.sqrt(samples.length);
  return [average - half, average + half];
}

/** Of the standard normal distribution, for two-sided intervals of these levels. */
const normalQuantiles = { 0.95: 1.959_964, 0.99: 2.575_829 } as const;

/**
 * A quantile of Student's t from the normal one `z`, by its Cornish–Fisher series: at 97.5 % it is 3 % low at two
 * degrees of freedom, and exact soon.
 */
function studentQuantile(z: number, degrees: number): number {
  const z3 = z ** 3;
  const z5 = z ** 5;
  const z7 = z ** 7;
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}
