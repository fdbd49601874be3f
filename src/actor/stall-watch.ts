/** Tells of the times in which a thread was not seen to run, and of what is known to have kept it. */
import { stallsPerSecond } from '../limits.js';
import type { Burdens } from './burdens.js';
import type { Cancel, EventLoop } from './clock.js';
import type { GarbageWatch } from './garbage-watch.js';
import type { ActorEvent } from './protocol.js';

export type StallEvent = Extract<ActorEvent, { type: 'stalled' }>;

interface Stall {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly omitted: number;
}

export class StallWatch {
  readonly #loop: EventLoop;
  readonly #garbage: GarbageWatch;
  readonly #burdens: Pick<Burdens, 'overlapMs'>;
  readonly #report: (event: StallEvent, atMs: number) => void;
  #waiting: Stall[] = [];
  #cancel: Cancel | null = null;
  /** What was told in the second that began then. */
  #second = { sinceMs: Number.NEGATIVE_INFINITY, told: 0, longestMs: 0 };
  #omitted = 0;

  /** @param report called in a later turn of the loop than `saw` */
  constructor(
    loop: EventLoop,
    garbage: GarbageWatch,
    burdens: Pick<Burdens, 'overlapMs'>,
    report: (event: StallEvent, atMs: number) => void,
  ) {
    this.#loop = loop;
    this.#garbage = garbage;
    this.#burdens = burdens;
    this.#report = report;
  }

  /** On the shared clock. */
  saw(fromMs: number, untilMs: number): void {
    if (!this.#isTold(untilMs - fromMs, untilMs)) {
      this.#omitted += 1;
      return;
    }
    this.#waiting.push({ fromMs, untilMs, omitted: this.#omitted });
    this.#omitted = 0;
    // Which garbage was collected meanwhile is known by then.
    this.#cancel ??= this.#loop.soon(() => this.#tell());
  }

  close(): void {
    this.#cancel?.();
    this.#garbage.close();
  }

  /** Beyond the bound only those that are longer than all before them in their second: the longest is never left out. */
  #isTold(durationMs: number, atMs: number): boolean {
    if (atMs - this.#second.sinceMs >= 1000) this.#second = { sinceMs: atMs, told: 0, longestMs: 0 };
    if (this.#second.told >= stallsPerSecond && durationMs <= this.#second.longestMs) return false;
    this.#second.told += 1;
    this.#second.longestMs = Math.max(this.#second.longestMs, durationMs);
    return true;
  }

  #tell(): void {
    this.#cancel = null;
    const stalls = this.#waiting;
    this.#waiting = [];
    for (const { fromMs, untilMs, omitted } of stalls) {
      const gcMs = this.#garbage.overlapMs(fromMs, untilMs);
      const burdenMs = this.#burdens.overlapMs(fromMs, untilMs);
      this.#report({ type: 'stalled', durationMs: untilMs - fromMs, gcMs, burdenMs, omitted }, untilMs);
    }
  }
}
