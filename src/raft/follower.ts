/** The receiving half of replication: accepting a leader, checking the log, appending, learning what is committed. */
import { adoptTimeout } from './adaptive-timeout.js';
import { asLogIndex, asTerm, type NodeId } from './brands.js';
import { isSameConfiguration, type Configuration } from './configuration.js';
import { noteHeardGap, reportGaps } from './gaps.js';
import { invariant } from './invariant.js';
import { extendLease } from './lease.js';
import {
  appendToLog,
  configurationInForce,
  firstIndexOfTermAt,
  lastIndexOf,
  termAt,
  truncateLog,
  type Entry,
} from './log.js';
import type { AppendEntries, ConflictHint } from './messages.js';
import { adoptTerm, becomeFollower, closeRound, reportLoss } from './roles.js';
import { awaitLeader } from './silence.js';
import { laterOf, type Time } from './time.js';
import {
  armElectionTimer,
  clearTimer,
  isVotingMember,
  observe,
  persistLog,
  send,
  type Turn,
} from './turn.js';

/** A heartbeat is one without entries. Its *term* decides whether it is contact; the log check does not. */
export function handleAppendEntries(turn: Turn, message: AppendEntries, arrived: Time): void {
  const { state } = turn;
  if (message.term < state.currentTerm) {
    answer(turn, message, false, null);
    return;
  }
  if (message.term > state.currentTerm) adoptTerm(turn, message.term, message.from);
  if (state.role === 'leader' || (state.termLeader !== null && state.termLeader !== message.from)) {
    reportTwoLeaders(turn, message);
    return;
  }
  if (state.role === 'candidate') {
    if (state.round !== null) reportLoss(turn, state.round, 'leaderHeard', null);
    becomeFollower(turn, 'leaderHeard', 'callerArms');
  }
  acceptLeader(turn, message, arrived);

  const hint = checkLog(turn, message);
  if (hint !== null) {
    answer(turn, message, false, hint);
    return;
  }
  const before = configurationInForce(state.log);
  appendEntries(turn, message.entries);
  if (configurationInForce(state.log) !== before) noteConfiguration(turn, before.configuration);
  learnCommit(turn, message);
  answer(turn, message, true, null);
}

/** Election safety is broken: never seen in a correct group. Both sides move to the next term, and it is reported. */
function reportTwoLeaders(turn: Turn, message: AppendEntries): void {
  const { state } = turn;
  observe(turn, {
    type: 'invariantViolated',
    rule: 'election safety: at most one leader per term (§5.2)',
    detail: `${message.from} and ${state.termLeader ?? state.id} both lead term ${message.term}`,
  });
  adoptTerm(turn, asTerm(message.term + 1), message.from, 'electionSafetyBroken');
  answer(turn, message, false, null);
}

function acceptLeader(turn: Turn, message: AppendEntries, arrived: Time): void {
  const { state } = turn;
  const isNewLeader = state.termLeader !== message.from;
  state.termLeader = message.from;
  // Announced dead: what it still sends may be applied, but it keeps nobody waiting.
  if (state.noticedLeader === message.from) return;

  const { contact } = state;
  // Given up and heard again, in the same term: it was there all the time.
  if (!isNewLeader) noteSilence(turn, message.from, arrived);
  if (state.leaderId !== message.from) {
    observe(turn, { type: 'leaderKnown', term: state.currentTerm, leaderId: message.from });
    state.leaderId = message.from;
  }
  state.leaderIncarnation = message.incarnation;
  state.contact = contact === null ? arrived : laterOf(contact, arrived);
  // Before anything is promised: the answer will say that this T was.
  adoptTimeout(state, message, isNewLeader);
  extendLease(state, state.contact);
  state.failedRounds = 0;
  // Left open, the round could depose this leader inside our own promise (pitfall 25); closed, the election timer
  // must take over (pitfall 26).
  if (state.round !== null) reportLoss(turn, closeRound(turn), 'leaderHeard', null);
  if (!isVotingMember(state)) return;
  state.successorRank = message.successorRank;
  awaitLeader(turn, state.contact);
}

