/** Everything that can happen to a node. A driver hands these to `step`, one at a time. */
import type { NodeId, Term } from './brands.js';
import type { Message } from './messages.js';
import type { JsonValue } from './log.js';
import type { Time } from './time.js';

/** The deadlines a node can have armed. */
export type TimerName = 'election' | 'preVote' | 'vote' | 'heartbeat' | 'quorumCheck';

export type Input =
  /** First input of a life, exactly once: the node begins to take part. */
  | { readonly type: 'start'; readonly id: number }
  /** A peer's message; `arrived` is when it reached this node, on this node's clocks. */
  | { readonly type: 'message'; readonly id: number; readonly message: Message; readonly arrived: Time }
  /**
   * A timer reached its deadline. `waitingContact` (election timer only) is the newest arrival of an
   * AppendEntries from the current leader and term that still waits in either lane of the mailbox.
   */
  | {
      readonly type: 'timer';
      readonly id: number;
      readonly timer: TimerName;
      readonly generation: number;
      readonly waitingContact: Time | null;
    }
  /** A client's value; answered by a `reply` effect with the same `requestId`. */
  | { readonly type: 'propose'; readonly id: number; readonly requestId: number; readonly value: JsonValue }
  /** A write failed: this life takes no further part. */
  | { readonly type: 'storeFailed'; readonly id: number; readonly error: string }
  /** The supervisor is certain that a peer's thread is gone. */
  | {
      readonly type: 'peerExited';
      readonly id: number;
      readonly node: NodeId;
      readonly incarnation: number;
      readonly term: Term;
    };
