/**
 * How much of a lane one sender takes up with one kind of message. Who floods keeps out neither the others nor its own
 * heartbeats: what elections live on is few of each kind.
 */
import { shareOfLane } from '../limits.js';
import type { NodeId } from '../raft/brands.js';
import type { Message } from '../raft/messages.js';

type Kind = Message['type'];

/** Of one lane. */
export class Shares {
  readonly #most: number;
  readonly #waiting = new Map<NodeId, Map<Kind, number>>();

  /**
   * @param bound of the lane
   * @param peers how many share it
   */
  constructor(bound: number, peers: number) {
    this.#most = shareOfLane(bound, peers);
  }

  /** One more of this kind would be more than the sender's share. */
  isTaken({ from, type }: Pick<Message, 'from' | 'type'>): boolean {
    return (this.#waiting.get(from)?.get(type) ?? 0) >= this.#most;
  }

  entered({ from, type }: Pick<Message, 'from' | 'type'>): void {
    let kinds = this.#waiting.get(from);
    if (kinds === undefined) this.#waiting.set(from, (kinds = new Map()));
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
  }

  left({ from, type }: Pick<Message, 'from' | 'type'>): void {
    const kinds = this.#waiting.get(from);
    kinds?.set(type, (kinds.get(type) ?? 0) - 1);
  }
}
