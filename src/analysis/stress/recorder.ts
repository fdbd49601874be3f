/** Keeps, while a cell runs, what it will be judged by: the memory it takes grows with what goes wrong, not with time. */
import type { NodeStatus } from '../../actor/protocol.js';
import type { ClusterEvent } from '../../cluster/events.js';
import type { ResolvedClusterOptions } from '../../options.js';
import type { NodeId } from '../../raft/brands.js';
import { isKept, isWithin, type KeptEvent } from './record.js';
import type { Span } from './spans.js';
import type { StressNode } from './stress-result.js';

/** Frequent, and needed only to say why something went wrong shortly afterwards. */
const bulkTypes: ReadonlySet<KeptEvent['type']> = new Set(['written', 'stalled', 'routerLag']);
/** From such a moment one looks back. */
const turningTypes: ReadonlySet<KeptEvent['type']> = new Set(['suspected', 'steppedDown', 'roundOpened']);

/** How much bulk there is before what nobody will ask for any more is dropped. */
const leastBulkBound = 20_000;
/** How far one looks back at most; and how late an event may come, behind a thread that was blocked. */
const hindsightMs = 15_000;
/** A cluster that comes to this does nothing but elect. */
const maxKept = 1_000_000;

interface Tally {
  stalls: number;
  stalledMs: number;
  longestStallMs: number;
  maxWaiting: number;
  maxAgeMs: number;
  /** By life, since it began. */
  readonly dropped: Map<number, number>;
}

/** Told everything by the thread that holds the cluster. */
export class StressRecorder {
  readonly #events: KeptEvent[] = [];
  #bulk: KeptEvent[] = [];
  #bulkBound = leastBulkBound;
  #isFull = false;
  readonly #shortestWriteMs: number;
  readonly #nodes: ReadonlyMap<NodeId, Tally>;
  readonly #gaps: number[] = [];
  #told = 0;
  #measured: Span = { fromMs: Number.POSITIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

  constructor({ voters, learners, electionTimeoutMs, heartbeatMs }: ResolvedClusterOptions) {
    // Several of them together may explain a silence; one that is shorter still does not count.
    this.#shortestWriteMs = (electionTimeoutMs - heartbeatMs) / 20;
    this.#nodes = new Map(
      [...voters, ...learners].map((id) => [
        id,
        { stalls: 0, stalledMs: 0, longestStallMs: 0, maxWaiting: 0, maxAgeMs: 0, dropped: new Map() },
      ]),
    );
  }

  /** What is seen from this moment on is counted. */
  begin(atMs: number): void {
    this.#measured = { fromMs: atMs, untilMs: Number.POSITIVE_INFINITY };
  }

  /** What happens from this moment on is not. */
  end(atMs: number): void {
    this.#measured = { ...this.#measured, untilMs: atMs };
  }

  see(event: ClusterEvent): void {
    if (isWithin(event.atMs, this.#measured)) this.#told += 1;
    if (!isKept(event)) return;
    if (event.type === 'stalled') this.#countStall(event);
    if (event.type === 'written' && event.durationMs < this.#shortestWriteMs) return;
    if (bulkTypes.has(event.type)) {
      this.#bulk.push(event);
      if (this.#bulk.length >= this.#bulkBound) this.#dropOldBulk(event.atMs);
    } else if (this.#events.length < maxKept) this.#events.push(event);
    else this.#isFull = true;
  }

  /** Each node is asked about twice a second. */
  strain({ id, incarnation, strain, mailbox }: NodeStatus): void {
    const tally = this.#nodes.get(id);
    if (tally === undefined) return;
    tally.maxWaiting = Math.max(tally.maxWaiting, strain.maxWaiting.control, strain.maxWaiting.data);
    tally.maxAgeMs = Math.max(tally.maxAgeMs, strain.maxAgeMs);
    tally.dropped.set(incarnation, mailbox.droppedControl + mailbox.droppedData);
    for (const gap of strain.heartbeatGaps) this.#gaps.push(gap);
  }

  /** Events of the measurement, kept or not. */
  get told(): number {
    return this.#told;
  }

  /** More happened than can be kept, and what is told is not all. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Until then, in the order of time. */
  eventsUntil(untilMs: number): KeptEvent[] {
    return [...this.#events, ...this.#bulk]
      .filter(({ atMs }) => atMs <= untilMs)
      .toSorted((a, b) => a.atMs - b.atMs);
  }

  /** As shares of T. */
  get heartbeatGaps(): readonly number[] {
    return this.#gaps;
  }

  nodes(): StressNode[] {
    return [...this.#nodes].map(([node, tally]) => ({
      node,
      stalls: { count: tally.stalls, totalMs: tally.stalledMs, maxMs: tally.longestStallMs },
      mailbox: {
        maxWaiting: tally.maxWaiting,
        maxAgeMs: tally.maxAgeMs,
        dropped: [...tally.dropped.values()].reduce((sum, dropped) => sum + dropped, 0),
      },
    }));
  }

  #countStall({ node, atMs, durationMs, omitted }: Extract<KeptEvent, { type: 'stalled' }>): void {
    const tally = this.#nodes.get(node);
    if (tally === undefined || !isWithin(atMs, this.#measured)) return;
    tally.stalls += 1 + omitted;
    tally.stalledMs += durationMs;
    tally.longestStallMs = Math.max(tally.longestStallMs, durationMs);
  }

  #dropOldBulk(nowMs: number): void {
    const turns = this.#events.filter(({ type }) => turningTypes.has(type)).map(({ atMs }) => atMs);
    this.#bulk = this.#bulk.filter(
      ({ atMs }) =>
        atMs > nowMs - hindsightMs ||
        turns.some((turnMs) => atMs > turnMs - hindsightMs && atMs < turnMs + hindsightMs),
    );
    this.#bulkBound = Math.max(leastBulkBound, 2 * this.#bulk.length);
  }
}