/**
 * The term's leader was heard: keeps how long it was not, and reports a silence that was nearly its last. Call it
 * before the contact moves, and not with its first word of the term.
 */
export function noteSilence(turn: Turn, leaderId: NodeId, arrived: Time): void {
  const { contact, currentTerm, timeoutMs } = turn.state;
  const gapMs = contact === null ? 0 : arrived.runningMs - contact.runningMs;
  noteHeardGap(turn.state, gapMs, turn.time);
  const share = gapMs / timeoutMs;
  if (share < nearMissShare || turn.state.leaderId !== leaderId) return;
  observe(turn, { type: 'heartbeatNearMiss', term: currentTerm, leaderId, gapMs, share });
}

/** A silence of this share of T is worth a warning. */
const nearMissShare = 0.8;

/** Null when the log holds the entry that `message` builds on (§5.3). */
function checkLog(turn: Turn, message: AppendEntries): ConflictHint | null {
  const { log } = turn.state;
  const { index, term } = message.prevLog;
  const ownTerm = termAt(log, index);
  if (ownTerm === term) return null;
  if (ownTerm === undefined) return { term: null, index: asLogIndex(lastIndexOf(log) + 1) };
  return { term: ownTerm, index: firstIndexOfTermAt(log, index) };
}

/** Appends what is missing. Truncates on a real conflict only: an overtaken message must not remove later entries. */
function appendEntries(turn: Turn, entries: readonly Entry[]): void {
  const { log, commitIndex } = turn.state;
  let known = 0;
  while (
    known < entries.length &&
    termAt(log, entries[known]?.index ?? asLogIndex(0)) === entries[known]?.term
  )
    known += 1;
  const missing = entries.slice(known);
  const first = missing[0];
  if (first === undefined) return;
  const conflict = first.index <= lastIndexOf(log);
  if (conflict) {
    invariant(
      first.index > commitIndex,
      () => `leader ${turn.state.termLeader} truncates at ${first.index}, committed is ${commitIndex}`,
    );
    truncateLog(log, first.index);
  }
  appendToLog(log, missing);
  persistLog(turn, conflict ? first.index : null, missing);
}

/** Never backwards (pitfall 24), and never past what this very message has shown to agree. */
function learnCommit(turn: Turn, message: AppendEntries): void {
  const { state } = turn;
  const agreed = message.prevLog.index + message.entries.length;
  const index = asLogIndex(Math.min(message.leaderCommit, agreed));
  if (index <= state.commitIndex) return;
  state.commitIndex = index;
  observe(turn, { type: 'committed', term: state.currentTerm, index });
}

/** A configuration counts from the moment it is appended, and no longer once it is truncated (§4.1). */
function noteConfiguration(turn: Turn, before: Configuration): void {
  const { state } = turn;
  const { position, configuration } = configurationInForce(state.log);
  // A new leader repeats the configuration: that is no news.
  if (!isSameConfiguration(configuration, before)) {
    observe(turn, { type: 'configurationInForce', index: position.index, configuration });
  }
  if (isVotingMember(state)) {
    // As a voter it owes the leader that it has just heard the promise that every voter gives.
    if (state.leaderId !== null && state.contact !== null) extendLease(state, state.contact);
    if (!state.timers.election.armed && !state.timers.preVote.armed) armElectionTimer(turn);
    return;
  }
  clearTimer(turn, 'election');
  if (state.round !== null) reportLoss(turn, closeRound(turn), 'notVoter', null);
}

/** Behind the flush of what it speaks of; says again which request it answers. */
function answer(turn: Turn, message: AppendEntries, success: boolean, hint: ConflictHint | null): void {
  const { state, time } = turn;
  send(turn, {
    type: 'appendEntriesReply',
    group: state.group,
    from: state.id,
    to: message.from,
    incarnation: state.incarnation,
    term: state.currentTerm,
    requestTerm: message.term,
    prevLogIndex: message.prevLog.index,
    entryCount: message.entries.length,
    sent: message.sent,
    success,
    hint,
    report: reportGaps(state, time),
  });
}
