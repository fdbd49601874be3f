/** An event loop in a test's own time: nothing happens until `advance`, and a stall is one call. */
import type { Cancel, EventLoop } from '../../src/actor/clock.js';

interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class FakeLoop implements EventLoop {
  #nowMs: number;
  #scheduled: Scheduled[] = [];
  #order = 0;
  /** Every delay asked of `after`. */
  readonly delays: number[] = [];
  /** How many turns of `soon` were asked for. */
  spins = 0;
  /** How much later (or, below 0, earlier) than asked a timeout comes. */
  latenessMs = 0;
  /** What one turn of the loop takes. */
  spinMs = 0.01;

  constructor(nowMs = 1000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    this.delays.push(delayMs);
    // As Node.js does: no fractions, and at least 1.
    return this.#schedule(Math.max(1, Math.trunc(delayMs)) + this.latenessMs, run);
  }

  soon(run: () => void): Cancel {
    this.spins += 1;
    return this.#schedule(this.spinMs, run);
  }

  get waiting(): number {
    return this.#scheduled.length;
  }

  /** Time passes and whatever is due runs, in order, each at its time. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#scheduled = this.#scheduled.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Time passes and nothing runs. What became due meanwhile runs at the next `advance`, late. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  #schedule(delayMs: number, run: () => void): Cancel {
    this.#order += 1;
    // Time passes, whatever comes early: every turn of a loop takes some.
    const scheduled = { atMs: this.#nowMs + Math.max(this.spinMs, delayMs), order: this.#order, run };
    this.#scheduled.push(scheduled);
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== scheduled);
    };
  }

  #next(endMs: number): Scheduled | undefined {
    return this.#scheduled
      .filter(({ atMs }) => atMs <= endMs)
      .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }
}
