/** What must hold of one node after every step. Checked by tests and simulations; each finding is a sentence. */
import { isVotingMember } from './turn.js';
import { lastIndexOf } from './log.js';
import type { TimerName } from './inputs.js';
import { longestTimeout } from './options.js';
import type { RaftState } from './state.js';

/** The broken invariants of a node that has started; empty when all hold. */
export function brokenInvariants(state: RaftState): string[] {
  return [...brokenTimerInvariant(state), ...brokenRoleInvariants(state)];
}

/**
 * A follower that is a voter has exactly one of {election, preVote} armed; a candidate has vote; a leader has
 * heartbeat and, under its rule, quorumCheck; nobody else has any.
 */
function brokenTimerInvariant(state: RaftState): string[] {
  const armed = timerNames.filter((name) => state.timers[name].armed).join('+');
  return allowedTimers(state).includes(armed)
    ? []
    : [`timers: ${state.participating ? state.role : 'non-participant'} has [${armed}] armed`];
}

function allowedTimers(state: RaftState): string[] {
  if (!state.participating) return [''];
  switch (state.role) {
    case 'leader':
      return [state.options.rules.quorumCheck ? 'heartbeat+quorumCheck' : 'heartbeat'];
    case 'candidate':
      return ['vote'];
    case 'follower':
      return isVotingMember(state) ? ['election', 'preVote'] : [''];
  }
}

function brokenRoleInvariants(state: RaftState): string[] {
  const broken: string[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) broken.push(sentence);
  };
  expect(
    (state.role === 'leader') === (state.leadership !== null),
    'a leader, and nobody else, has a leadership',
  );
  expect(state.role !== 'leader' || state.leaderId === state.id, 'a leader follows itself');
  expect(state.role !== 'candidate' || state.leaderId === null, 'a candidate follows nobody');
  expect(state.role === 'follower' || state.votedFor === state.id, 'a candidate or leader voted for itself');
  expect(
    state.round === null || state.round.phase === 'preVote' || state.role === 'candidate',
    'a vote is a candidate’s',
  );
  expect(state.round?.phase !== 'preVote' || state.role === 'follower', 'a pre-vote is a follower’s');
  expect((state.round?.phase === 'preVote') === state.timers.preVote.armed, 'an open pre-vote has its timer');
  expect(state.commitIndex <= lastIndexOf(state.log), 'what is committed is in the log');
  expect(
    state.timeoutMs >= state.options.electionTimeoutMs && state.timeoutMs <= longestTimeout(state.options),
    'T is within its bounds',
  );
  expect(!state.hardStateDirty, 'no turn ends with an unwritten term or vote');
  expect(
    state.leaderId === null || state.termLeader === state.leaderId,
    'whoever is followed leads the current term',
  );
  return broken;
}

const timerNames: readonly TimerName[] = ['election', 'preVote', 'vote', 'heartbeat', 'quorumCheck'];
