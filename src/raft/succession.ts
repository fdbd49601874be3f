/**
 * Who takes over, in which order. A leader ranks the voters and tells each its rank in every AppendEntries; when it falls
 * silent they stand one after the other, a slot apart, and do not collide. Where randomised timeouts (§5.2) pay for few
 * split votes with a long wait, this pays with a slot for each successor that is dead itself.
 * A rank only delays a candidacy (pitfall 19): it is no vote and no veto, and a wrong one costs time, never safety.
 */
import type { NodeId } from './brands.js';
import { isVoter } from './configuration.js';
import { configurationInForce } from './log.js';
import type { Progress } from './progress.js';
import { drawBetween } from './random.js';
import type { RaftState } from './state.js';
import type { Time } from './time.js';
import { drawElectionTimeout } from './turn.js';

/**
 * Ranks the leader's peers anew: those that answered within T before the silent ones, then the longer log, then the
 * order of the configuration. Voters count up from 0, learners have no rank, and without the rule nobody has.
 * @param electors who answered a new leader's request for votes: nobody has answered the leader yet, and without them
 *   the one before, dead as it may be, could be first in line
 */
export function rankSuccessors(state: RaftState, time: Time, electors: readonly NodeId[] = []): void {
  const { configuration } = configurationInForce(state.log);
  if (state.leadership === null || !state.options.rules.rankedSuccessors) return;
  const ranked: Progress[] = [];
  for (const peer of state.leadership.peers) {
    if (!isVoter(configuration, peer.id)) continue;
    const next = ranked.findIndex((other) => goesBefore(state, time, electors, peer, other));
    if (next === -1) ranked.push(peer);
    else ranked.splice(next, 0, peer);
  }
  ranked.forEach((peer, rank) => (peer.successorRank = rank));
}

function goesBefore(
  state: RaftState,
  time: Time,
  electors: readonly NodeId[],
  a: Progress,
  b: Progress,
): boolean {
  const silent = isSilent(state, time, electors, a);
  return silent === isSilent(state, time, electors, b) ? a.matchIndex > b.matchIndex : !silent;
}

function isSilent(
  { timeoutMs }: RaftState,
  time: Time,
  electors: readonly NodeId[],
  { id, contact }: Progress,
): boolean {
  return contact === null ? !electors.includes(id) : time.nowMs - contact.nowMs >= timeoutMs;
}

/**
 * How long this leader may be silent, in ms: T, and the slots of those before. Who stands at T sharp would be refused by
 * the lease of whoever got the last heartbeat a moment later: hence {@link leewayShare}. Without a rank a fresh draw
 * from [T, T+R].
 */
export function detectionTimeout(state: RaftState): number {
  const { options, successorRank, timeoutMs } = state;
  return successorRank === null
    ? drawElectionTimeout(state)
    : timeoutMs + options.successorSlotMs * (successorRank + leewayShare);
}

/**
 * The first timeout of a brand-new node, which has promised nothing: by its place in the configuration, spread over R,
 * so that the first stands at once and is heard before the second does. Without the rule drawn from [0, R].
 */
export function firstTimeout({ id, log, options, random }: RaftState): number {
  const { electionJitterMs, rules } = options;
  if (!rules.rankedSuccessors) return drawBetween(random, 0, electionJitterMs);
  const { configuration } = configurationInForce(log);
  const voters = [...configuration.voters, ...(configuration.oldVoters ?? [])];
  return (electionJitterMs * voters.indexOf(id)) / voters.length;
}

/** How far into its slot a successor stands. */
export const leewayShare: number = 1 / 8;
