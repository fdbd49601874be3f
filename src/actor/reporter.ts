/**
 * Collects what a node observes and posts it in batches. What a script may be waiting for is posted behind the messages of
 * its turn; the rest a little later, since whoever reads it would take the processor from the election that it tells of.
 */
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../raft/brands.js';
import type { CoreEvent } from '../raft/events.js';
import type { Cancel, EventLoop } from './clock.js';
import type { ActorEvent, Cause, NodeEvent } from './protocol.js';

/** How long the rest may wait, in ms: longer than most elections take once they have begun. */
const patienceMs = 3;

/** Nobody can act on a round that is still open; on what came of it, everybody may. */
const unhurried: ReadonlySet<string> = new Set<NodeEvent['type']>([
  'timerFired',
  'suspected',
  'exitNoticed',
  'roundOpened',
  'answered',
  'roundWon',
  'voteGranted',
  'voteRefused',
  'termAdopted',
  'written',
]);

export class Reporter {
  readonly #port: MessagePort;
  readonly #node: NodeId;
  readonly #incarnation: number;
  readonly #loop: EventLoop;
  #lastId = 0;
  #waiting: NodeEvent[] = [];
  #cancel: Cancel | null = null;
  #hurries = false;

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
    if (!unhurried.has(event.type) && !this.#hurries) {
      this.#hurries = true;
      this.#cancel?.();
      this.#cancel = this.#loop.soon(() => this.#post());
    } else {
      this.#cancel ??= this.#loop.after(patienceMs, () => this.#post());
    }
  }

  close(): void {
    this.#cancel?.();
    this.#post();
    this.#port.close();
  }

  /** One `postMessage` of {@link NodeEvents} for all that waits. */
  #post(): void {
    this.#cancel = null;
    this.#hurries = false;
    if (this.#waiting.length === 0) return;
    this.#port.postMessage(this.#waiting);
    this.#waiting = [];
  }
}
