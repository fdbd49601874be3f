/** What a step wants done. A driver carries effects out in order and never reorders across a `persist`. */
import type { LogIndex, NodeId, Term } from './brands.js';
import type { CoreEvent } from './events.js';
import type { TimerName } from './inputs.js';
import type { Entry } from './log.js';
import type { Message } from './messages.js';

/** Term and vote: one record, always written together. */
export interface HardState {
  readonly currentTerm: Term;
  readonly votedFor: NodeId | null;
}

/** One atomic, durable write. Whatever stands behind it in the list waits for it. */
export interface PersistEffect {
  readonly type: 'persist';
  /** The new term and vote, or null when unchanged. */
  readonly hardState: HardState | null;
  /** Remove every entry from this index on, before appending; null: nothing to remove. */
  readonly truncateFrom: LogIndex | null;
  readonly entries: readonly Entry[];
}

export interface SendEffect {
  readonly type: 'send';
  readonly message: Message;
}

export interface SetTimerEffect {
  readonly type: 'setTimer';
  readonly timer: TimerName;
  /** Comes back with the expiry; an outdated one is ignored. */
  readonly generation: number;
  readonly deadlineMs: number;
  /** Which clock the deadline is on: the heartbeat's and that of a leader's silence are on `now`. */
  readonly clock: 'now' | 'running';
}

export interface ClearTimerEffect {
  readonly type: 'clearTimer';
  readonly timer: TimerName;
}

/** Something worth knowing happened: the raw material of every metric, plot and explanation. */
export interface ObserveEffect {
  readonly type: 'observe';
  /** Counts up from 1 within one life. */
  readonly id: number;
  /** The `id` of the input that led to it. */
  readonly cause: number;
  readonly event: CoreEvent;
}

export type ProposalOutcome =
  | { readonly type: 'committed'; readonly index: LogIndex; readonly term: Term }
  /** Not replicated; `leaderId` is who to ask, where known. */
  | { readonly type: 'notLeader'; readonly leaderId: NodeId | null }
  /** Not replicated: this leader's loop was late, and no quorum has confirmed since that it still leads. */
  | { readonly type: 'leaderUnconfirmed' }
  /** Appended, then leadership was lost: it may or may not be committed by a later leader. */
  | { readonly type: 'outcomeUnknown' }
  /** Not replicated: this node's store failed. */
  | { readonly type: 'storeFailed' };

export interface ReplyEffect {
  readonly type: 'reply';
  readonly requestId: number;
  readonly outcome: ProposalOutcome;
}

export type Effect =
  PersistEffect | SendEffect | SetTimerEffect | ClearTimerEffect | ObserveEffect | ReplyEffect;
