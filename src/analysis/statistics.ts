/** Summaries of samples, over `simple-statistics`. */
import { mean, numericSort, sampleStandardDeviation } from 'simple-statistics';

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
  readonly meanCi95: readonly [number, number] | null;
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

/** By hand, because the library's quantile averages two samples where p·n is whole. */
function nearestRank(sorted: readonly number[], share: number): number {
  // p·n may come out a hair above a whole number; the next rank must not be taken for that.
  const rank = Math.max(1, Math.ceil(share * sorted.length - 1e-9));
  return sorted[rank - 1] ?? Number.NaN;
}

function confidenceInterval(samples: readonly number[], average: number): readonly [number, number] | null {
  if (samples.length < 3) return null;
  const half =
    (student975(samples.length - 1) * sampleStandardDeviation([...samples])) / Math.sqrt(samples.length);
  return [average - half, average + half];
}

/** The 97.5 % quantile of Student's t by its Cornish–Fisher series: 3 % low at two degrees of freedom, exact soon. */
function student975(degrees: number): number {
  const z = 1.959_964;
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
