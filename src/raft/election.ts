/** The candidate's side of an election: giving a leader up, opening rounds, counting answers, losing and trying again. */
import { isLost, isWon, recordAnswer } from './ballot.js';
import { isSoleVoter } from './configuration.js';
import type { RoundLossReason } from './events.js';
import { noteSilence } from './follower.js';
import type { Input } from './inputs.js';
import { askAgainAtMs, wasRefusedByLeasesOnly } from './lease-hint.js';
import { dropLease, extendLease, leaseRemainingMs } from './lease.js';
import { configurationInForce, lastPositionOf } from './log.js';
import type { PreVoteReply, VoteReply } from './messages.js';
import { drawBetween } from './random.js';
import {
  adoptTerm,
  armRetryWait,
  becomeCandidate,
  becomeFollower,
  becomeLeader,
  closeRound,
  drawRetryWait,
  openPreVote,
  reportLoss,
  winPreVote,
} from './roles.js';
import { awaitLeader, awaitOwnGrace } from './silence.js';
import type { OpenRound, RaftState } from './state.js';
import { firstTimeout } from './succession.js';
import { laterOf, type Time } from './time.js';
import { armElectionTimer, armTimer, isVotingMember, observe, type Turn } from './turn.js';

/** A life begins: as a follower, with whatever it promised before. */
export function handleStart(turn: Turn): void {
  const { state, time } = turn;
  const { rules, electionTimeoutMs } = state.options;
  const { configuration } = configurationInForce(state.log);
  const soleVoter = isSoleVoter(configuration, state.id);
  // An earlier life may have promised its leader T of loyalty just before it ended (pitfall 4). Where T adapts, the
  // least one: which it was by then is on no disk, and to wait for the highest would be worse than what it prevents.
  if (rules.lease && rules.restartWait && state.currentTerm > 0 && !soleVoter) {
    state.leaseUntilMs = time.nowMs + electionTimeoutMs;
  }
  const lastLog = lastPositionOf(state.log);
  observe(turn, {
    type: 'started',
    term: state.currentTerm,
    lastLog,
    restartWaitMs: leaseRemainingMs(state, time),
  });
  if (soleVoter) {
    becomeCandidate(turn);
    return;
  }
  const isBrandNew = state.currentTerm === 0 && lastLog.index === 0;
  if (rules.promptStart && isBrandNew) {
    if (isVotingMember(state)) armTimer(turn, 'election', firstTimeout(state));
    return;
  }
  armElectionTimer(turn);
}

/**
 * The silence has lasted long enough, or a retry wait is over.
 * @param waitingContact newest arrival of the current leader's AppendEntries still in the mailbox
 */
export function handleElectionTimeout(turn: Turn, waitingContact: Time | null): void {
  const { state, time } = turn;
  // Timers fire before queued messages after a stall: a heartbeat already in the mailbox wins (pitfall 1).
  if (waitingContact !== null && state.leaderId !== null && isNewer(waitingContact, state.contact)) {
    noteSilence(turn, state.leaderId, waitingContact);
    state.contact = state.contact === null ? waitingContact : laterOf(state.contact, waitingContact);
    extendLease(state, state.contact);
    awaitLeader(turn, state.contact);
    return;
  }
  if (awaitOwnGrace(turn)) return;
  // The promise is on the other clock: rounding alone could let the timer win by a hair.
  const leaseMs = leaseRemainingMs(state, time);
  if (leaseMs > 0) {
    armTimer(turn, 'election', leaseMs);
    return;
  }
  const byExitNotice = state.electionByExitNotice;
  const { delayMs } = state.timers.election;
  if (state.leaderId !== null) {
    observe(turn, {
      type: 'suspected',
      term: state.currentTerm,
      leaderId: state.leaderId,
      silentMs: time.runningMs - (state.contact?.runningMs ?? time.runningMs),
      sharedSilentMs: time.nowMs - (state.contact?.nowMs ?? time.nowMs),
      timeoutMs: delayMs,
    });
    state.leaderId = null;
  }
  campaign(turn, byExitNotice);
}

/** The pre-vote timer: the round has been open long enough, or the leases that refused it have run out. */
export function handlePreVoteTimeout(turn: Turn): void {
  const lost = closeRound(turn);
  if (lost.endsWithLeases) {
    reportLoss(turn, lost, 'leasesExpired', 0);
    openPreVote(turn, false);
    return;
  }
  reportLoss(turn, lost, 'timedOut', armRetryWait(turn, !wasRefusedByLeasesOnly(lost)));
}

