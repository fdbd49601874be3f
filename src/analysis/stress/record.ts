/** What is kept of a cell while its cluster runs: enough to count by and to say why. */
import type { ClusterEvent } from '../../cluster/events.js';
import type { ResolvedClusterOptions } from '../../options.js';
import { firstThat, grouped } from './lookup.js';
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
  /** In the order of `atMs`, and each node's in its own; no list of them ever changes. */
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

/** Each list of events sorted by kind, once: they are asked for again and again, and there may be a million. */
const sorted = new WeakMap<readonly KeptEvent[], ReadonlyMap<KeptType, readonly KeptEvent[]>>();

/** Those of one kind, in order. */
export function eventsOf<K extends KeptEvent['type']>(
  { events }: Pick<StressRecord, 'events'>,
  type: K,
): readonly KeptEventOf<K>[] {
  let kinds = sorted.get(events);
  if (kinds === undefined) {
    kinds = grouped(events, ({ type: kind }) => kind);
    sorted.set(events, kinds);
  }
  return (kinds.get(type) ?? []) as readonly KeptEventOf<K>[];
}

/** The last one that is no later than `untilMs` and for which it holds. */
export function lastUntil(
  { events }: Pick<StressRecord, 'events'>,
  untilMs: number,
  holds: (event: KeptEvent) => boolean,
): KeptEvent | undefined {
  for (let at = firstThat(events, ({ atMs }) => atMs > untilMs) - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event !== undefined && holds(event)) return event;
  }
  return undefined;
}

/** The same cell, with no more of its events and slices than what belongs to that time. */
export function recordWithin(record: StressRecord, { fromMs, untilMs }: Span): StressRecord {
  const { events, slices } = record;
  return {
    ...record,
    events: events.slice(
      firstThat(events, ({ atMs }) => atMs >= fromMs),
      firstThat(events, ({ atMs }) => atMs > untilMs),
    ),
    slices: slices.slice(
      firstThat(slices, (slice) => slice.untilMs > fromMs),
      firstThat(slices, (slice) => slice.fromMs >= untilMs),
    ),
  };
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
