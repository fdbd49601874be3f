/** The faults "this node's disk hangs" and "is slow": hold writes back on the event loop, where it costs no pool thread. */
import { drawDelayNs, type Delay } from '../delay.js';
import { maxDurationMs } from '../limits.js';
import { createRandom, type RandomState } from '../raft/random.js';
import type { EventLoop } from './clock.js';

/** How much longer writes take. */
export interface WriteDelay {
  readonly delay: Delay;
  /** Also those that only adopt a term, and promise nothing. */
  readonly termsToo: boolean;
}

/** A timeout comes a millisecond or so early or late: the end of a drawn delay is waited for by looking at the clock. */
const fineMs = 2;

export class DiskStall {
  readonly #loop: EventLoop;
  readonly #random: RandomState;
  #untilMs = Number.NEGATIVE_INFINITY;
  #delay: WriteDelay | null = null;
  #ended = false;
  #lookAgain: () => void = () => {};

  /** @param seed of the delays that are drawn */
  constructor(loop: EventLoop, seed: number) {
    this.#loop = loop;
    this.#random = createRandom(seed);
  }

  /** On the shared clock; null ends the stall, and lets go of the write that waits. */
  set(untilMs: number | null): void {
    this.#untilMs = untilMs ?? Number.NEGATIVE_INFINITY;
    this.#lookAgain();
  }

  /** Of the writes that begin from now on; null: none, and the one that waits goes on. */
  slow(delay: WriteDelay | null): void {
    this.#delay = delay;
    this.#lookAgain();
  }

  /** No write is held back any more: the node stops, and finishes what it began. */
  end(): void {
    this.#ended = true;
    this.#lookAgain();
  }

  /**
   * Resolves when a write may be made. One at a time waits.
   * @param isLight it only adopts a term
   */
  async passed(isLight: boolean): Promise<void> {
    const slowUntilMs = this.#drawUntilMs(isLight);
    for (let leftMs = this.#leftMs(slowUntilMs); leftMs > 0; leftMs = this.#leftMs(slowUntilMs)) {
      await new Promise<void>((resolve) => {
        const cancel = this.#wait(leftMs, slowUntilMs > this.#untilMs, resolve);
        this.#lookAgain = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  #wait(leftMs: number, isFine: boolean, then: () => void): () => void {
    if (!isFine) return this.#loop.after(Math.min(leftMs, maxDurationMs), then);
    return leftMs > fineMs ? this.#loop.after(leftMs - fineMs, then) : this.#loop.soon(then);
  }

  #drawUntilMs(isLight: boolean): number {
    if (this.#delay === null || (isLight && !this.#delay.termsToo)) return Number.NEGATIVE_INFINITY;
    const drawnMs = drawDelayNs(this.#delay.delay, this.#random) / 1e6;
    return this.#loop.nowMs() + Math.min(drawnMs, maxDurationMs);
  }

  #leftMs(slowUntilMs: number): number {
    if (this.#ended) return 0;
    const untilMs = this.#delay === null ? this.#untilMs : Math.max(this.#untilMs, slowUntilMs);
    return untilMs - this.#loop.nowMs();
  }
}
