/** What crosses the ports of a node's thread: plain data only. Owned by the actor, spoken by the supervisor. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../errors.js';
import type { LogIndex, NodeId, Term } from '../raft/brands.js';
import type { Configuration } from '../raft/configuration.js';
import type { ProposalOutcome } from '../raft/effects.js';
import type { CoreEvent, Role } from '../raft/events.js';
import type { TimerName } from '../raft/inputs.js';
import type { Entry, JsonValue } from '../raft/log.js';
import type { Message } from '../raft/messages.js';
import type { CoreOptions } from '../raft/options.js';
import type { Burden } from './burden.js';
import type { WriteDelay } from './disk-stall.js';
import type { LineEnd } from './line.js';

/** Where a node keeps what it promised. */
export type StoreInit =
  /** `founded`: an earlier life had it open, so it may not be made anew. */
  | { readonly kind: 'disk'; readonly path: string; readonly founded: boolean }
  /** A growable journal that the supervisor owns, so that it outlives the node's thread. */
  | { readonly kind: 'memory'; readonly journal: SharedArrayBuffer };

/** The bounds of the mailbox: how many peer messages and proposals may wait in each lane. */
export interface MailboxBounds {
  readonly control: number;
  readonly data: number;
}

/** `workerData` of a node's thread. */
export interface NodeInit {
  readonly id: NodeId;
  readonly group: string;
  readonly incarnation: number;
  /** Every node of the cluster, itself included: a message from anybody else is unknown. */
  readonly roster: readonly NodeId[];
  readonly configuration: Configuration;
  readonly options: CoreOptions;
  /** Seeds this life's generator. */
  readonly seed: number;
  readonly store: StoreInit;
  readonly mailbox: MailboxBounds;
  /** Append `(node, incarnation, term, votedFor)` here, synchronously, between flush and send; null: do not. */
  readonly voteLog: string | null;
  /** While its first int is 1 and a `hang` has arrived, the thread stands still in `Atomics.wait`. */
  readonly hangGate: SharedArrayBuffer;
  /** What the supervisor reads of this life at any time: see `Ledger`. */
  readonly ledger: SharedArrayBuffer;
  /** The Raft path to and from the supervisor. Closing it is the normal stop. */
  readonly raftPort: MessagePort;
  /** Comlink: {@link NodeControl}. */
  readonly controlPort: MessagePort;
  /** Everything observed, in batches, to whoever holds the other end. */
  readonly eventPort: MessagePort;
}

/** Supervisor → node. */
export type ToNode =
  /** All nodes of the cluster have opened their stores: take part. */
  | { readonly type: 'begin' }
  | { readonly type: 'deliver'; readonly messages: readonly Delivery[] }
  | { readonly type: 'peerExited'; readonly node: NodeId; readonly incarnation: number; readonly term: Term }
  /** A direct line to a peer; replaces the one before. */
  | ({ readonly type: 'join' } & LineEnd)
  | { readonly type: 'hang' }
  /** Writes started from now on finish only after `untilMs` on the shared clock; null ends the stall. */
  | { readonly type: 'stallDisk'; readonly untilMs: number | null }
  /** Writes started from now on take that much longer; null: they do not. */
  | { readonly type: 'slowDisk'; readonly delay: WriteDelay | null }
  /** Borne from now on beside those of other kinds, instead of the one of its kind; null: none of any kind. */
  | { readonly type: 'burden'; readonly burden: Burden | null };

/** A routed message and when its sender handed it over, on the shared clock. */
export interface Delivery {
  readonly message: Message;
  readonly sentMs: number;
}

/** Node → supervisor. */
export type FromNode =
  | { readonly type: 'opened'; readonly threadId: number | null; readonly term: Term }
  | { readonly type: 'openFailed'; readonly code: ErrorCode; readonly error: string }
  /** What one turn sends, in order. */
  | { readonly type: 'outgoing'; readonly messages: readonly Message[]; readonly sentMs: number };

/** The input that led to an event: what a reader needs to see where the time went. All on the shared clock, in ms. */
export interface Cause {
  /** Counts up from 1 within one life. */
  readonly id: number;
  readonly kind: 'start' | 'timer' | 'propose' | 'storeFailed' | 'peerExited' | Message['type'] | 'driver';
  /** A timer's deadline, on the clock it was set on. */
  readonly deadlineMs: number | null;
  readonly timer: TimerName | null;
  /** Who sent the message, and when. */
  readonly from: NodeId | null;
  readonly sentMs: number | null;
  readonly arrivedMs: number | null;
  readonly handledMs: number;
}

