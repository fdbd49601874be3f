/** The clocks of a node's thread, and the three things it asks of its event loop. */
import type { Time } from '../raft/time.js';

/**
 * Milliseconds, real-valued, on the one monotonic clock that all threads of the process share. (`performance.now()`
 * has an origin of its own in each thread.)
 */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Cancels what was scheduled; does nothing once that has run. */
export type Cancel = () => void;

/** What a node's thread needs of its event loop. Tests put their own time in its place. */
export interface EventLoop {
  nowMs(): number;
  /** Runs once after about `delayMs`: a millisecond early or late, and much later after a stall. */
  after(delayMs: number, run: () => void): Cancel;
  /** Runs once, after the input and output that is waiting now. */
  soon(run: () => void): Cancel;
}

export const nodeEventLoop: EventLoop = {
  nowMs: sharedNowMs,
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    return () => clearTimeout(timeout);
  },
  soon(run) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};

/** How much later than its tick a thread may be seen without having stood still. */
const toleranceMs = 2;

/**
 * Reads both clocks of one thread. The running clock leaves out the time in which the thread was not seen to run.
 * Each reading shows that it runs, and a tick makes sure that they are never far apart; so a gap longer than a
 * tick and its tolerance is a stall, and counts as one tick. The first reading after a stall finds it, whoever
 * reads: a timer that comes ahead of the tick is judged by the same clock.
 */
export class NodeClock {
  readonly #loop: EventLoop;
  readonly #tickMs: number;
  readonly #losesStalls: boolean;
  readonly #onStall: (fromMs: number, untilMs: number) => void;
  #lastMs: number;
  #lostMs = 0;
  #cancelTick: Cancel = () => {};

  /**
   * @param losesStalls false: the rule is off, and both clocks are one
   * @param onStall called from within the reading that finds one, with its beginning and end on the shared clock
   */
  constructor(
    loop: EventLoop,
    tickMs: number,
    losesStalls: boolean,
    onStall: (fromMs: number, untilMs: number) => void,
  ) {
    this.#loop = loop;
    this.#tickMs = tickMs;
    this.#losesStalls = losesStalls;
    this.#onStall = onStall;
    this.#lastMs = loop.nowMs();
    this.#tick();
  }

  /** Time lost in stalls since the start, in ms. */
  get lostMs(): number {
    return this.#lostMs;
  }

  read(): Time {
    const nowMs = this.#loop.nowMs();
    const lastMs = this.#lastMs;
    this.#lastMs = nowMs;
    if (nowMs - lastMs > this.#tickMs + toleranceMs) {
      if (this.#losesStalls) this.#lostMs += nowMs - lastMs - this.#tickMs;
      this.#onStall(lastMs, nowMs);
    }
    return { nowMs, runningMs: nowMs - this.#lostMs };
  }

  close(): void {
    this.#cancelTick();
  }

  #tick(): void {
    this.read();
    this.#cancelTick = this.#loop.after(this.#tickMs, () => this.#tick());
  }
}

/** How often a thread looks at its clock, in ms, for a leader that sends every `heartbeatMs`. */
export function tickMsFor(heartbeatMs: number): number {
  return Math.max(1, heartbeatMs / 4);
}
