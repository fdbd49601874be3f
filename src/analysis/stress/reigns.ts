/** Who led when, and which terms began, read from what the nodes reported. Pure. */
import type { NodeId, Term } from '../../raft/brands.js';
import type { KeptEvent, StressRecord } from './record.js';
import { eventsOf } from './record.js';

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
  return eventsOf(record, 'elected')
    .map(({ node, incarnation, term, atMs }) => ({
      node,
      incarnation,
      term,
      electedMs: atMs,
      readyMs:
        record.events.find((event) => event.type === 'ready' && event.term === term && event.node === node)
          ?.atMs ?? null,
      endedMs:
        record.events.find(
          (event) =>
            event.node === node &&
            event.incarnation === incarnation &&
            event.atMs >= atMs &&
            endsReign(event, term),
        )?.atMs ?? null,
    }))
    .toSorted((a, b) => a.term - b.term);
}

function endsReign(event: KeptEvent, term: Term): boolean {
  if (event.type === 'steppedDown') return event.from === 'leader' && event.term >= term;
  return event.type === 'crashed' || event.type === 'exited';
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