/** What the actor itself observes, beside its core. */
export type ActorEvent =
  /** A write was flushed. */
  | {
      readonly type: 'written';
      readonly durationMs: number;
      readonly hardState: boolean;
      readonly entries: number;
    }
  /**
   * An election, pre-vote or vote timer fired: what was drawn against what happened. `lostMs` is for how
   * long it was not met because the thread was not seen to run, `lateMs` how late it was beside that.
   */
  | {
      readonly type: 'timerFired';
      readonly timer: TimerName;
      readonly deadlineMs: number;
      readonly lateMs: number;
      readonly lostMs: number;
    }
  /**
   * The thread was not seen to run for `durationMs`, which ended at `atMs`: it got no processor, or its event loop was
   * kept from its turn. `gcMs` of it went into collecting garbage, `burdenMs` into a burden. `omitted` shorter ones were
   * not told since the last that was: there is a bound on how many are.
   */
  | {
      readonly type: 'stalled';
      readonly durationMs: number;
      readonly gcMs: number;
      readonly burdenMs: number;
      readonly omitted: number;
    }
  /** Peer messages or proposals were dropped because a lane, or a sender's share of it, was full. */
  | { readonly type: 'mailboxFull'; readonly lane: 'control' | 'data'; readonly dropped: number }
  /** A message that is no message, or is from nobody we know. */
  | {
      readonly type: 'messageRejected';
      readonly reason: 'unknownSender' | 'unknownType' | 'malformed';
      readonly detail: string;
    };

/** Who saw it, when, and because of what. `id` counts up within one life; `atMs` is on the shared clock. */
export interface EventStamp {
  readonly id: number;
  readonly cause: Cause;
  readonly node: NodeId;
  readonly incarnation: number;
  readonly atMs: number;
}

/** One event as it leaves a node, flat, so that `switch (event.type)` narrows it. */
export type NodeEvent = Stamped<CoreEvent | ActorEvent>;

/** What travels over the event port: what was observed since the last batch, in order. */
export type NodeEvents = readonly NodeEvent[];

type Stamped<E> = E extends unknown ? E & EventStamp : never;

/** A node as of its last finished turn. */
export interface NodeStatus {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly role: Role;
  /** `learner`: a follower that is no voter. */
  readonly learner: boolean;
  readonly term: Term;
  readonly votedFor: NodeId | null;
  readonly leaderId: NodeId | null;
  /** At a leader: false while no quorum has confirmed it within T. */
  readonly confirmed: boolean;
  readonly lastLogIndex: LogIndex;
  readonly lastLogTerm: Term;
  readonly commitIndex: LogIndex;
  /** T in force: the fixed one, or what this node last heard of the leader. */
  readonly electionTimeoutMs: number;
  /** At a follower: how long ago the leader was heard; null: never, or not a follower. */
  readonly lastContactMs: number | null;
  /** How much of the restart wait is left. */
  readonly restartWaitMs: number;
  /** At a leader: by peer, what it holds and how many heartbeats of this term it has answered. */
  readonly peers: readonly {
    readonly id: NodeId;
    readonly matchIndex: LogIndex;
    readonly heartbeatsAnswered: number;
  }[];
  /** False after a failed write: no vote, no append, no candidacy until restarted. */
  readonly participating: boolean;
  readonly mailbox: {
    readonly control: number;
    readonly data: number;
    readonly droppedControl: number;
    readonly droppedData: number;
    readonly rejected: number;
  };
  /** Time this thread was not seen to run, in ms, since it started. */
  readonly lostMs: number;
  /** How hard it had it since the last `status()`. */
  readonly strain: Strain;
}

/** What is seen between two looks at a node: the most of it, and how much was on purpose. */
export interface Strain {
  /** The most that waited at once in each lane of its mailbox. */
  readonly maxWaiting: { readonly control: number; readonly data: number };
  /** The longest that anything waited there from its arrival. */
  readonly maxAgeMs: number;
  /** For how long a burden kept the event loop, in all. */
  readonly blockedMs: number;
  /** How much a burden made it allocate, in millions of bytes. */
  readonly allocatedMb: number;
  /**
   * At a follower: how long it heard nothing of its leader, each time until it heard it again, by its running clock and as
   * shares of T. The first few thousand.
   */
  readonly heartbeatGaps: readonly number[];
}

/** The control plane of a node, over Comlink. Each call only enqueues or reads the last finished turn. */
export interface NodeControl {
  status(): NodeStatus;
  log(): readonly Entry[];
  propose(value: JsonValue): Promise<ProposalOutcome | { readonly type: 'mailboxFull' }>;
}
