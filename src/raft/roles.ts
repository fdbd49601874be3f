/** The only place where a role changes. */
import { adaptTimeout } from './adaptive-timeout.js';
import { asLogIndex, asTerm, type NodeId, type Term } from './brands.js';
import { createBallot, isWon, recordAnswer } from './ballot.js';
import { otherMembers, otherVoters } from './configuration.js';
import type { Phase, RoundLossReason, StepDownReason } from './events.js';
import { noteDeposed, noteUnanswered } from './gaps.js';
import { invariant } from './invariant.js';
import { leaseRemainingMs } from './lease.js';
import { appendToLog, configurationInForce, lastIndexOf, lastPositionOf } from './log.js';
import { createProgress } from './progress.js';
import { drawBetween } from './random.js';
import { advanceCommit, heartbeatIntervalMs, noteAnswered, replicate } from './replicator.js';
import type { OpenRound } from './state.js';
import { rankSuccessors } from './succession.js';
import {
  armElectionTimer,
  armTimer,
  clearTimer,
  drawElectionTimeout,
  isVotingMember,
  observe,
  persistHardState,
  persistLog,
  reply,
  send,
  type Turn,
} from './turn.js';

/** r·2^k is far beyond any T by then; without a bound 0·2^k would one day be no number. */
const maxDoublings = 40;

/** Opens a pre-vote: asks whether a candidacy would win. Nothing is incremented, nothing is written. */
export function openPreVote(turn: Turn, byExitNotice: boolean): void {
  const { state } = turn;
  clearTimer(turn, 'election');
  state.responsive = [];
  const round = openRound(turn, 'preVote', asTerm(state.currentTerm + 1), byExitNotice);
  recordAnswer(round.ballot, state.id, true);
  if (isWon(round.ballot)) {
    winPreVote(turn, round);
    return;
  }
  armTimer(turn, 'preVote', drawVoteTimeout(turn));
}

/** A quorum would vote for this node: it stands. */
export function winPreVote(turn: Turn, round: OpenRound): void {
  observe(turn, {
    type: 'roundWon',
    phase: 'preVote',
    term: round.term,
    round: round.round,
    grants: [...round.ballot.granted],
  });
  becomeCandidate(turn);
}

/** Term + 1, a vote for oneself, durable before anybody hears of it (`electSelf`, §5.2). */
export function becomeCandidate(turn: Turn): void {
  const { state } = turn;
  invariant(leaseRemainingMs(state, turn.time) === 0, 'a candidate broke its own lease');
  clearTimer(turn, 'election');
  clearTimer(turn, 'preVote');
  state.round = null;
  state.leaderId = null;
  // Not in the configuration: it may be asked to vote, but nobody would count its candidacy (pitfall 17).
  if (!isVotingMember(state)) return;

  state.role = 'candidate';
  state.currentTerm = asTerm(state.currentTerm + 1);
  state.votedFor = state.id;
  state.termLeader = null;
  state.noticedLeader = null;
  state.hardStateDirty = true;
  armTimer(turn, 'vote', drawVoteTimeout(turn));
  // Written, then sent: a crash in between must not allow two candidacies of one term (pitfall 5).
  const round = openRound(turn, 'vote', state.currentTerm, false);
  persistHardState(turn);
  recordAnswer(round.ballot, state.id, true);
  if (isWon(round.ballot)) becomeLeader(turn);
}

/** The candidate has a quorum: it announces itself at once, with the first entry of its term. */
export function becomeLeader(turn: Turn): void {
  const { state, time } = turn;
  invariant(state.role === 'candidate', 'only a candidate becomes leader');
  clearTimer(turn, 'vote');
  const { granted, refused } = state.round?.ballot ?? { granted: [], refused: [] };
  observe(turn, {
    type: 'elected',
    term: state.currentTerm,
    round: state.round?.round ?? null,
    votes: [...granted],
  });

  const { configuration } = configurationInForce(state.log);
  const lastIndex = lastIndexOf(state.log);
  const firstIndex = asLogIndex(lastIndex + 1);
  state.round = null;
  state.role = 'leader';
  state.leaderId = state.id;
  state.leaderIncarnation = state.incarnation;
  state.termLeader = state.id;
  state.failedRounds = 0;
  if (state.gaps !== null) state.gaps.unanswered = null;
  state.leadership = {
    since: time,
    graceMs: state.timeoutMs,
    peers: otherMembers(configuration, state.id).map((id) => createProgress(id, lastIndex)),
    durableIndex: lastIndex,
    firstIndex,
    answered: [state.id],
    ready: false,
    pending: [],
  };

  // Repeats the configuration in force, a joint one stays joint; it is also the entry whose commit makes every
  // earlier one committed (§5.4.2, §6.4 of the dissertation).
  const entry = {
    index: firstIndex,
    term: state.currentTerm,
    payload: { type: 'configuration', configuration },
  } as const;
  appendToLog(state.log, [entry]);
  rankSuccessors(state, time, [...granted, ...refused]);
  adaptTimeout(turn);
  // To all at once and not after h (pitfall 14): the term is durable already, the entry counts here only when it is.
  for (const peer of state.leadership.peers) replicate(turn, peer);
  armTimer(turn, 'heartbeat', heartbeatIntervalMs(state));
  if (state.options.rules.quorumCheck) armTimer(turn, 'quorumCheck', state.leadership.graceMs);
  persistLog(turn, null, [entry]);
  state.leadership.durableIndex = firstIndex;
  noteAnswered(turn, state.id);
  advanceCommit(turn);
}

