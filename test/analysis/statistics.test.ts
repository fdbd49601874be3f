import test from 'ava';
import { kolmogorovSmirnov, median, summarize } from '../../src/analysis/statistics.js';

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
