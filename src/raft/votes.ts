/**
 * The voter's side of an election. Each answer starts as a refusal and earns its grant: guards in order, each with
 * the danger it avoids.
 */
import type { PreVoteRequest, RefusalReason, VoteRequest } from './messages.js';
import { isLeaderActive, leaseRemainingMs } from './lease.js';
import { configurationInForce, isOlder, lastPositionOf } from './log.js';
import { isVoter } from './configuration.js';
import { resume, sendHeartbeat } from './replicator.js';
import { adoptTerm, becomeFollower, closeRound, reportLoss } from './roles.js';
import type { RaftState } from './state.js';
import { armElectionTimer, observe, send, type Turn } from './turn.js';

/** Would I vote for you? Whatever the answer, a follower or candidate changes nothing: no term, vote, leader or timer. */
export function handlePreVoteRequest(turn: Turn, request: PreVoteRequest): void {
  const { state } = turn;
  const reason = refusePreVote(turn, request);
  answer(turn, request, reason);
  // It asks because it has not heard us.
  if (state.role === 'leader' && (reason === 'staleTerm' || reason === 'leaderActive'))
    reassure(turn, request);
}

function refusePreVote(turn: Turn, request: PreVoteRequest): RefusalReason | null {
  const { state, time } = turn;
  const { rules } = state.options;
  if (isUnknownCandidate(state, request)) return 'notInConfiguration';
  // The term it asks for is taken, or was.
  if (request.term <= state.currentTerm) return 'staleTerm';
  if (state.role === 'leader') {
    if (rules.lease && isLeaderActive(state, time)) return 'leaderActive';
    // The quorum check is due, its timer just has not fired yet.
    if (rules.quorumCheck && !isLeaderActive(state, time))
      becomeFollower(turn, 'quorumLost', 'electionTimer');
  }
  // I have promised my leader silence of at least T (§4.2.3).
  if (leaseRemainingMs(state, time) > 0) return 'leaseLive';
  // A leader must hold every committed entry (§5.4.1).
  if (isOlder(request.lastLog, lastPositionOf(state.log))) return 'staleLog';
  return null;
}

/** Vote for me in this term. A grant is durable before it is said. */
export function handleVoteRequest(turn: Turn, request: VoteRequest): void {
  const { state } = turn;
  const reason = refuseVote(turn, request);
  if (reason === null && state.votedFor === null) {
    // An open pre-vote would depose the very leader this vote may make.
    if (state.round !== null) reportLoss(turn, closeRound(turn), 'votedForAnother', null);
    state.votedFor = request.from;
    state.hardStateDirty = true;
    armElectionTimer(turn);
  }
  answer(turn, request, reason);
}

function refuseVote(turn: Turn, request: VoteRequest): RefusalReason | null {
  const { state, time } = turn;
  if (isUnknownCandidate(state, request)) return 'notInConfiguration';
  if (request.term < state.currentTerm) return 'staleTerm';
  // Under a leader the term is not even adopted: a disruptive node must not move it (§4.2.3).
  if (state.options.rules.lease && state.role === 'leader' && isLeaderActive(state, time))
    return 'leaderActive';
  if (leaseRemainingMs(state, time) > 0) return 'leaseLive';
  // Before looking at the log: what is judged below is judged in the candidate's term (pitfall 6).
  if (request.term > state.currentTerm) adoptTerm(turn, request.term, request.from);
  if (state.votedFor !== null && state.votedFor !== request.from) return 'votedForAnother';
  // A refused candidate must not quieten us: were the timer reset here, one node with an old log could keep the
  // whole group without a leader (pitfall 7).
  if (isOlder(request.lastLog, lastPositionOf(state.log))) return 'staleLog';
  return null;
}

/**
 * No voter in my configuration, and its log cannot contain a later configuration than mine. With a newer log it may
 * know that it was added (§4.1): refusing it then could leave four of five without a leader (pitfall 30).
 */
function isUnknownCandidate(state: RaftState, request: PreVoteRequest | VoteRequest): boolean {
  const { configuration, position } = configurationInForce(state.log);
  if (configuration.voters.length === 0 || isVoter(configuration, request.from)) return false;
  return !isOlder(position, request.lastLog);
}

function answer(turn: Turn, request: PreVoteRequest | VoteRequest, reason: RefusalReason | null): void {
  const { state, time } = turn;
  const phase = request.type === 'preVoteRequest' ? 'preVote' : 'vote';
  const leaseMs = reason === 'leaseLive' ? leaseRemainingMs(state, time) : null;
  send(turn, {
    type: request.type === 'preVoteRequest' ? 'preVoteReply' : 'voteReply',
    group: state.group,
    from: state.id,
    to: request.from,
    incarnation: state.incarnation,
    // One's own term, never the prospective one: refusals carry it to those who lag behind (pitfall 8).
    term: state.currentTerm,
    requestTerm: request.term,
    round: request.round,
    granted: reason === null,
    reason,
    leaseRemainingMs: leaseMs,
  });
  const seen = {
    phase,
    term: request.term,
    round: request.round,
    candidateId: request.from,
    silentMs: state.contact === null ? null : time.runningMs - state.contact.runningMs,
    sharedSilentMs: state.contact === null ? null : time.nowMs - state.contact.nowMs,
  } as const;
  if (reason === null) observe(turn, { type: 'voteGranted', ...seen });
  else observe(turn, { type: 'voteRefused', ...seen, reason, leaseRemainingMs: leaseMs });
}

/** Tells a node that campaigns against an active leader that it is there, and sends it what it lacks. */
function reassure(turn: Turn, request: PreVoteRequest): void {
  const peer = turn.state.leadership?.peers.find(({ id }) => id === request.from);
  if (peer === undefined) return;
  sendHeartbeat(turn, peer);
  resume(turn, peer);
}
