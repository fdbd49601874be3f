/** For reports that could come with every message: how many happened since the last one that was let through. */
export class RateBound {
  readonly #intervalMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param intervalMs the least time between two reports */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** One more happened: how many a report should speak of, or 0 when it is too early for one. */
  count(nowMs: number): number {
    this.#count += 1;
    if (nowMs < this.#nextMs) return 0;
    const times = this.#count;
    this.#nextMs = nowMs + this.#intervalMs;
    this.#count = 0;
    return times;
  }
}
