/** Collects what a node observes and posts it in batches, behind the messages of its turn or while that waits for a disk. */
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../raft/brands.js';
import type { CoreEvent } from '../raft/events.js';
import type { Cancel, EventLoop } from './clock.js';
import type { ActorEvent, Cause, NodeEvent } from './protocol.js';

export class Reporter {
  readonly #port: MessagePort;
  readonly #node: NodeId;
  readonly #incarnation: number;
  readonly #loop: EventLoop;
  #lastId = 0;
  #waiting: NodeEvent[] = [];
  #cancel: Cancel | null = null;

  constructor(loop: EventLoop, port: MessagePort, node: NodeId, incarnation: number) {
    this.#loop = loop;
    this.#port = port;
    this.#node = node;
    this.#incarnation = incarnation;
  }

  add(event: CoreEvent | ActorEvent, cause: Cause, atMs: number): void {
    this.#lastId += 1;
    this.#waiting.push({
      ...event,
      id: this.#lastId,
      cause,
      node: this.#node,
      incarnation: this.#incarnation,
      atMs,
    });
    this.#cancel ??= this.#loop.soon(() => this.#post());
  }

  close(): void {
    this.#cancel?.();
    this.#post();
    this.#port.close();
  }

  /** One `postMessage` of {@link NodeEvents} for all that waits. */
  #post(): void {
    this.#cancel = null;
    if (this.#waiting.length === 0) return;
    this.#port.postMessage(this.#waiting);
    this.#waiting = [];
  }
}
