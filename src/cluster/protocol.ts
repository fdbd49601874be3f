/** What crosses the ports of the supervisor's thread: plain data, and the ports that it hands on. */
import type { MessagePort } from 'node:worker_threads';
import type { Burden } from '../actor/burden.js';
import type { WriteDelay } from '../actor/disk-stall.js';
import type { WireError } from '../errors.js';
import type { ResolvedClusterOptions } from '../options.js';
import type { NodeId } from '../raft/brands.js';
import type { Direction, SupervisorEvent } from './events.js';
import type { ResolvedLinkPolicy } from './link.js';
import type { RouterMetrics } from './meter.js';

/** `workerData` of the supervisor's thread. */
export interface SupervisorInit {
  readonly options: ResolvedClusterOptions;
  /** Which cluster this is; the stores remember it. */
  readonly group: string;
  /** The folder of the disk stores, checked and claimed; null: the stores are in memory. */
  readonly dataDir: string | null;
  /** Every node has had its store there open before. */
  readonly founded: boolean;
  /** Another entry point for the nodes' threads, as a URL; null: the real one. */
  readonly nodeEntry: string | null;
  /** Comlink: {@link SupervisorControl}. */
  readonly controlPort: MessagePort;
  /** {@link FromSupervisor}. What a call led to is posted here before the call is answered. */
  readonly eventPort: MessagePort;
}

export type FromSupervisor =
  | { readonly type: 'event'; readonly event: SupervisorEvent }
  /** A life of a node begins; these are its ends for whoever holds the cluster. */
  | {
      readonly type: 'life';
      readonly node: NodeId;
      readonly incarnation: number;
      readonly controlPort: MessagePort;
      readonly eventPort: MessagePort;
    };

export type Lifecycle = 'starting' | 'up' | 'hung' | 'down' | 'restarting' | 'failed';

/** One node as its supervisor sees it. */
export interface SupervisedNode {
  readonly id: NodeId;
  readonly lifecycle: Lifecycle;
  /** 1 in its first life, one more in each further one. */
  readonly incarnation: number;
  /** Lives after the first, whoever asked for them. */
  readonly restarts: number;
  /** The operating system's id of its thread; null elsewhere than on Linux, and while it is not running. */
  readonly threadId: number | null;
  /** Why it is `failed`, otherwise null. */
  readonly failure: WireError | null;
}

export interface ClusterStatus {
  readonly nodes: readonly SupervisedNode[];
  readonly router: RouterMetrics;
  /** The operating system's id of the supervisor's thread; null elsewhere than on Linux. */
  readonly supervisorThreadId: number | null;
}

/** The outcome of a call, since classes and codes of errors do not survive a port. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** The control plane of the supervisor, over Comlink. Arguments have been checked: ids are known and distinct. */
export interface SupervisorControl {
  /** Once, first. Resolves when every node has opened its store and takes part; otherwise all are stopped again. */
  start(): Promise<Outcome<void>>;
  crash(id: NodeId): Promise<Outcome<{ readonly atMs: number }>>;
  shutDown(id: NodeId): Promise<Outcome<{ readonly atMs: number }>>;
  hang(id: NodeId): Promise<Outcome<{ readonly atMs: number }>>;
  resume(id: NodeId): Promise<Outcome<void>>;
  isolate(id: NodeId, direction: Direction): Promise<Outcome<{ readonly atMs: number }>>;
  /** Nodes in no group form one of their own. */
  partition(groups: readonly (readonly NodeId[])[]): Promise<Outcome<void>>;
  cut(a: NodeId, b: NodeId, oneWay: boolean): Promise<Outcome<void>>;
  heal(): Promise<Outcome<void>>;
  setLink(from: NodeId, to: NodeId, policy: ResolvedLinkPolicy): Promise<Outcome<void>>;
  /** @param forMs null: until `heal` */
  stallDisk(id: NodeId, forMs: number | null): Promise<Outcome<{ readonly atMs: number }>>;
  slowDisk(id: NodeId, delay: WriteDelay): Promise<Outcome<void>>;
  /** @param burden null: none of any kind */
  burden(id: NodeId, burden: Burden | null): Promise<Outcome<void>>;
  restart(id: NodeId): Promise<Outcome<void>>;
  status(): Promise<Outcome<ClusterStatus>>;
  /** Resolves when every node's thread has ended. The supervisor's own ends then, too. */
  stop(): Promise<Outcome<void>>;
}
