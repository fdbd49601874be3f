/**
 * How often a thread stands still, and for how long: what was seen of it, and what that says about stalls longer than
 * any that were seen. Pure.
 */

/** What was seen while somebody watched. */
export interface StallSample {
  /** In ms; only those longer than `leastMs` were noticed. */
  readonly lengthsMs: readonly number[];
  readonly leastMs: number;
  /** For how long one thread, or the sum of several, was watched. */
  readonly watchedMs: number;
}

/** Stalls longer than x come `ratePerMs(x)` times a millisecond. */
export interface StallTail {
  readonly ratePerMs: (longerThanMs: number) => number;
  /** The rate falls as x^−exponent beyond `fromMs`, which is an extrapolation: what was seen ends about there. */
  readonly exponent: number;
  readonly fromMs: number;
}

/** The longest stalls that the tail is fitted to. */
const tailSamples = 10;
/** With fewer there is no fit: the rate falls as slowly as one can believe of a machine that is no worse than seen. */
const fewest = 3;
const usualExponent = 2;
/** A handful of equal stalls must not pass for a law that there are no longer ones. */
const steepest = 4;

/**
 * As counted up to the longest few, beyond them a Pareto tail with Hill's exponent. Of what was never seen the rule of
 * three is assumed: with 95 % confidence it comes no more than three times in the time watched.
 */
export function fitStallTail({ lengthsMs, leastMs, watchedMs }: StallSample): StallTail {
  const longest = lengthsMs.toSorted((a, b) => b - a);
  if (longest.length < fewest) {
    const fromMs = Math.max(leastMs, longest[0] ?? 0);
    const ratePerMs = (longerThanMs: number): number =>
      (3 / watchedMs) * Math.max(1, longerThanMs / fromMs) ** -usualExponent;
    return { ratePerMs, exponent: usualExponent, fromMs };
  }
  const top = longest.slice(0, tailSamples);
  const fromMs = Math.max(leastMs, top.at(-1) ?? leastMs);
  // Hill (1975): one over the mean logarithm of how far the longest exceed the least of them.
  const logs = top.reduce((sum, length) => sum + Math.log(length / fromMs), 0);
  const exponent = logs === 0 ? steepest : Math.min(steepest, (top.length - 1) / logs);
  const ratePerMs = (longerThanMs: number): number => {
    if (longerThanMs >= fromMs) return (top.length / watchedMs) * (longerThanMs / fromMs) ** -exponent;
    return longest.filter((length) => length >= longerThanMs).length / watchedMs;
  };
  return { ratePerMs, exponent, fromMs };
}
