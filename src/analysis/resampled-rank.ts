/**
 * The bootstrap of a percentile without a bootstrap: a resample's k-th smallest value is at most the j-th smallest
 * sample exactly when at least k of its n draws fall on the first j, so its law is binomial. By hand: no library that
 * is small and kept has it, and to draw 2,000 resamples of 10,000 costs a thousand times as much.
 */
import { gammaln } from 'simple-statistics';

/** Which of `count` sorted samples the `rank`-th smallest value of a resample is. Both from 1. */
export class ResampledRank {
  readonly #count: number;
  readonly #rank: number;
  readonly #cumulative = new Map<number, number>();

  constructor(count: number, rank: number) {
    this.#count = count;
    this.#rank = rank;
  }

  /** The smallest position whose cumulative probability reaches `share` of 1. */
  quantile(share: number): number {
    let [low, high] = [1, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#upTo(middle) >= share) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #upTo(position: number): number {
    const known = this.#cumulative.get(position);
    if (known !== undefined) return known;
    const probability = atLeast(this.#rank, this.#count, position / this.#count);
    this.#cumulative.set(position, probability);
    return probability;
  }
}

/** P[Binomial(count, share) ≥ least], the shorter tail summed until what is left of it no longer counts. */
function atLeast(least: number, count: number, share: number): number {
  if (share >= 1) return 1;
  if (least <= count * share) return 1 - tail(count - least + 1, count, 1 - share);
  return tail(least, count, share);
}

function tail(from: number, count: number, share: number): number {
  if (from > count) return 0;
  const logWays = gammaln(count + 1) - gammaln(from + 1) - gammaln(count - from + 1);
  let term = Math.exp(logWays + from * Math.log(share) + (count - from) * Math.log1p(-share));
  let sum = 0;
  for (let successes = from; successes <= count && term > sum * 1e-16; successes += 1) {
    sum += term;
    term *= ((count - successes) / (successes + 1)) * (share / (1 - share));
  }
  return sum;
}
