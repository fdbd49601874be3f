import test from 'ava';
import { sampleWithReplacement } from 'simple-statistics';
import {
  differenceOf,
  kolmogorovSmirnov,
  kolmogorovSmirnovP,
  median,
  summarize,
} from '../../src/analysis/statistics.js';
import { createRandom, drawBetween } from '../../src/raft/random.js';

test('percentiles are nearest-rank: always a sample, the lower middle one of an even count', (t) => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  const { count, min, p50, p90, p99, max, mean } = summarize(hundred);
  t.deepEqual([count, min, p50, p90, p99, max, mean], [100, 1, 50, 90, 99, 100, 50.5]);
  t.is(median([1, 2, 3, 4]), 2);
  t.is(summarize([7]).p99, 7);
});

test('the interval of the mean is Student’s, and there is none below three samples', (t) => {
  t.is(summarize([1, 2]).meanCi95, null);
  // t(0.975, 4) = 2.776, s = √2.5, n = 5
  const [low, high] = summarize([1, 2, 3, 4, 5]).meanCi95 ?? [0, 0];
  t.true(Math.abs(high - (3 + (2.776 * Math.sqrt(2.5)) / Math.sqrt(5))) < 0.01);
  t.true(Math.abs(low + high - 6) < 1e-9);
});

test('no samples, no summary', (t) => {
  t.throws(() => summarize([]), { instanceOf: RangeError, message: /at least one sample/ });
});

test('the Kolmogorov–Smirnov distance is the widest gap between two cumulative shares', (t) => {
  t.is(kolmogorovSmirnov([1, 2, 3], [3, 1, 2]), 0);
  t.is(kolmogorovSmirnov([1, 2], [3, 4]), 1);
  t.is(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]), 0.5);
  t.is(kolmogorovSmirnov([1, 1, 1, 2], [1, 2, 2, 2]), 0.5);
  t.is(kolmogorovSmirnov([2, 2], [1, 2, 2, 3]), 0.25);
});

const random = createRandom(5);
const uniform = (): number => drawBetween(random, 0, 1);
const draw = (count: number, fromMs = 0): number[] =>
  Array.from({ length: count }, () => fromMs - 20 * Math.log(1 - uniform()));

/** The plain way: so many resamples, each drawn and sorted. */
function drawnInterval(samples: number[], share: number, resamples: number): [number, number] {
  const values = Array.from({ length: resamples }, () => {
    const resample = sampleWithReplacement(samples, samples.length, uniform).toSorted((a, b) => a - b);
    return resample[Math.ceil(share * samples.length) - 1] ?? Number.NaN;
  }).toSorted((a, b) => a - b);
  return [values[Math.round(resamples * 0.025)] ?? 0, values[Math.round(resamples * 0.975)] ?? 0];
}

test('the interval of a percentile is what drawn resamples come to', (t) => {
  const samples = draw(200);
  const { p50Ci95, p99Ci95 } = summarize(samples);
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (value: number | undefined): number => sorted.indexOf(value ?? Number.NaN);
  for (const [exact, share] of [
    [p50Ci95, 0.5],
    [p99Ci95, 0.99],
  ] as const) {
    const [low, high] = drawnInterval(samples, share, 2000);
    t.true(Math.abs(position(exact?.[0]) - position(low)) <= 1);
    t.true(Math.abs(position(exact?.[1]) - position(high)) <= 1);
  }
  t.is(summarize([1, 2]).p50Ci95, null);
});

test('the interval of a median covers the truth about as often as it says', (t) => {
  const truth = 20 * Math.LN2;
  let covered = 0;
  for (let run = 0; run < 400; run += 1) {
    const [low, high] = summarize(draw(101)).p50Ci95 ?? [0, 0];
    if (low <= truth && truth <= high) covered += 1;
  }
  t.true(covered >= 368 && covered <= 396, `${covered} of 400`);
});

test('equal distributions show no difference, moved ones show theirs, and equal samples give equal answers', (t) => {
  const [a, b, moved] = [draw(800), draw(800), draw(800, 10)];
  for (const statistic of ['mean', 0.5, 0.99] as const) {
    const [low, high] = differenceOf(a, b, statistic, 0.99).interval ?? [1, 1];
    t.true(low <= 0 && 0 <= high, `${statistic}`);
    const [same] = differenceOf(a, a, statistic, 0.99).interval ?? [1, 1];
    t.true(same <= 0);
    t.deepEqual(differenceOf(a, moved, statistic, 0.95), differenceOf(a, moved, statistic, 0.95));
  }
  for (const statistic of ['mean', 0.5] as const) {
    const { difference, interval } = differenceOf(a, moved, statistic, 0.99);
    const [low, high] = interval ?? [0, 0];
    t.true(low > 0 && low < 10 && high > 10, `${low} ${high}`);
    t.true(low <= difference && difference <= high);
  }
});

test('the interval of a difference of means is Welch’s', (t) => {
  // Variances 2.5 and 10, five each: 5.88 degrees of freedom, t(0.975) = 2.459.
  const [low, high] = differenceOf([1, 2, 3, 4, 5], [2, 4, 6, 8, 10], 'mean', 0.95).interval ?? [0, 0];
  t.true(Math.abs(high - (3 + 2.459 * Math.sqrt(2.5))) < 0.01, `${high}`);
  t.true(Math.abs(low + high - 6) < 1e-9);
  t.deepEqual(differenceOf([2, 2, 2], [3, 3, 3], 'mean', 0.95).interval, [1, 1]);
  t.is(differenceOf([1, 2], [1, 2, 3], 0.5, 0.95).interval, null);
  t.throws(() => differenceOf([], [1], 'mean', 0.95), { instanceOf: RangeError });
});

test('the p-value of a Kolmogorov–Smirnov distance: tables at 5 and 1 %, and the ends', (t) => {
  // 1.358 and 1.628 are the critical values of the asymptotic law.
  const root = Math.sqrt(5000);
  t.true(Math.abs(kolmogorovSmirnovP(1.358 / root, 10_000, 10_000) - 0.05) < 0.001);
  t.true(Math.abs(kolmogorovSmirnovP(1.628 / root, 10_000, 10_000) - 0.01) < 0.0005);
  t.is(kolmogorovSmirnovP(0, 10, 10), 1);
  t.true(kolmogorovSmirnovP(1, 100, 100) < 1e-9);
});
