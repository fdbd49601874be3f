import test from 'ava';
import { fitStallTail } from '../../src/analysis/stalls.js';
import { createRandom, drawBetween } from '../../src/raft/random.js';

test('up to the longest few the rate is what was counted', (t) => {
  const lengthsMs = Array.from({ length: 100 }, (_, at) => 3 + at);
  const { ratePerMs, fromMs } = fitStallTail({ lengthsMs, leastMs: 3, watchedMs: 1000 });
  t.is(fromMs, 93, 'the tenth longest');
  t.is(ratePerMs(3), 0.1);
  t.is(ratePerMs(53), 0.05);
  t.is(ratePerMs(93), 0.01, 'and where the tail begins, both say the same');
});

test('beyond them it falls as the stalls themselves do: a Pareto tail is found again', (t) => {
  const random = createRandom(1);
  for (const exponent of [1.5, 2.5]) {
    const lengthsMs = Array.from(
      { length: 50_000 },
      () => 3 * (1 - drawBetween(random, 0, 1)) ** (-1 / exponent),
    );
    const fits = Array.from({ length: 200 }, (_, at) =>
      fitStallTail({ lengthsMs: lengthsMs.slice(at * 250, (at + 1) * 250), leastMs: 3, watchedMs: 1e5 }),
    );
    const mean = fits.reduce((sum, fit) => sum + 1 / fit.exponent, 0) / fits.length;
    t.true(Math.abs(1 / mean / exponent - 1) < 0.2, `${1 / mean} for ${exponent}`);
  }
});

test('of what was never seen three are assumed in the time watched, fewer of longer ones', (t) => {
  const { ratePerMs, exponent, fromMs } = fitStallTail({ lengthsMs: [], leastMs: 3, watchedMs: 1000 });
  t.is(fromMs, 3);
  t.is(ratePerMs(3), 0.003);
  t.is(ratePerMs(6), 0.003 / 2 ** exponent);
});

test('equal stalls are no law against longer ones', (t) => {
  const { ratePerMs } = fitStallTail({ lengthsMs: [8, 8, 8, 8], leastMs: 3, watchedMs: 1000 });
  t.true(ratePerMs(80) > 0);
  t.true(ratePerMs(80) < ratePerMs(16) && ratePerMs(16) < ratePerMs(8));
});
