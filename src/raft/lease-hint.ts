/** When a pre-vote that leases refused may be asked again. Pure arithmetic over one round. */
import { createBallot, isLost, quorumValue } from './ballot.js';
import type { NodeId } from './brands.js';
import type { OpenRound } from './state.js';

/**
 * The moment (`now` clock) from which those that granted, joined by those whose lease has run out by then, are a
 * quorum; null when they never are.
 * @param presumeOthersGrant where the answers alone do not reach a quorum, count the silent ones as well, from the
 * end of the last lease on
 */
export function askAgainAtMs(round: OpenRound, presumeOthersGrant: boolean): number | null {
  const answeredMs = quorumReadyMs(round, Number.POSITIVE_INFINITY);
  if (Number.isFinite(answeredMs)) return answeredMs;
  if (!presumeOthersGrant) return null;
  const lastEndMs = Math.max(...round.leaseRefusals.map((refusal) => refusal.endsMs));
  const presumedMs = quorumReadyMs(round, lastEndMs);
  return Number.isFinite(presumedMs) ? presumedMs : null;
}

/** True when leases alone made a quorum impossible: such a failure raises no retry wait. */
export function wasRefusedByLeasesOnly(round: OpenRound): boolean {
  if (!isLost(round.ballot)) return false;
  const ballot = createBallot(round.ballot.configuration);
  ballot.refused.push(...round.ballot.refused.filter((id) => !isLeaseRefuser(round, id)));
  return !isLost(ballot);
}

/** By when a quorum would grant: a grant counts from the start, a lease from its end, a silent peer from `silentMs`. */
function quorumReadyMs(round: OpenRound, silentMs: number): number {
  const readyMs = (id: NodeId): number => {
    if (round.ballot.granted.includes(id)) return Number.NEGATIVE_INFINITY;
    const refusal = round.leaseRefusals.find((candidate) => candidate.from === id);
    if (refusal !== undefined) return refusal.endsMs;
    return round.ballot.refused.includes(id) ? Number.POSITIVE_INFINITY : silentMs;
  };
  // The quorum-th largest of the negatives is minus the quorum-th smallest.
  return -quorumValue(round.ballot.configuration, (id) => -readyMs(id));
}

function isLeaseRefuser(round: OpenRound, id: NodeId): boolean {
  return round.leaseRefusals.some((refusal) => refusal.from === id);
}
