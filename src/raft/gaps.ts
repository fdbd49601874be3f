/**
 * What a node has seen of the gaps that election timeouts are there to bridge; kept only where T adapts.
 *
 * Two kinds depose a leader, and only they are kept: that a follower did not hear it (*heard*), and that no quorum
 * answered it (*answered*). Both are on the running clock, on which leaders are suspected and depose themselves: what
 * stands still together, throttled or suspended, gives nobody up, and is no reason for a longer T. A gap that no T
 * within the bounds could have bridged is a failure and no delay: it counts for nothing. Nor does one that the least
 * T bridges with its margin.
 */
import { isQuorum } from './ballot.js';
import type { NodeId, Term } from './brands.js';
import { isLeaderActive, quorumContactMs } from './lease.js';
import { configurationInForce } from './log.js';
import type { AppendEntriesReply, GapReport, ReportedGap } from './messages.js';
import { heightOf, higherOf, noPeak, type Peak } from './peak.js';
import type { RaftState } from './state.js';
import type { Time } from './time.js';

/** How many times the delay that was seen, over and above h, T is to bridge: what comes next may be worse. */
const margin = 3;

/** Plain data of a node's state. */
export interface Gaps {
  /** As follower: between two signs of life of one leader in one term. */
  heard: Peak;
  /** As leader, or told by one that was deposed: until a quorum answered. Whoever saw it, it is a quorum's. */
  answered: Peak;
  /** Who led then. */
  answeredBy: NodeId | null;
  /** It stepped down for want of answers that may just be late. */
  unanswered: Unanswered | null;
  /** When the leader sent what T was adopted from, on the leader's clock: an overtaken message must not undo it. */
  adoptedMs: number;
}

/** A leadership that ended without a quorum's answers. */
export interface Unanswered {
  readonly term: Term;
  /** Its last quorum contact, on the running clock. */
  readonly sinceMs: number;
  readonly answered: readonly NodeId[];
}

export function createGaps(): Gaps {
  return { heard: noPeak, answered: noPeak, answeredBy: null, unanswered: null, adoptedMs: 0 };
}

/** The T that bridges such a gap with the margin, whatever the bounds. */
export function timeoutFor(gapMs: number, heartbeatMs: number): number {
  return heartbeatMs + margin * (gapMs - heartbeatMs);
}

/** The leader was heard after this silence on the running clock. */
export function noteHeardGap(state: RaftState, gapMs: number, time: Time): void {
  const { gaps, options } = state;
  const { adaptiveTimeout } = options;
  if (gaps === null || adaptiveTimeout === null || !matters(state, gapMs)) return;
  gaps.heard = higherOf(gaps.heard, { gapMs, atMs: time.nowMs }, time.nowMs, adaptiveTimeout);
}

/**
 * At a leader that was just answered: how long it had waited for a quorum. What others than the quorum-th answer ends no
 * wait: a leader that has lost its quorum is to learn nothing from who is left.
 * @param sinceMs its quorum contact on the running clock before the answer counted
 */
export function noteAnsweredGap(state: RaftState, sinceMs: number, time: Time): void {
  if (state.gaps === null || quorumContactMs(state, time, 'runningMs') <= sinceMs) return;
  keepAnswered(state, time.runningMs - sinceMs, time);
}

/**
 * A leader hears of a later term, and by its running clock it still leads: its loop stood still, which its followers,
 * who ran, saw as silence, and could not tell from its end. So this gap alone is on the `now` clock.
 */
export function noteDeposed(state: RaftState, time: Time): void {
  if (state.gaps === null || !isLeaderActive(state, time)) return;
  keepAnswered(state, time.nowMs - quorumContactMs(state, time, 'nowMs'), time);
}

/** A leader steps down because no quorum answered: should the answers come yet, they were late and not lost. */
export function noteUnanswered(state: RaftState, time: Time): void {
  if (state.gaps === null) return;
  const sinceMs = quorumContactMs(state, time, 'runningMs');
  state.gaps.unanswered = { term: state.currentTerm, sinceMs, answered: [] };
}

/** An answer for somebody who leads no more. Those of a quorum tell how long it would have had to wait for them. */
export function noteLateAnswer(state: RaftState, message: AppendEntriesReply, time: Time): void {
  const unanswered = state.gaps?.unanswered ?? null;
  if (state.gaps === null || unanswered === null || message.requestTerm !== unanswered.term) return;
  if (message.sent.runningMs <= unanswered.sinceMs || unanswered.answered.includes(message.from)) return;
  const answered = [...unanswered.answered, message.from];
  const isComplete = isQuorum(configurationInForce(state.log).configuration, [state.id, ...answered]);
  state.gaps.unanswered = isComplete ? null : { ...unanswered, answered };
  if (isComplete) keepAnswered(state, time.runningMs - unanswered.sinceMs, time);
}

/** At a leader: what a deposed one tells counts as if it had been seen here. */
export function takeAnsweredGap(state: RaftState, from: NodeId, gap: ReportedGap, time: Time): void {
  const { gaps, options } = state;
  if (gaps === null || options.adaptiveTimeout === null || !matters(state, gap.gapMs)) return;
  const told = { gapMs: gap.gapMs, atMs: time.nowMs - gap.ageMs };
  const higher = higherOf(gaps.answered, told, time.nowMs, options.adaptiveTimeout);
  if (higher !== told) return;
  gaps.answered = told;
  gaps.answeredBy = from;
}

/**
 * What this node tells whoever leads, with each answer: the peaks, and not what is new since the last one, so that no
 * answer has to arrive and every new leader knows at once. Null: T is fixed.
 */
export function reportGaps(state: RaftState, time: Time): GapReport | null {
  const { gaps, timeoutMs } = state;
  if (gaps === null) return null;
  return {
    electionTimeoutMs: timeoutMs,
    heard: reported(state, gaps.heard, time),
    answered: reported(state, gaps.answered, time),
  };
}

/** What is left of a peak; 0 as soon as it is too little to matter. */
export function heightNow(state: RaftState, peak: Peak, time: Time): number {
  const { adaptiveTimeout } = state.options;
  if (adaptiveTimeout === null || peak.gapMs === 0) return 0;
  const heightMs = heightOf(peak, time.nowMs, adaptiveTimeout);
  return matters(state, heightMs) ? heightMs : 0;
}

function reported(state: RaftState, peak: Peak, time: Time): ReportedGap {
  return heightNow(state, peak, time) === 0
    ? nothing
    : { gapMs: peak.gapMs, ageMs: Math.max(0, time.nowMs - peak.atMs) };
}

const nothing: ReportedGap = Object.freeze({ gapMs: 0, ageMs: 0 });

function keepAnswered(state: RaftState, gapMs: number, time: Time): void {
  takeAnsweredGap(state, state.id, { gapMs, ageMs: 0 }, time);
}

/** It wants more than the least T, and some T within the bounds could have bridged it. */
function matters({ options }: RaftState, gapMs: number): boolean {
  const { adaptiveTimeout, electionTimeoutMs, heartbeatMs } = options;
  return (
    adaptiveTimeout !== null &&
    gapMs < adaptiveTimeout.maxMs &&
    timeoutFor(gapMs, heartbeatMs) > electionTimeoutMs
  );
}
