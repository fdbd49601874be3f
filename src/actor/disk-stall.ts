/** The fault "this node's disk hangs": holds writes back on the event loop, where it costs no pool thread. */
import { maxDurationMs } from '../limits.js';
import type { EventLoop } from './clock.js';

export class DiskStall {
  readonly #loop: EventLoop;
  #untilMs = Number.NEGATIVE_INFINITY;
  #ended = false;
  #lookAgain: () => void = () => {};

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** On the shared clock; null ends the stall, and lets go of the write that waits. */
  set(untilMs: number | null): void {
    this.#untilMs = untilMs ?? Number.NEGATIVE_INFINITY;
    this.#lookAgain();
  }

  /** No write is held back any more: the node stops, and finishes what it began. */
  end(): void {
    this.#ended = true;
    this.#lookAgain();
  }

  /** Resolves when a write may be made. One at a time waits. */
  async passed(): Promise<void> {
    for (let leftMs = this.#leftMs(); leftMs > 0; leftMs = this.#leftMs()) {
      await new Promise<void>((resolve) => {
        const cancel = this.#loop.after(Math.min(leftMs, maxDurationMs), resolve);
        this.#lookAgain = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  #leftMs(): number {
    return this.#ended ? 0 : this.#untilMs - this.#loop.nowMs();
  }
}
