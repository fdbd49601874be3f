/** What a leader does with its time: heartbeats, answers, proposals, and asking itself whether it still leads. */
import { adaptTimeout, takeReport } from './adaptive-timeout.js';
import { asLogIndex } from './brands.js';
import { noteAnsweredGap, noteLateAnswer } from './gaps.js';
import type { Input } from './inputs.js';
import { isLeaderConfirmed, quorumCheckDueMs, quorumContactMs } from './lease.js';
import { appendToLog, lastIndexOf } from './log.js';
import type { AppendEntriesReply } from './messages.js';
import { advance, retreat, type Progress } from './progress.js';
import {
  advanceCommit,
  heartbeatIntervalMs,
  noteAnswered,
  peersOfBeat,
  replicate,
  resendIfLate,
  resume,
  sendHeartbeat,
} from './replicator.js';
import { adoptTerm, becomeFollower } from './roles.js';
import type { RaftState } from './state.js';
import { rankSuccessors } from './succession.js';
import { laterOf } from './time.js';
import { armTimerAt, persistLog, reply, type Turn } from './turn.js';

/** All peers at once: the ideal and the leases count on it. Then whatever was lost on the way. */
export function handleHeartbeatTimeout(turn: Turn): void {
  const { state, time } = turn;
  const beatMs = heartbeatIntervalMs(state);
  // Keeps its beat when it is late by less than one; further behind it starts a new one.
  const onBeatMs = state.timers.heartbeat.deadlineMs + beatMs;
  armTimerAt(turn, 'heartbeat', onBeatMs > time.nowMs ? onBeatMs : time.nowMs + beatMs, beatMs, 'now');
  rankSuccessors(state, time);
  adaptTimeout(turn);
  for (const peer of peersOfBeat(state)) {
    sendHeartbeat(turn, peer);
    resendIfLate(turn, peer);
  }
}

/** A leader that no quorum has answered within T steps down: without this, leases deadlock (pitfall 10). */
export function handleQuorumCheck(turn: Turn): void {
  const { state, time } = turn;
  const deadlineMs = quorumCheckDueMs(state, time);
  // Armed at this very sum, it must find it passed.
  if (time.runningMs >= deadlineMs) {
    becomeFollower(turn, 'quorumLost', 'electionTimer');
    return;
  }
  armTimerAt(turn, 'quorumCheck', deadlineMs, deadlineMs - time.runningMs, 'running');
}

export function handleAppendEntriesReply(turn: Turn, message: AppendEntriesReply): void {
  const { state, time } = turn;
  if (state.leadership === null) noteLateAnswer(state, message, time);
  if (message.term > state.currentTerm) {
    adoptTerm(turn, message.term, message.from);
    return;
  }
  const { leadership } = state;
  // A success of an earlier leadership says nothing about the log of this one (pitfall 23).
  if (leadership === null || message.requestTerm !== state.currentTerm) return;
  const peer = leadership.peers.find(({ id }) => id === message.from);
  const matched = message.prevLogIndex + message.entryCount;
  if (peer === undefined || message.sent.nowMs > time.nowMs || matched > lastIndexOf(state.log)) return;

  const sinceMs = quorumContactMs(state, time, 'runningMs');
  noteContact(state, peer, message);
  noteAnsweredGap(state, sinceMs, time);
  noteAnswered(turn, peer.id);
  takeReport(turn, peer, message);
  // A longer T is worth nothing before it is promised.
  if (adaptTimeout(turn)) for (const other of leadership.peers) sendHeartbeat(turn, other);
  if (message.entryCount === 0) {
    peer.heartbeatsAnswered += 1;
  } else if (message.success) {
    // One that moves nothing answers an earlier copy: were the next batch sent again for it, each copy would beget
    // another, for as long as there is something to send.
    if (matched <= peer.matchIndex) return;
    advance(peer, matched);
    advanceCommit(turn);
    resume(turn, peer);
  } else if (message.hint !== null && message.prevLogIndex === peer.nextIndex - 1) {
    // Any other mismatch is an answer to a batch that has been overtaken.
    retreat(peer, message.hint.index);
    resume(turn, peer);
  }
}

/** The newest of what the peer answered, and what it promised with that; an earlier answer, overtaken, says nothing new. */
function noteContact({ options }: RaftState, peer: Progress, { sent, report }: AppendEntriesReply): void {
  const { adaptiveTimeout, electionTimeoutMs } = options;
  if (peer.contact !== null && sent.nowMs < peer.contact.nowMs) return;
  peer.contact = peer.contact === null ? sent : laterOf(peer.contact, sent);
  peer.promisedMs =
    adaptiveTimeout === null || report === null
      ? electionTimeoutMs
      : Math.min(report.electionTimeoutMs, adaptiveTimeout.maxMs);
}

/** Appends, replicates at once, and answers when committed or when leadership is lost. */
export function handlePropose(turn: Turn, proposal: Extract<Input, { type: 'propose' }>): void {
  const { state, time } = turn;
  const { leadership } = state;
  if (leadership === null) {
    reply(turn, proposal.requestId, { type: 'notLeader', leaderId: state.leaderId });
    return;
  }
  if (!isLeaderConfirmed(state, time)) {
    reply(turn, proposal.requestId, { type: 'leaderUnconfirmed' });
    return;
  }
  const index = asLogIndex(lastIndexOf(state.log) + 1);
  const entry = {
    index,
    term: state.currentTerm,
    payload: { type: 'command', value: proposal.value },
  } as const;
  appendToLog(state.log, [entry]);
  leadership.pending.push({ index, requestId: proposal.requestId });
  // The followers may write while this node does; its own copy counts behind its own flush.
  for (const peer of leadership.peers) replicate(turn, peer);
  persistLog(turn, null, [entry]);
  leadership.durableIndex = index;
  advanceCommit(turn);
}
