/** What is kept of a cell while its cluster runs: enough to count by and to say why. */
import type { ClusterEvent } from '../../cluster/events.js';
import type { ResolvedClusterOptions } from '../../options.js';
import type { Span } from './spans.js';

/** The kinds of events that are kept. */
const keptTypes = {
  started: true,
  suspected: true,
  timeoutChanged: true,
  exitNoticed: true,
  roundOpened: true,
  roundLost: true,
  elected: true,
  ready: true,
  leaderKnown: true,
  steppedDown: true,
  termAdopted: true,
  heartbeatNearMiss: true,
  invariantViolated: true,
  written: true,
  stalled: true,
  crashed: true,
  exited: true,
  routerLag: true,
  linkSet: true,
  linkCut: true,
  isolated: true,
  partitioned: true,
  healed: true,
} as const;

type KeptType = keyof typeof keptTypes;

/** An event that counts or explains. */
export type KeptEvent = Extract<ClusterEvent, { type: KeptType }>;

/** One kind of them. */
export type KeptEventOf<K extends KeptEvent['type']> = Extract<KeptEvent, { type: K }>;

/** What the system says of the cluster's threads over a short time. */
export interface Slice extends Span {
  /** By thread (`n1`, `supervisor`, `main`): how long it was ready to run, and did not. */
  readonly waitedMs: Readonly<Record<string, number>>;
  /** For how long the quota had run out, of all processors together; 0 without a quota. */
  readonly throttledMs: number;
  /** What the hypervisor took, of all processors together. */
  readonly stealMs: number;
}

/** One cell's evidence. All moments on the shared clock. */
export interface StressRecord {
  readonly cluster: ResolvedClusterOptions;
  /** The measurement. Events of before say how things stood; none is later. */
  readonly measured: Span;
  /** In the order of `atMs`, and each node's in its own. */
  readonly events: readonly KeptEvent[];
  /** In order, without gaps; empty where the system says nothing. */
  readonly slices: readonly Slice[];
  /** When the whole process stood still on purpose. */
  readonly suspensions: readonly Span[];
  readonly cores: number;
  /** Whether processors were kept busy on purpose: otherwise whoever waits for one does so for the host's sake. */
  readonly busyOnPurpose: boolean;
}

/** Whether an event belongs in a record. */
export function isKept(event: ClusterEvent): event is KeptEvent {
  return Object.hasOwn(keptTypes, event.type);
}

/** Those of one kind, in order. */
export function eventsOf<K extends KeptEvent['type']>(
  { events }: Pick<StressRecord, 'events'>,
  type: K,
): KeptEventOf<K>[] {
  return events.filter((event): event is KeptEventOf<K> => event.type === type);
}

/** Both ends belong to it. */
export function isWithin(atMs: number, { fromMs, untilMs }: Span): boolean {
  return atMs >= fromMs && atMs <= untilMs;
}

/** T at that moment, as the leaders had decided where it adapts. */
export function timeoutAt(record: Pick<StressRecord, 'events' | 'cluster'>, atMs: number): number {
  const change = eventsOf(record, 'timeoutChanged').findLast((event) => event.atMs <= atMs);
  return change?.toMs ?? record.cluster.electionTimeoutMs;
}
