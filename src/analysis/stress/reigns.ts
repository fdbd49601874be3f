/** Who led when, and which terms began, read from what the nodes reported. Pure. */
import type { NodeId, Term } from '../../raft/brands.js';
import { firstThat, grouped } from './lookup.js';
import { eventsOf, type KeptEvent, type KeptEventOf, type StressRecord } from './record.js';

/** One leadership, from the vote that won it. Moments on the shared clock. */
export interface Reign {
  readonly node: NodeId;
  readonly incarnation: number;
  readonly term: Term;
  readonly electedMs: number;
  /** Its first entry was committed; null: never. */
  readonly readyMs: number | null;
  /** It stepped down, or its thread was gone; null: not as far as was seen. */
  readonly endedMs: number | null;
}

/** A term that somebody began. */
export interface TermStep {
  readonly term: Term;
  readonly atMs: number;
  /** The first who stood in it. */
  readonly node: NodeId;
}

/** In the order of their terms. */
export function reignsOf(record: Pick<StressRecord, 'events'>): Reign[] {
  // Backwards: of two, the first is what remains.
  const readyMs = new Map(
    eventsOf(record, 'ready')
      .toReversed()
      .map(({ node, term, atMs }) => [`${term} ${node}`, atMs]),
  );
  const ends = grouped(record.events.filter(isEnd), lifeOf);
  return eventsOf(record, 'elected')
    .map((event) => ({
      node: event.node,
      incarnation: event.incarnation,
      term: event.term,
      electedMs: event.atMs,
      readyMs: readyMs.get(`${event.term} ${event.node}`) ?? null,
      endedMs: endOfReign(ends.get(lifeOf(event)) ?? [], event),
    }))
    .toSorted((a, b) => a.term - b.term);
}

function lifeOf({ node, incarnation }: KeptEvent): string {
  return `${incarnation} ${node}`;
}

/** What ends the reign of whoever reigns. */
type End = KeptEventOf<'steppedDown' | 'crashed' | 'exited'>;

function isEnd(event: KeptEvent): event is End {
  if (event.type === 'steppedDown') return event.from === 'leader';
  return event.type === 'crashed' || event.type === 'exited';
}

/** @param ends of the one life in which it reigned */
function endOfReign(ends: readonly End[], { term, atMs }: KeptEventOf<'elected'>): number | null {
  for (let at = firstThat(ends, (end) => end.atMs >= atMs); ; at += 1) {
    const end = ends[at];
    if (end === undefined) return null;
    if (end.type !== 'steppedDown' || end.term >= term) return end.atMs;
  }
}

/** In their order, each once: when it was first stood in, or heard of where nobody was seen to stand. */
export function termsOf({ events }: Pick<StressRecord, 'events'>): TermStep[] {
  const begun = new Map<Term, TermStep>();
  for (const event of events) {
    const stands = event.type === 'roundOpened' && event.phase === 'vote';
    if (!stands && event.type !== 'elected' && event.type !== 'termAdopted') continue;
    const { term, atMs, node } = event;
    const known = begun.get(term);
    if (known === undefined) begun.set(term, { term, atMs, node });
  }
  return [...begun.values()].toSorted((a, b) => a.term - b.term);
}

/** The newest leadership of a moment, over or not. */
export function reignAt(reigns: readonly Reign[], atMs: number): Reign | undefined {
  return reigns.findLast(({ electedMs }) => electedMs <= atMs);
}
