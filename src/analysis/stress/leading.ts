/** For how long nobody led with a quorum behind it. Pure. */
import type { NodeId, Term } from '../../raft/brands.js';
import type { KeptEvent, StressRecord } from './record.js';

/** Whom a node follows; a leader follows itself. */
interface Following {
  readonly leader: NodeId;
  readonly term: Term;
}

/**
 * A leader has a quorum behind it while so many voters, itself among them, follow it in its term: from when they heard it
 * first until they gave it up, adopted another term or ended.
 */
export function withoutLeaderMs({ cluster, events, measured }: StressRecord): number {
  const following = new Map<NodeId, Following>();
  let leaderless = 0;
  let sinceMs = measured.fromMs;
  const pass = (untilMs: number): void => {
    const toMs = Math.min(Math.max(untilMs, sinceMs), measured.untilMs);
    if (!isLed(following, cluster.voters)) leaderless += toMs - sinceMs;
    sinceMs = toMs;
  };
  for (const event of events) {
    pass(event.atMs);
    follow(following, event);
  }
  pass(measured.untilMs);
  return leaderless;
}

function isLed(following: ReadonlyMap<NodeId, Following>, voters: readonly NodeId[]): boolean {
  return voters.some((candidate) => {
    const own = following.get(candidate);
    if (own?.leader !== candidate) return false;
    const behind = voters.filter((id) => {
      const theirs = following.get(id);
      return theirs?.leader === candidate && theirs.term === own.term;
    });
    return behind.length > voters.length / 2;
  });
}

function follow(following: Map<NodeId, Following>, event: KeptEvent): void {
  const { node } = event;
  if (node === null) return;
  switch (event.type) {
    case 'elected':
      following.set(node, { leader: event.node, term: event.term });
      return;
    case 'leaderKnown':
      following.set(node, { leader: event.leaderId, term: event.term });
      return;
    case 'started':
    case 'suspected':
    case 'exitNoticed':
    case 'steppedDown':
    case 'termAdopted':
    case 'crashed':
    case 'exited':
      following.delete(node);
      return;
    default:
  }
}