/** The vote timer: of an open round, or of the wait after one where the candidate stays candidate. */
export function handleVoteTimeout(turn: Turn): void {
  const { round, options } = turn.state;
  if (round === null) {
    becomeCandidate(turn);
  } else if (round.askAgainJitterMs === null) {
    loseVote(turn, round, 'timedOut');
  } else if (options.rules.stepDownOnVoteTimeout) {
    becomeFollower(turn, 'roundLost', 'callerArms');
    reportLoss(turn, round, 'onlySilentLeft', 0);
    openPreVote(turn, false);
  } else {
    reportLoss(turn, round, 'onlySilentLeft', 0);
    becomeCandidate(turn);
  }
}

export function handlePreVoteReply(turn: Turn, message: PreVoteReply): void {
  const round = countAnswer(turn, 'preVote', message);
  if (round === null) return;
  if (isWon(round.ballot)) {
    winPreVote(turn, round);
    return;
  }
  if (turn.state.options.rules.earlyLoss && isLost(round.ballot)) {
    closeRound(turn);
    const retryInMs = askAgainDelayMs(turn, round, 'presumeOthersGrant');
    if (retryInMs === null) {
      reportLoss(turn, round, 'quorumImpossible', armRetryWait(turn, !wasRefusedByLeasesOnly(round)));
    } else {
      armTimer(turn, 'election', retryInMs);
      reportLoss(turn, round, 'quorumImpossible', retryInMs);
    }
    return;
  }
  // Still open, and perhaps only for peers that will never answer (pitfall 21). Once those that did answer are a
  // quorum as soon as their leases have run out, the round need not outlast them.
  const askAgainMs = askAgainDelayMs(turn, round, 'presumeNothing');
  const { state, time } = turn;
  if (askAgainMs === null || time.runningMs + askAgainMs >= state.timers.preVote.deadlineMs) return;
  armTimer(turn, 'preVote', askAgainMs);
  round.endsWithLeases = true;
}

export function handleVoteReply(turn: Turn, message: VoteReply): void {
  const round = countAnswer(turn, 'vote', message);
  if (round === null) return;
  if (isWon(round.ballot)) {
    observe(turn, {
      type: 'roundWon',
      phase: 'vote',
      term: round.term,
      round: round.round,
      grants: [...round.ballot.granted],
    });
    becomeLeader(turn);
  } else if (turn.state.options.rules.earlyLoss && isLost(round.ballot)) {
    loseVote(turn, round, 'quorumImpossible');
  } else if (round.askAgainJitterMs === null && dependsOnSilentPeers(turn.state, round)) {
    // After a split vote with dead peers a quorum stays possible for ever, and no one peer is waited for (pitfall
    // 21): the retry wait begins, and the round stays open meanwhile, should one of them speak up.
    const { state, time } = turn;
    const waitMs = drawRetryWait(turn, false);
    if (time.runningMs + waitMs >= state.timers.vote.deadlineMs) return;
    state.failedRounds += 1;
    round.askAgainJitterMs = waitMs;
    armTimer(turn, 'vote', waitMs);
  }
}

/** Everybody who answered the pre-vote has answered the vote, and it takes others to win. */
function dependsOnSilentPeers(state: RaftState, round: OpenRound): boolean {
  const { preVote, earlyLoss, retryWait } = state.options.rules;
  if (!preVote || !earlyLoss || !retryWait) return false;
  const { granted, refused } = round.ballot;
  return state.responsive.every((id) => granted.includes(id) || refused.includes(id));
}

/**
 * The supervisor is certain that a thread is gone. Taken only of the leader followed now, in the same life and term;
 * it ends the promise and starts an election, and nothing else.
 */
export function handlePeerExited(turn: Turn, notice: Extract<Input, { type: 'peerExited' }>): void {
  const { state } = turn;
  if (!state.options.rules.exitNotice || state.role !== 'follower') return;
  if (state.leaderId !== notice.node) return;
  if (state.leaderIncarnation !== notice.incarnation || state.currentTerm !== notice.term) return;
  dropLease(state);
  state.noticedLeader = notice.node;
  state.leaderId = null;
  observe(turn, { type: 'exitNoticed', term: state.currentTerm, leaderId: notice.node });
  if (!isVotingMember(state)) return;
  if (state.successorRank === 0) {
    campaign(turn, true);
    return;
  }
  armTimer(turn, 'election', noticedWaitMs(state));
  state.electionByExitNotice = true;
}

