/** What the nodes of a running cluster observe, kept for analysis. */
import type { NodeEvent } from '../actor/protocol.js';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterEvent } from '../cluster/events.js';
import { ElectorateError } from '../errors.js';

/**
 * Every event of a node since it was made, until it is disposed of. For the thread that holds the cluster; made without
 * one, it is told by `see`.
 */
export class Recording implements Disposable {
  readonly #events: NodeEvent[] = [];
  readonly #unsubscribe: () => void;
  readonly #failure = new AbortController();
  #onEvent: (event: NodeEvent) => void = () => {};

  constructor(cluster: Cluster | null = null) {
    this.#unsubscribe = cluster?.subscribe((event) => this.see(event)) ?? (() => {});
  }

  see(event: ClusterEvent): void {
    if (event.type === 'clusterFailed') this.#failure.abort(new ElectorateError(event.type, event.reason));
    if (!isNodeEvent(event)) return;
    this.#events.push(event);
    this.#onEvent(event);
  }

  /** So far; grows. */
  get events(): readonly NodeEvent[] {
    return this.#events;
  }

  /**
   * Resolves with the first thing that `look` finds, looking now and after each event of these types. One at a time.
   * @throws the signal's reason, `clusterFailed` when no event will come any more, or what `look` throws
   */
  first<T>(types: readonly NodeEvent['type'][], look: () => T | null, until: AbortSignal): Promise<T> {
    const signal = AbortSignal.any([until, this.#failure.signal]);
    return new Promise<T>((resolve, reject) => {
      const settle = (end: () => void): void => {
        this.#onEvent = () => {};
        signal.removeEventListener('abort', onAbort);
        end();
      };
      const onAbort = (): void => settle(() => reject(signal.reason));
      const tryNow = (): void => {
        try {
          const found = look();
          if (found !== null) settle(() => resolve(found));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      this.#onEvent = (event) => {
        if (types.includes(event.type)) tryNow();
      };
      tryNow();
    });
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }
}

/** An input led to each event of a node; those of the supervisor point to one another. */
export function isNodeEvent(event: ClusterEvent): event is NodeEvent {
  return typeof event.cause === 'object' && event.cause !== null;
}
