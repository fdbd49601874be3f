/** What a subscriber sees: the events of the nodes, and those of the supervisor that keeps them. */
import type { Burden } from '../actor/burden.js';
import type { WriteDelay } from '../actor/disk-stall.js';
import type { NodeEvent } from '../actor/protocol.js';
import type { ErrorCode } from '../errors.js';
import type { NodeId, Term } from '../raft/brands.js';
import type { LinkPolicy } from './link.js';

/** Which links of a node: those it hears by, those it is heard by, or both. */
export type Direction = 'in' | 'out' | 'both';

/** What the supervisor did or saw; {@link SupervisorEvent} adds who and when. */
export type SupervisorObservation =
  /** A node of a new cluster has opened its store and takes part. */
  | { readonly type: 'nodeStarted'; readonly threadId: number | null; readonly term: Term }
  /** `crash` was called: the node was cut off at `atMs`, an instant before its thread was terminated. */
  | { readonly type: 'crashed' }
  /** `shutDown` was called: the node was told to end in order, and is heard no more. */
  | { readonly type: 'shutDown' }
  /** The thread of a node has ended. */
  | {
      readonly type: 'exited';
      /** Asked for, by a verb or `stop()`. Otherwise a restart follows, if the limits allow. */
      readonly planned: boolean;
      readonly reason: string;
      /** When its port was seen to close, on the shared clock. */
      readonly closedAtMs: number;
      /** Whether the peers were told then (rule `exitNotice`). */
      readonly noticed: boolean;
      /** The highest term it was seen to send. */
      readonly term: Term;
    }
  /** An unplanned exit is answered with a restart after this wait. */
  | { readonly type: 'restarting'; readonly delayMs: number; readonly restarts: number }
  /** A later life of a node has opened its store and takes part. */
  | {
      readonly type: 'restarted';
      readonly threadId: number | null;
      readonly term: Term;
      readonly restarts: number;
    }
  /** The node is given up until `restart(id)`: too many unplanned exits, or it can't open its store. */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly reason: string }
  | { readonly type: 'hung' }
  | { readonly type: 'resumed' }
  /** Every link of a node was cut, or those of one direction. */
  | { readonly type: 'isolated'; readonly direction: Direction }
  /** Links between different groups were cut, all others are up. */
  | { readonly type: 'partitioned'; readonly groups: readonly (readonly NodeId[])[] }
  | {
      readonly type: 'linkSet';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly policy: Required<LinkPolicy>;
    }
  | { readonly type: 'linkCut'; readonly from: NodeId; readonly to: NodeId; readonly oneWay: boolean }
  /** All links are perfect again, no disk is stalled or slow, and no node bears a burden. */
  | { readonly type: 'healed' }
  /** Writes of this node finish only after `untilMs` on the shared clock; null: not before `heal`. */
  | { readonly type: 'diskStalled'; readonly untilMs: number | null }
  /** Writes of this node take that much longer, until `heal`. */
  | { readonly type: 'diskSlowed'; readonly delay: WriteDelay }
  /** The thread of this node bears a burden, until another of its kind or `heal`; null: it bears none any more. */
  | { readonly type: 'burdened'; readonly burden: Burden | null }
  /** Messages waited longer than usual for the router; reported at most once a second. */
  | { readonly type: 'routerLag'; readonly lagMs: number }
  /** Messages that the router refused to carry; reported at most once a second per node. */
  | {
      readonly type: 'messageRejected';
      readonly reason: 'spoofedSender' | 'unknownAddressee' | 'malformed';
      readonly detail: string;
    }
  /** The supervisor's thread ended: every call is settled with `clusterFailed`. The last event there is. */
  | { readonly type: 'clusterFailed'; readonly reason: string };

/** On every event of the supervisor. */
export interface SupervisorStamp {
  /** Counts up from 1. */
  readonly id: number;
  /** The `id` of the supervisor's event that led to it, null when a caller or chance did. */
  readonly cause: number | null;
  /** Null where it concerns no single node. */
  readonly node: NodeId | null;
  /** Which life of that node; 0 where it concerns none. */
  readonly incarnation: number;
  /** Milliseconds on the clock that all threads share. */
  readonly atMs: number;
}

/** One event of the supervisor, flat, so that `switch (event.type)` narrows it. */
export type SupervisorEvent = Stamped<SupervisorObservation>;

/**
 * Everything a subscriber is told. Each node's events come in their order, and so do the supervisor's; between two
 * sources compare `atMs`, since each has a port of its own.
 */
export type ClusterEvent = NodeEvent | SupervisorEvent;

type Stamped<E> = E extends unknown ? E & SupervisorStamp : never;
