/** Vote arithmetic over a configuration and, when joint, over the old one as well. No Raft story in here. */
import type { NodeId } from './brands.js';
import type { Configuration } from './configuration.js';

/** The least number that is more than half. */
export function quorumSize(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** Answers of one round. Plain data: the first answer of a peer counts, later ones do not. */
export interface Ballot {
  readonly configuration: Configuration;
  readonly granted: NodeId[];
  readonly refused: NodeId[];
}

export function createBallot(configuration: Configuration): Ballot {
  return { configuration, granted: [], refused: [] };
}

/** Returns false, and counts nothing, when this peer has answered before. */
export function recordAnswer(ballot: Ballot, from: NodeId, granted: boolean): boolean {
  if (ballot.granted.includes(from) || ballot.refused.includes(from)) return false;
  (granted ? ballot.granted : ballot.refused).push(from);
  return true;
}

/** A quorum has granted, in both configurations when joint. */
export function isWon(ballot: Ballot): boolean {
  return everySet(
    ballot.configuration,
    (voters) => countOf(voters, ballot.granted) >= quorumSize(voters.length),
  );
}

/** Even if everybody who has not answered granted, some quorum would be missed. */
export function isLost(ballot: Ballot): boolean {
  return !everySet(
    ballot.configuration,
    (voters) => voters.length - countOf(voters, ballot.refused) >= quorumSize(voters.length),
  );
}

/** `members` include a quorum, of both configurations when joint. */
export function isQuorum(configuration: Configuration, members: readonly NodeId[]): boolean {
  return everySet(configuration, (voters) => countOf(voters, members) >= quorumSize(voters.length));
}

/**
 * The largest value that a quorum of voters has reached; when joint, the smaller of the two.
 * With match indexes it is what may be committed, with times it is the quorum contact.
 */
export function quorumValue(configuration: Configuration, valueOf: (id: NodeId) => number): number {
  const reached = quorumValueOf(configuration.voters, valueOf);
  return configuration.oldVoters === null
    ? reached
    : Math.min(reached, quorumValueOf(configuration.oldVoters, valueOf));
}

function quorumValueOf(voters: readonly NodeId[], valueOf: (id: NodeId) => number): number {
  // Sorted while inserting: a handful of numbers, on every answer a leader gets.
  const descending: number[] = [];
  for (const id of voters) {
    const value = valueOf(id);
    let at = descending.length;
    descending.push(value);
    for (; at > 0 && (descending[at - 1] ?? 0) < value; at -= 1) descending[at] = descending[at - 1] ?? 0;
    descending[at] = value;
  }
  return descending[quorumSize(voters.length) - 1] ?? Number.NEGATIVE_INFINITY;
}

/** No voters at all are no quorum: a node without a configuration decides nothing. */
function everySet(configuration: Configuration, holds: (voters: readonly NodeId[]) => boolean): boolean {
  return holds(configuration.voters) && (configuration.oldVoters === null || holds(configuration.oldVoters));
}

function countOf(voters: readonly NodeId[], members: readonly NodeId[]): number {
  let count = 0;
  for (const id of voters) if (members.includes(id)) count += 1;
  return count;
}
