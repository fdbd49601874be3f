import test from 'ava';
import { mean, quantile } from 'simple-statistics';
import { createRandom } from '../src/raft/random.js';
import { drawDelayNs, drawGapMs, exp, ln, type Delay } from '../src/delay.js';

test('exp and ln agree with the engine to far below a nanosecond in a second', (t) => {
  for (let x = -20; x <= 20; x += 0.37) t.true(Math.abs(exp(x) / Math.exp(x) - 1) < 1e-12, `exp(${x})`);
  for (let x = 1e-9; x < 1e9; x *= 1.7) t.true(Math.abs(ln(x) - Math.log(x)) < 1e-13, `ln(${x})`);
});

test('a fixed delay draws nothing', (t) => {
  const random = createRandom(1);
  t.is(drawDelayNs({ type: 'fixed', ms: 1.5 }, random), 1_500_000);
  t.deepEqual(random, createRandom(1));
});

test('delays are whole nanoseconds with the moments of their distribution', (t) => {
  const uniform = draws({ type: 'uniform', minMs: 2, maxMs: 4 });
  t.true(uniform.every((ms) => ms >= 2 && ms < 4));
  t.true(Math.abs(mean(uniform) - 3) < 0.02);

  const lognormal = draws({ type: 'lognormal', medianMs: 2, sigma: 0.5 });
  t.true(Math.abs(quantile(lognormal, 0.5) - 2) < 0.05);
  t.true(Math.abs(mean(lognormal) - 2 * Math.exp(0.125)) < 0.05);

  const sampled = draws({ type: 'sampled', ms: [1, 2, 2, 7] });
  t.deepEqual([...new Set(sampled)].toSorted(), [1, 2, 7]);
  t.true(Math.abs(mean(sampled) - 3) < 0.1);

  const longTailed = draws({ type: 'longTailed', minMs: 1, maxMs: 100 });
  t.true(longTailed.every((ms) => ms >= 1 && ms <= 100));
  t.true(Math.abs(longTailed.filter((ms) => ms > 4).length / longTailed.length - 1 / 16) < 0.01);
});

test('a gap is as long on average, and how long it has lasted tells nothing of how long it will', (t) => {
  const random = createRandom(7);
  const gaps = Array.from({ length: 20_000 }, () => drawGapMs(4, random));
  t.true(gaps.every((ms) => ms >= 0));
  t.true(Math.abs(mean(gaps) - 4) < 0.1);
  for (const lastedMs of [1, 4, 8]) {
    const left = gaps.filter((ms) => ms > lastedMs).map((ms) => ms - lastedMs);
    t.true(Math.abs(mean(left) - 4) < 0.3, `after ${lastedMs} ms`);
  }
});

function draws(delay: Delay): number[] {
  const random = createRandom(7);
  const drawn = Array.from({ length: 20_000 }, () => drawDelayNs(delay, random));
  if (!drawn.every(Number.isInteger)) throw new Error('not whole nanoseconds');
  return drawn.map((ns) => ns / 1e6);
}
