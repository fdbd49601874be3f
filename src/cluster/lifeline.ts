/** Something that ends once, for a reason; whatever waits on it settles then. */
import type { ElectorateError } from '../errors.js';

/** How a race may end early. */
export interface RaceOptions {
  /** Rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** What the end means to this caller; by default the end's own error. */
  readonly onEnd?: ((error: ElectorateError) => ElectorateError) | undefined;
}

/** The life of a thread, as seen by who waits for its answers: a port alone would keep them waiting for ever. */
export class Lifeline {
  readonly #pending = new Set<(error: ElectorateError) => void>();
  #ended: ElectorateError | null = null;

  /** Why it ended; null while it has not. */
  get ended(): ElectorateError | null {
    return this.#ended;
  }

  /** How many races are under way. */
  get size(): number {
    return this.#pending.size;
  }

  /** The first end counts. */
  end(error: ElectorateError): void {
    this.#ended ??= error;
    for (const settle of this.#pending) settle(this.#ended);
  }

  /** Settles as `work` does, unless the end or the signal comes first. Leaves no listener behind. */
  race<T>(work: Promise<T>, { signal, onEnd }: RaceOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        this.#pending.delete(end);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const end = (error: ElectorateError): void => finish(() => reject(onEnd?.(error) ?? error));
      const abort = (): void => finish(() => reject(signal?.reason));
      work.then(
        (value) => finish(() => resolve(value)),
        (error: unknown) => finish(() => reject(error)),
      );
      if (signal?.aborted === true) return abort();
      if (this.#ended !== null) return end(this.#ended);
      signal?.addEventListener('abort', abort);
      this.#pending.add(end);
    });
  }
}
