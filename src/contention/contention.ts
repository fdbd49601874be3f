/**
 * What can be done on purpose to the time that a cluster's threads get to run, and how it is written: `KIND:LEVEL`, with
 * `+` between what is done at once. `none` is nothing.
 */
import type { NodeId } from '../raft/brands.js';

/** The nodes it is done to; the leader and the first follower are those of the moment at which it begins. */
export type NodeChoice = 'leader' | 'follower' | 'all' | readonly NodeId[];

/** `forMs` out of every `everyMs`; `random`: at drawn moments, as often on average. */
export interface Rhythm {
  readonly forMs: number;
  readonly everyMs: number;
  readonly random: boolean;
}

/** One thing that is done. */
export type Exertion =
  /** `burners:4`, `burners:2x`: threads in the cluster's process that never rest; `2x` is twice as many as cores. */
  | { readonly kind: 'burners'; readonly count: number; readonly nice: number }
  /** `processes:4`, `processes:2x@nice5`: as burners, each a process of its own. */
  | { readonly kind: 'processes'; readonly count: number; readonly nice: number }
  /** `hog:100/500@leader`, `hog:100/~500@n2:n3`: the event loop of a node is blocked. */
  | ({ readonly kind: 'hog'; readonly nodes: NodeChoice } & Rhythm)
  /** `quota:50`, `quota:50/100`: the process gets so many per cent of one core in each period, as a container does. */
  | { readonly kind: 'quota'; readonly percent: number; readonly periodMs: number }
  /** `stop:400/2000`: the process is suspended and continued, as when a host pauses a virtual machine. */
  | ({ readonly kind: 'stop' } & Rhythm)
  /** `memory:200`, `memory:200@leader`: a node's thread allocates so many MB a second, and keeps some of it for a while. */
  | { readonly kind: 'memory'; readonly megabytesPerSecond: number; readonly nodes: NodeChoice }
  /** `main:3000/5000`: the thread that holds the cluster is blocked. */
  | ({ readonly kind: 'main' } & Rhythm)
  /** `flood:1x`: ten times a second as many messages and proposals as the lanes of a mailbox hold, to every node. */
  | { readonly kind: 'flood'; readonly fill: number }
  /** `disk:20`, `disk:20@leader`: each write takes so much longer. */
  | { readonly kind: 'disk'; readonly delayMs: number; readonly nodes: NodeChoice }
  /** `disk:200/1000`: no write ends for so long. */
  | ({ readonly kind: 'diskStall'; readonly nodes: NodeChoice } & Rhythm);

/** The tag that tells exertions apart. */
export type ExertionKind = Exertion['kind'];

/** What is done at once; nothing, when `exertions` is empty. */
export interface Contention {
  /** As it was written, and how results name it. */
  readonly text: string;
  readonly exertions: readonly Exertion[];
}