/**
 * Follower of the same term; the vote stays. From candidate or leader the election timer starts afresh,
 * unless the caller arms a retry wait instead.
 */
export function becomeFollower(
  turn: Turn,
  reason: StepDownReason,
  next: 'electionTimer' | 'callerArms',
): void {
  const { state } = turn;
  const from = state.role;
  if (from === 'follower') return;
  clearTimer(turn, 'vote');
  clearTimer(turn, 'heartbeat');
  clearTimer(turn, 'quorumCheck');
  if (reason === 'quorumLost') noteUnanswered(state, turn.time);
  const pending = state.leadership?.pending ?? [];
  state.round = null;
  state.role = 'follower';
  state.leadership = null;
  state.leaderId = null;
  observe(turn, { type: 'steppedDown', term: state.currentTerm, from, reason });
  for (const { requestId } of pending) reply(turn, requestId, { type: 'outcomeUnknown' });
  if (next === 'electionTimer') armElectionTimer(turn);
}

/** Somebody showed a higher term: adopt it, and with it a vote not yet given (§5.1). */
export function adoptTerm(turn: Turn, term: Term, from: NodeId, reason: StepDownReason = 'higherTerm'): void {
  const { state } = turn;
  invariant(term > state.currentTerm, 'only a higher term is adopted');
  if (state.role === 'follower') {
    // A follower keeps its deadline: were it re-armed here, a candidate that nobody elects would keep the whole
    // group quiet (pitfall 7). An open pre-vote asked for a term that is now taken: it is over.
    if (state.round !== null) {
      const lost = closeRound(turn);
      reportLoss(turn, lost, 'higherTerm', armRetryWait(turn, true));
    }
  } else {
    if (state.role === 'candidate' && state.round !== null) reportLoss(turn, state.round, 'higherTerm', null);
    if (state.role === 'leader') noteDeposed(state, turn.time);
    becomeFollower(turn, reason, 'electionTimer');
  }
  state.currentTerm = term;
  state.votedFor = null;
  state.leaderId = null;
  state.termLeader = null;
  state.noticedLeader = null;
  state.hardStateDirty = true;
  observe(turn, { type: 'termAdopted', term, from });
}

/** A write failed: what this node has promised is no longer certain, so it promises nothing more and takes no part. */
export function leaveGroup(turn: Turn, error: string): void {
  const { state } = turn;
  observe(turn, { type: 'storeFailed', error });
  if (state.round !== null) reportLoss(turn, closeRound(turn), 'storeFailed', null);
  becomeFollower(turn, 'storeFailed', 'callerArms');
  clearTimer(turn, 'election');
  state.leaderId = null;
  state.participating = false;
  // The write that failed may have carried it; nothing is written any more.
  state.hardStateDirty = false;
}

/** Forgets the open round and clears its pre-vote timer. The caller arms what comes next. */
export function closeRound(turn: Turn): OpenRound {
  const { round } = turn.state;
  invariant(round !== null, 'a round is open');
  clearTimer(turn, 'preVote');
  turn.state.round = null;
  return round;
}

export function reportLoss(
  turn: Turn,
  lost: OpenRound,
  reason: RoundLossReason,
  retryInMs: number | null,
): void {
  observe(turn, {
    type: 'roundLost',
    phase: lost.phase,
    term: lost.term,
    round: lost.round,
    reason,
    retryInMs,
  });
}

/**
 * Arms the election timer as retry wait: U(0, min(T, r·2^k)), so that two that collided part, and after further
 * collisions part further (pitfall 27). Returns the wait.
 * @param raise whether this failure counts: one that only leases refused does not.
 */
export function armRetryWait(turn: Turn, raise: boolean): number {
  const waitMs = drawRetryWait(turn, raise);
  if (isVotingMember(turn.state)) armTimer(turn, 'election', waitMs);
  return waitMs;
}

/** Draws a retry wait; without the rule, a fresh detection timeout. */
export function drawRetryWait(turn: Turn, raise: boolean): number {
  const { state } = turn;
  const { retryJitterMs, rules } = state.options;
  if (!rules.retryWait) return drawElectionTimeout(state);
  const widthMs = Math.min(state.timeoutMs, retryJitterMs * 2 ** Math.min(state.failedRounds, maxDoublings));
  if (raise) state.failedRounds += 1;
  return drawBetween(state.random, 0, widthMs);
}

/** A new round, asked of every other voter at once: no one peer is waited for, ever (pitfall 21). */
function openRound(turn: Turn, phase: Phase, term: Term, byExitNotice: boolean): OpenRound {
  const { state } = turn;
  const { configuration } = configurationInForce(state.log);
  state.roundCounter += 1;
  const round: OpenRound = {
    phase,
    round: { incarnation: state.incarnation, counter: state.roundCounter },
    term,
    ballot: createBallot(configuration),
    byExitNotice,
    leaseRefusals: [],
    askAgainJitterMs: null,
    endsWithLeases: false,
  };
  state.round = round;
  observe(turn, { type: 'roundOpened', phase, term, round: round.round });
  const lastLog = lastPositionOf(state.log);
  for (const to of otherVoters(configuration, state.id)) {
    send(turn, {
      type: phase === 'preVote' ? 'preVoteRequest' : 'voteRequest',
      group: state.group,
      from: state.id,
      to,
      incarnation: state.incarnation,
      term,
      round: round.round,
      lastLog,
    });
  }
  return round;
}

function drawVoteTimeout(turn: Turn): number {
  return turn.state.options.voteTimeoutMs ?? drawElectionTimeout(turn.state);
}
