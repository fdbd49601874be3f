/** What kept one thread from its work during some time, as far as anybody saw. Pure. */
import { eventsOf, type StressRecord } from './record.js';
import { commonOf, lengthOf, without, type Span } from './spans.js';

/** What a thread can be kept by. */
export type Hindrance =
  'runQueue' | 'throttled' | 'steal' | 'suspended' | 'garbageCollection' | 'eventLoop' | 'flush' | 'mailbox';

/** By hindrance, in ms; together no more than the time that was looked at. */
export interface Exposure {
  readonly thread: string;
  readonly ms: Readonly<Record<Hindrance, number>>;
  /** When it was first seen to be kept by anything; null: never. */
  readonly sinceMs: number | null;
  /** How much of `eventLoop` was on purpose. */
  readonly onPurposeMs: number;
}

/** A gap of an event loop. */
interface Stall extends Span {
  readonly gcMs: number;
  readonly burdenMs: number;
}

/**
 * A node's loop tells exactly when it stood still, and the system how long its thread waited in each slice: of a slice's
 * waiting as much as fits is taken for the stall, the rest is spread over what is left of the slice. What of a stall
 * nothing else explains was work of its own.
 */
export function exposureOf(record: StressRecord, thread: string, during: readonly Span[]): Exposure {
  const suspended = commonOf(record.suspensions, during);
  const running = without(during, record.suspensions);
  const slices = record.slices.filter((slice) => touch(slice, running));
  const allStalls = stallsOf(record, thread).filter((stall) => touch(stall, [...slices, ...running]));
  const stalls = allStalls.filter((stall) => touch(stall, running));
  const stalled = commonOf(stalls, running);

  const ms = { runQueue: 0, throttled: 0, steal: 0, suspended: lengthOf(suspended), eventLoop: 0 };
  let unexplainedMs = lengthOf(stalled);
  let sinceMs = Math.min(suspended[0]?.fromMs ?? Infinity, stalled[0]?.fromMs ?? Infinity);
  for (const slice of slices) {
    const part = partOf(record, slice, { thread, running, allStalls, stalled });
    ms.runQueue += part.runQueueMs;
    ms.throttled += part.throttledMs;
    ms.steal += part.stealMs;
    unexplainedMs -= part.ofStallsMs;
    if (part.runQueueMs + part.throttledMs + part.stealMs > 0) {
      sinceMs = Math.min(sinceMs, Math.max(slice.fromMs, running[0]?.fromMs ?? slice.fromMs));
    }
  }
  unexplainedMs = Math.max(0, unexplainedMs);

  const share = (stall: Stall): number =>
    lengthOf(commonOf([stall], running)) / (stall.untilMs - stall.fromMs);
  const gcMs = stalls.reduce((sum, stall) => sum + stall.gcMs * share(stall), 0);
  const garbageCollection = Math.min(unexplainedMs, gcMs);
  const eventLoop = unexplainedMs - garbageCollection;
  const burdenMs = stalls.reduce((sum, stall) => sum + stall.burdenMs * share(stall), 0);

  const awake = without(running, stalls);
  const flushes = commonOf(flushesOf(record, thread), awake);
  const waits = without(commonOf(mailboxWaitsOf(record, thread), awake), flushes);
  sinceMs = Math.min(sinceMs, flushes[0]?.fromMs ?? Infinity, waits[0]?.fromMs ?? Infinity);
  return {
    thread,
    ms: { ...ms, garbageCollection, eventLoop, flush: lengthOf(flushes), mailbox: lengthOf(waits) },
    sinceMs: Number.isFinite(sinceMs) ? sinceMs : null,
    onPurposeMs: Math.min(eventLoop, burdenMs),
  };
}

interface Part {
  readonly runQueueMs: number;
  readonly throttledMs: number;
  readonly stealMs: number;
  /** How much of them fell into stalls. */
  readonly ofStallsMs: number;
}

/** What of one slice's waiting fell into the time that is looked at. */
function partOf(
  { cores }: StressRecord,
  slice: StressRecord['slices'][number],
  {
    thread,
    running,
    allStalls,
    stalled,
  }: {
    readonly thread: string;
    readonly running: readonly Span[];
    readonly allStalls: readonly Span[];
    readonly stalled: readonly Span[];
  },
): Part {
  const waited = slice.waitedMs[thread] ?? 0;
  const within = lengthOf(commonOf([slice], running));
  const inStalls = lengthOf(commonOf([slice], stalled));
  const inAllStalls = lengthOf(commonOf([slice], allStalls));
  const awake = slice.untilMs - slice.fromMs - inAllStalls;
  const waitedInStalls = Math.min(waited, inStalls);
  const spread = Math.max(0, waited - inAllStalls);
  const waitedAwake = awake > 0 ? Math.min(1, spread / awake) * Math.max(0, within - inStalls) : 0;

  // A thread whose group has used up its quota waits as well, as the system counts.
  const idle = inStalls + waitedAwake;
  const throttledMs = Math.min(slice.throttledMs, idle);
  const runQueueMs = Math.min(Math.max(0, waitedInStalls + waitedAwake - throttledMs), idle - throttledMs);
  // Taken from a thread that believes it runs; whoever waits for one processor does not run on another.
  const stealMs = Math.min(slice.stealMs / cores, within - throttledMs - runQueueMs);
  return {
    runQueueMs,
    throttledMs,
    stealMs,
    ofStallsMs: Math.min(inStalls, Math.max(0, throttledMs + runQueueMs - waitedAwake) + stealMs),
  };
}

function touch(span: Span, others: readonly Span[]): boolean {
  return others.some(({ fromMs, untilMs }) => span.fromMs < untilMs && span.untilMs > fromMs);
}

/** The gaps of its event loop. */
export function stallsOf(record: StressRecord, thread: string): Stall[] {
  return eventsOf(record, 'stalled')
    .filter(({ node }) => node === thread)
    .map(({ atMs, durationMs, gcMs, burdenMs }) => ({
      fromMs: atMs - durationMs,
      untilMs: atMs,
      gcMs,
      burdenMs,
    }));
}

/** A turn waits for its write, and all others behind it. */
function flushesOf(record: StressRecord, thread: string): Span[] {
  return eventsOf(record, 'written')
    .filter(({ node }) => node === thread)
    .map(({ atMs, durationMs }) => ({ fromMs: atMs - durationMs, untilMs: atMs }));
}

/** From the arrival of what led to an event until its turn. */
function mailboxWaitsOf({ events }: StressRecord, thread: string): Span[] {
  return events.flatMap(({ node, cause }) => {
    if (node !== thread || typeof cause !== 'object' || cause === null || cause.arrivedMs === null) return [];
    return [{ fromMs: cause.arrivedMs, untilMs: cause.handledMs }];
  });
}
