/** How long the thread that holds the cluster stood still: what it saw, it may have seen late. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Between two looks, in ms. */
const resolution = 2;

/** Watches its own thread from when it is made until it is disposed of. */
export class Observer implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution });

  constructor() {
    this.#delay.enable();
  }

  /** The longest it was not seen to run so far, beyond the time between two looks; in ms. */
  get stalledMs(): number {
    return Math.max(0, this.#delay.max / 1e6 - resolution);
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
