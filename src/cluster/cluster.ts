/** The handle that a script holds. */
import type { NodeStatus } from '../actor/protocol.js';
import type { WireError } from '../errors.js';
import type { ClusterOptions, ResolvedClusterOptions } from '../options.js';
import type { LogIndex, NodeId, Term } from '../raft/brands.js';
import type { Entry, JsonValue } from '../raft/log.js';
import type { ClusterEvent } from './events.js';
import type { LinkPolicy } from './link.js';
import type { RouterMetrics } from './meter.js';

/** Cancels a call: it rejects with the signal's reason. What was handed over by then still happens. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Where a committed value is in the log. */
export interface Committed {
  readonly index: LogIndex;
  readonly term: Term;
}

export type Lifecycle = 'starting' | 'up' | 'hung' | 'down' | 'restarting' | 'failed';

/** One node as its supervisor sees it. */
export interface SupervisedNode {
  readonly id: NodeId;
  readonly lifecycle: Lifecycle;
  /** 1 in its first life, one more in each further one. */
  readonly incarnation: number;
  /** Lives after the first, whoever asked for them. */
  readonly restarts: number;
  /** The operating system's id of its thread; null elsewhere than on Linux, and while it is down. */
  readonly threadId: number | null;
  /** Why it is `failed`, otherwise null. */
  readonly failure: WireError | null;
}

export interface ClusterStatus {
  readonly nodes: readonly SupervisedNode[];
  readonly router: RouterMetrics;
}

/** One node, whatever life it is in. Every call rejects with `nodeDown` while it is not running. */
export interface NodeHandle {
  readonly id: NodeId;
  /** As of its last finished turn. A hung node answers when it is resumed. */
  status(options?: CallOptions): Promise<NodeStatus>;
  /** Every entry it has, committed or not. */
  log(options?: CallOptions): Promise<readonly Entry[]>;
  /** Resolves when committed. Rejects with `notLeader` (see `details.leaderId`) elsewhere than at the leader. */
  propose(value: JsonValue, options?: CallOptions): Promise<Committed>;
}

/** A running cluster. */
export declare class Cluster implements AsyncDisposable {
  private constructor();
  static start(options?: ClusterOptions): Promise<Cluster>;
  readonly options: ResolvedClusterOptions;
  readonly nodeIds: readonly NodeId[];
  node(id: string): NodeHandle;
  /** An elected leader that is up now and ready: an entry of its own term is committed. */
  waitForLeader(
    options?: CallOptions & { readonly afterTerm?: number },
  ): Promise<{ readonly id: NodeId; readonly term: Term }>;
  propose(value: JsonValue, options?: CallOptions): Promise<Committed>;
  crash(id: string): Promise<{ readonly atMs: number }>;
  hang(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  isolate(id: string): Promise<void>;
  partition(groups: readonly (readonly string[])[]): Promise<void>;
  cut(a: string, b: string, options?: { readonly oneWay?: boolean }): Promise<void>;
  heal(): Promise<void>;
  setLink(from: string, to: string, policy: LinkPolicy): Promise<void>;
  stallDisk(id: string, options?: { readonly forMs?: number }): Promise<void>;
  restart(id: string): Promise<void>;
  subscribe(listener: (event: ClusterEvent) => void): () => void;
  status(): Promise<ClusterStatus>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
