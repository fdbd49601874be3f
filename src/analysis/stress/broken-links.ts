/** When messages from one node to another did not pass as they should, because somebody had set the link so. Pure. */
import { isPerfect } from '../../cluster/link.js';
import type { NodeId } from '../../raft/brands.js';
import { eventsOf, type KeptEventOf, type StressRecord } from './record.js';
import type { Span } from './spans.js';

/** What sets links. */
const linkTypes = ['linkSet', 'linkCut', 'isolated', 'partitioned', 'healed'] as const;

type LinkEvent = KeptEventOf<(typeof linkTypes)[number]>;

/** In order and apart, on the shared clock; a link that is never mended is broken until the measurement's end. */
export function brokenLinkSpans(record: StressRecord, from: NodeId, to: NodeId): Span[] {
  const spans: Span[] = [];
  let sinceMs: number | null = null;
  const turn = (atMs: number, broken: boolean): void => {
    if (broken) sinceMs ??= atMs;
    else if (sinceMs !== null) {
      spans.push({ fromMs: sinceMs, untilMs: atMs });
      sinceMs = null;
    }
  };
  const events = linkTypes.flatMap((type): readonly LinkEvent[] => eventsOf(record, type));
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) {
    const broken = effectOf(event, from, to);
    if (broken !== null) turn(event.atMs, broken);
  }
  turn(record.measured.untilMs, false);
  return spans;
}

/** Whether the link is broken from this event on; null: it says nothing of that link. */
function effectOf(event: LinkEvent, from: NodeId, to: NodeId): boolean | null {
  switch (event.type) {
    case 'healed':
      return false;
    case 'isolated':
      return (event.node === from && event.direction !== 'in') ||
        (event.node === to && event.direction !== 'out')
        ? true
        : null;
    case 'partitioned': {
      const groupOf = (id: NodeId): number => event.groups.findIndex((group) => group.includes(id));
      return groupOf(from) !== groupOf(to);
    }
    case 'linkCut':
      return (event.from === from && event.to === to) ||
        (!event.oneWay && event.from === to && event.to === from)
        ? true
        : null;
    case 'linkSet':
      return event.from === from && event.to === to ? !isPerfect(event.policy) : null;
  }
}
