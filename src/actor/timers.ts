/** Carries out the core's deadlines on an event loop whose timers drop fractions and come early, late or both. */
import { maxDurationMs } from '../limits.js';
import type { SetTimerEffect } from '../raft/effects.js';
import type { TimerName } from '../raft/inputs.js';
import type { Time } from '../raft/time.js';
import type { Cancel, EventLoop, NodeClock } from './clock.js';

/**
 * A deadline that has passed, in two parts: `lostMs` is for how long it was not met because this thread was not seen to
 * run, `lateMs` how late it was beside that. A standstill that ended well before a deadline on the shared clock is neither.
 */
export interface Expiry {
  readonly timer: TimerName;
  readonly generation: number;
  readonly deadlineMs: number;
  readonly lateMs: number;
  readonly lostMs: number;
}

/**
 * These decide who stands first: they are met to a fraction of a millisecond, at the price of spinning for the
 * last one. The heartbeat and the quorum check come too often for that, and gain nothing by it.
 */
const fine: ReadonlySet<TimerName> = new Set(['election', 'preVote', 'vote']);

/** Whether the moment of this timer matters enough to be met exactly, and to be reported. */
export function isFine(timer: TimerName): boolean {
  return fine.has(timer);
}

/** The most that is spun before one expiry. */
const spinMs = 1;
/** `setTimeout` comes about this much late when it does not come early. */
const usualLatenessMs = 0.4;

/** What waits, and what its thread had lost before. */
interface Armed {
  readonly effect: SetTimerEffect;
  readonly lostBeforeMs: number;
  /** When the loop has it looked at, on the shared clock: never later than its deadline asks for. */
  readonly looksAtMs: number;
  readonly cancel: Cancel;
}

export class Timers {
  readonly #loop: EventLoop;
  readonly #clock: NodeClock;
  readonly #spins: boolean;
  readonly #onExpiry: (expiry: Expiry) => void;
  readonly #waiting = new Map<TimerName, Armed>();

  /**
   * `onExpiry` is never called from within `set`.
   * @param spins false: no timer is finer than the event loop's own, for whoever wants to know what that costs
   */
  constructor(loop: EventLoop, clock: NodeClock, spins: boolean, onExpiry: (expiry: Expiry) => void) {
    this.#loop = loop;
    this.#clock = clock;
    this.#spins = spins;
    this.#onExpiry = onExpiry;
  }

  /** Replaces what that timer was armed for. */
  set(effect: SetTimerEffect): void {
    const before = this.#waiting.get(effect.timer);
    const time = this.#clock.read();
    const lostBeforeMs = this.#clock.lostMs;
    const remainingMs = remainingOf(effect, time);
    // Every heartbeat puts a deadline off: it is enough to find that out when the loop looks at it.
    if (before !== undefined && before.looksAtMs <= time.nowMs + this.#delayMs(effect.timer, remainingMs)) {
      this.#waiting.set(effect.timer, { ...before, effect, lostBeforeMs });
    } else {
      before?.cancel();
      this.#wait(effect, lostBeforeMs, time);
    }
  }

  clear(timer: TimerName): void {
    this.#waiting.get(timer)?.cancel();
    this.#waiting.delete(timer);
  }

  close(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #wait(effect: SetTimerEffect, lostBeforeMs: number, time: Time): void {
    const { timer } = effect;
    const delayMs = this.#delayMs(timer, remainingOf(effect, time));
    const look = (): void => this.#look(timer);
    const cancel = delayMs === 0 ? this.#loop.soon(look) : this.#loop.after(delayMs, look);
    this.#waiting.set(timer, { effect, lostBeforeMs, looksAtMs: time.nowMs + delayMs, cancel });
  }

  /** 0: at the loop's next turn. */
  #delayMs(timer: TimerName, remainingMs: number): number {
    const spins = this.#spins && isFine(timer);
    return remainingMs <= (spins ? spinMs : 0) ? 0 : delayMsFor(spins, remainingMs);
  }

  /** A stall moves a deadline of the running clock away, and `set` any: what is left is always read again. */
  #look(timer: TimerName): void {
    const armed = this.#waiting.get(timer);
    if (armed === undefined) return;
    const { effect, lostBeforeMs } = armed;
    const time = this.#clock.read();
    const remainingMs = remainingOf(effect, time);
    if (remainingMs > 0) {
      this.#wait(effect, lostBeforeMs, time);
      return;
    }
    this.#waiting.delete(timer);
    const { clock, generation, deadlineMs } = effect;
    const stoodMs = this.#clock.lostMs - lostBeforeMs;
    // The running clock has put the deadline off by all of that.
    const lostMs = clock === 'running' ? stoodMs : Math.min(stoodMs, -remainingMs);
    const lateMs = clock === 'running' ? -remainingMs : -remainingMs - lostMs;
    this.#onExpiry({ timer, generation, deadlineMs, lateMs, lostMs });
  }
}

function remainingOf({ clock, deadlineMs }: SetTimerEffect, { nowMs, runningMs }: Time): number {
  return deadlineMs - (clock === 'now' ? nowMs : runningMs);
}

/** For a fine timer, so much that the rest can be spun; for a coarse one, what comes closest without another turn. */
function delayMsFor(spins: boolean, remainingMs: number): number {
  const delayMs = spins ? Math.floor(remainingMs - usualLatenessMs) : Math.round(remainingMs);
  // Node.js takes a longer delay for none at all.
  return Math.min(maxDurationMs, Math.max(1, delayMs));
}
