/** Messages that fill a mailbox and say nothing: well-formed, of a known sender, and of no use to any core. */
import { asLogIndex, asTerm, type NodeId } from '../raft/brands.js';
import type { AppendEntriesReply, Envelope, Message } from '../raft/messages.js';
import { maxCount } from '../storage/parse-stored.js';

/** @param entryCount 0: for the control lane; more: for the data lane */
export function staleAnswer(envelope: Envelope, entryCount: 0 | 1): AppendEntriesReply {
  return {
    ...envelope,
    type: 'appendEntriesReply',
    // Before every term, so that nobody adopts it; and the answer to a leader that nobody is.
    term: asTerm(0),
    requestTerm: asTerm(maxCount),
    prevLogIndex: asLogIndex(0),
    entryCount,
    sent: { nowMs: 0, runningMs: 0 },
    success: false,
    hint: null,
    report: null,
  };
}

/** Sends to one peer after the other. */
export class Flood {
  readonly #self: Omit<Envelope, 'to'>;
  readonly #peers: readonly NodeId[];
  readonly #perLane: number;
  readonly #send: (messages: readonly Message[]) => void;
  #next = 0;

  /** @param perLane how many messages go to each lane of the peer with a fill of 1 */
  constructor(
    self: Omit<Envelope, 'to'>,
    peers: readonly NodeId[],
    perLane: number,
    send: (messages: readonly Message[]) => void,
  ) {
    this.#self = self;
    this.#peers = peers;
    this.#perLane = perLane;
    this.#send = send;
  }

  get peers(): number {
    return this.#peers.length;
  }

  /** To the next peer in turn. */
  pour(fill: number): void {
    const to = this.#peers[this.#next % this.#peers.length];
    if (to === undefined) return;
    this.#next += 1;
    const count = Math.max(1, Math.round(fill * this.#perLane));
    const envelope = { ...this.#self, to };
    const [control, data] = [staleAnswer(envelope, 0), staleAnswer(envelope, 1)];
    // One object many times over: to clone as many would be a burden of another kind, and of the router too.
    this.#send([
      ...Array.from({ length: count }, () => control),
      ...Array.from({ length: count }, () => data),
    ]);
  }
}
