/** How long a message or a write takes: distributions in milliseconds, drawn in whole nanoseconds. */
import { drawBetween, type RandomState } from './raft/random.js';

export type Delay =
  | { readonly type: 'fixed'; readonly ms: number }
  | { readonly type: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** `exp(sigma · Z)` times the median, Z standard normal. */
  | { readonly type: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  /** Pareto with exponent 2: twice the mean is exceeded by one in sixteen, and the variance is infinite. */
  | { readonly type: 'longTailed'; readonly minMs: number; readonly maxMs: number }
  /** One of these, each as likely: what was measured elsewhere. At least one. */
  | { readonly type: 'sampled'; readonly ms: readonly number[] };

export function fixedDelay(ms: number): Delay {
  return { type: 'fixed', ms };
}

/** A draw, in whole nanoseconds. A fixed delay draws nothing from `random`. */
export function drawDelayNs(delay: Delay, random: RandomState): number {
  return Math.round(drawDelayMs(delay, random) * 1e6);
}

function drawDelayMs(delay: Delay, random: RandomState): number {
  switch (delay.type) {
    case 'fixed':
      return delay.ms;
    case 'uniform':
      return drawBetween(random, delay.minMs, delay.maxMs - delay.minMs);
    case 'lognormal':
      return delay.medianMs * exp(delay.sigma * drawNormal(random));
    case 'longTailed':
      return Math.min(delay.maxMs, delay.minMs / Math.sqrt(1 - drawBetween(random, 0, 1)));
    case 'sampled':
      return delay.ms[Math.floor(drawBetween(random, 0, delay.ms.length))] ?? 0;
  }
}

/** From one drawn moment to the next: exponential, so that none tells the next. In ms. */
export function drawGapMs(meanMs: number, random: RandomState): number {
  return -meanMs * ln(1 - drawBetween(random, 0, 1));
}

/** Standard normal, by the polar method (Marsaglia and Bray 1964). */
function drawNormal(random: RandomState): number {
  for (;;) {
    const x = drawBetween(random, -1, 2);
    const y = drawBetween(random, -1, 2);
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square);
  }
}

// `Math.exp` and `Math.log` may differ in the last bit between engines, which would give one seed two histories.
// Sums, products, quotients and square roots may not (IEEE 754), so these two are made of those alone.

/** e^x for |x| ≤ 700, to a relative error below 1e-12. */
export function exp(x: number): number {
  const halvings = 10;
  const small = x / 2 ** halvings;
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 12; k += 1) {
    term *= small / k;
    sum += term;
  }
  for (let k = 0; k < halvings; k += 1) sum *= sum;
  return sum;
}

/** The natural logarithm of a positive, normal number, to an absolute error of about 1e-15 times its size. */
export function ln(x: number): number {
  let exponent = 0;
  let mantissa = x;
  for (; mantissa > Math.SQRT2; mantissa /= 2) exponent += 1;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent -= 1;
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let power = ratio;
  let sum = 0;
  for (let k = 1; k <= 41; k += 2) {
    sum += power / k;
    power *= square;
  }
  return 2 * sum + exponent * Math.LN2;
}
