/** Whether the process waits for the cluster: only while somebody waits for something of it. */

/** What can hold the process: a `Worker`, say. */
export interface Holdable {
  ref(): void;
  unref(): void;
}

/** Counts who waits. With nobody waiting, a script that has reached its end may end. */
export class KeepAlive {
  readonly #held: Holdable;
  #count = 0;

  constructor(held: Holdable) {
    this.#held = held;
    held.unref();
  }

  /** @returns the release; calling it twice counts once */
  acquire(): () => void {
    if (this.#count === 0) this.#held.ref();
    this.#count += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#count -= 1;
      if (this.#count === 0) this.#held.unref();
    };
  }

  /** Holds the process until `work` is settled. */
  async during<T>(work: Promise<T>): Promise<T> {
    const release = this.acquire();
    try {
      return await work;
    } finally {
      release();
    }
  }
}
