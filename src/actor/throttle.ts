/** Counts what may happen with every message, and says when it is time to report it again. */
import { reportIntervalMs } from '../limits.js';

export class Throttle {
  #total = 0;
  #reported = 0;
  #lastReportMs = Number.NEGATIVE_INFINITY;

  get total(): number {
    return this.#total;
  }

  /** Counts one more. Returns how many a report would speak for, or 0 when it is too early for one. */
  count(nowMs: number): number {
    this.#total += 1;
    if (nowMs - this.#lastReportMs < reportIntervalMs) return 0;
    const unreported = this.#total - this.#reported;
    this.#reported = this.#total;
    this.#lastReportMs = nowMs;
    return unreported;
  }
}