/** How long to wait for those before: nobody has heard anything since, so that all would stand at once. */
function noticedWaitMs({ options, random, successorRank }: RaftState): number {
  return successorRank === null
    ? drawBetween(random, 0, options.retryJitterMs)
    : options.successorSlotMs * successorRank;
}

function campaign(turn: Turn, byExitNotice: boolean): void {
  if (turn.state.options.rules.preVote) openPreVote(turn, byExitNotice);
  else becomeCandidate(turn);
}

/** What a pre-vote and a vote answer have in common. Returns the round it was counted in, or null. */
function countAnswer(
  turn: Turn,
  phase: OpenRound['phase'],
  message: PreVoteReply | VoteReply,
): OpenRound | null {
  const { state, time } = turn;
  // Even from a stale round: pre-vote spreads terms through its answers (pitfalls 8 and 9).
  if (message.term > state.currentTerm) {
    adoptTerm(turn, message.term, message.from);
    return null;
  }
  if (!state.responsive.includes(message.from)) state.responsive.push(message.from);
  // A late answer of an earlier round must not count in this one (pitfall 2).
  const { round } = state;
  if (round === null || round.phase !== phase || message.requestTerm !== round.term) return null;
  if (message.round.counter !== round.round.counter || message.round.incarnation !== round.round.incarnation)
    return null;
  if (!recordAnswer(round.ballot, message.from, message.granted)) return null;
  if (message.leaseRemainingMs !== null) {
    round.leaseRefusals.push({ from: message.from, endsMs: time.nowMs + message.leaseRemainingMs });
  }
  observe(turn, {
    type: 'answered',
    phase,
    term: round.term,
    round: round.round,
    from: message.from,
    granted: message.granted,
    reason: message.reason,
    leaseRemainingMs: message.leaseRemainingMs,
  });
  return round;
}

/** A candidacy failed. As a follower it asks in a pre-vote next, so that one that is cut off inflates no terms. */
function loseVote(
  turn: Turn,
  round: OpenRound,
  reason: Extract<RoundLossReason, 'quorumImpossible' | 'timedOut'>,
): void {
  const { state } = turn;
  const { rules } = state.options;
  // Where the wait has begun already, it goes on.
  const begunMs = round.askAgainJitterMs === null ? null : state.timers.vote.deadlineMs - turn.time.runningMs;
  if (rules.stepDownOnVoteTimeout) {
    becomeFollower(turn, reason === 'timedOut' ? 'voteTimedOut' : 'roundLost', 'callerArms');
    if (begunMs !== null) armTimer(turn, 'election', begunMs);
    const retryInMs = begunMs ?? armRetryWait(turn, !wasRefusedByLeasesOnly(round));
    reportLoss(turn, round, reason, retryInMs);
    return;
  }
  state.round = null;
  if (rules.retryWait) {
    const retryInMs = begunMs ?? drawRetryWait(turn, !wasRefusedByLeasesOnly(round));
    armTimer(turn, 'vote', retryInMs);
    reportLoss(turn, round, reason, retryInMs);
    return;
  }
  // The paper's candidate has one timer for both: it waits for that, then stands again with the next term.
  reportLoss(turn, round, reason, null);
  if (reason === 'timedOut') becomeCandidate(turn);
}

/**
 * How long until asking again can succeed; null when the leases say nothing about that. Their end + U(0, r), or for
 * a round that an exit notice opened the retry wait: the notice that ends those leases is on its way.
 */
function askAgainDelayMs(
  turn: Turn,
  round: OpenRound,
  others: 'presumeOthersGrant' | 'presumeNothing',
): number | null {
  const { state, time } = turn;
  if (!state.options.rules.leaseHint || round.leaseRefusals.length === 0) return null;
  const atMs = askAgainAtMs(round, others === 'presumeOthersGrant');
  if (atMs === null) return null;
  if (round.byExitNotice) {
    round.askAgainJitterMs ??= drawRetryWait(turn, false);
    return round.askAgainJitterMs;
  }
  round.askAgainJitterMs ??= drawBetween(state.random, 0, state.options.retryJitterMs);
  return Math.max(0, atMs - time.nowMs) + round.askAgainJitterMs;
}

function isNewer(contact: Time, than: Time | null): boolean {
  return than === null || contact.runningMs > than.runningMs;
}
