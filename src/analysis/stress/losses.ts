/** The leaders that were crashed on purpose, and who took over from them. Pure. */
import type { NodeId, Term } from '../../raft/brands.js';
import { eventsOf, isWithin, type StressRecord } from './record.js';
import { reignAt, reignsOf, type Reign } from './reigns.js';
import type { Failover } from './stress-result.js';

/** A leader that was lost on purpose. Moments on the shared clock. */
export interface Loss {
  readonly crashed: NodeId;
  readonly atMs: number;
  /** In which it led. */
  readonly term: Term;
  /** The first later leader to have committed an entry; null: there was none before the end. */
  readonly successor: (Reign & { readonly readyMs: number }) | null;
}

/**
 * A crash of whoever led last. One that came too late, because somebody else had been elected by then, took no leader
 * from anybody.
 */
export function lossesOf(record: StressRecord): Loss[] {
  const reigns = reignsOf(record);
  return eventsOf(record, 'crashed').flatMap(({ node, incarnation, atMs }) => {
    const reign = reignAt(reigns, atMs);
    if (!isWithin(atMs, record.measured) || node === null) return [];
    if (reign?.node !== node || reign.incarnation !== incarnation) return [];
    if (reign.endedMs !== null && reign.endedMs < atMs) return [];
    const successor = reigns.find(({ term, readyMs }) => term > reign.term && readyMs !== null);
    const readyMs = successor?.readyMs ?? null;
    return [
      {
        crashed: node,
        atMs,
        term: reign.term,
        successor: successor === undefined || readyMs === null ? null : { ...successor, readyMs },
      },
    ];
  });
}

/** Whether what happened then belongs to an election that a crash had made necessary. */
export function isInFailover(losses: readonly Loss[], atMs: number): boolean {
  return losses.some(
    (loss) => atMs >= loss.atMs && atMs <= (loss.successor?.readyMs ?? Number.POSITIVE_INFINITY),
  );
}

/** @param fromMs what their `atMs` counts from */
export function failoversOf(losses: readonly Loss[], fromMs: number): Failover[] {
  return losses.flatMap(({ crashed, atMs, term, successor }) =>
    successor === null
      ? []
      : [
          {
            atMs: atMs - fromMs,
            crashed,
            winner: successor.node,
            term: successor.term,
            electedMs: successor.electedMs - atMs,
            readyMs: successor.readyMs - atMs,
            termSteps: successor.term - term,
          },
        ],
  );
}
