/** What the command and the process of a cell say to each other: plain data. Owned by the cell. */
import type { OutsideReport } from '../../contention/outside.js';
import type { ClusterOptions } from '../../options.js';
import type { NodeId } from '../../raft/brands.js';
import type { StressFaults, StressMeasurement, StressPlan } from './stress-result.js';

/** What a cell is to do. */
export interface CellTask {
  readonly contention: string;
  readonly durationMs: number;
  readonly faults: StressFaults;
  readonly clients: StressPlan['clients'];
  readonly cluster: ClusterOptions & { readonly seed: number };
  /** Whether to look at how long elections take once the pressure has ended. */
  readonly recovery: boolean;
}

/** Command → cell. In this order, each an answer but the first. */
export type ToCell =
  | { readonly type: 'run'; readonly task: CellTask }
  /** What is done from outside is being done. */
  | { readonly type: 'exerted' }
  /** It has ended. */
  | { readonly type: 'relieved'; readonly report: OutsideReport };

/** Cell → command. */
export type FromCell =
  /** It can be told what to do. */
  | { readonly type: 'ready' }
  /** The cluster is at rest under that leader. */
  | { readonly type: 'settled'; readonly leader: NodeId }
  /** The time is over, and what was done inside has ended. */
  | { readonly type: 'measured' }
  | { readonly type: 'analysed'; readonly measurement: StressMeasurement }
  | { readonly type: 'failed'; readonly reason: string };
