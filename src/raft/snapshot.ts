/** Copies and canonical forms of a node's state, for explorations that branch and compare. */
import type { LogPosition, RaftLog } from './log.js';
import type { NodeId } from './brands.js';
import { heightNow, type Gaps } from './gaps.js';
import type { Leadership, OpenRound, RaftState, TimerState } from './state.js';
import type { TimerName } from './inputs.js';
import { longestTimeout } from './options.js';
import { noPeak, type Peak } from './peak.js';
import type { Time } from './time.js';

/** A deep copy that shares nothing mutable; entries, configurations and options are immutable and shared. */
export function cloneState(state: RaftState): RaftState {
  return {
    ...state,
    log: cloneLog(state.log),
    responsive: [...state.responsive],
    gaps: state.gaps === null ? null : { ...state.gaps },
    round: state.round === null ? null : cloneRound(state.round),
    leadership: state.leadership === null ? null : cloneLeadership(state.leadership),
    timers: mapTimers(state.timers, (timer) => ({ ...timer })),
    random: { ...state.random },
  };
}

/**
 * A copy in which whatever cannot change what the node will do is the same for all: times count from `time`, ages
 * end at the longest T, gaps that have faded are none, counters of events and timers and the generator are reset, sets are sorted. Meant for jitters of 0,
 * where the generator has no say, and for clocks that agree.
 */
export function normalizeState(state: RaftState, time: Time): RaftState {
  const { heartbeatMs } = state.options;
  const limitMs = longestTimeout(state.options);
  const age = (at: Time): Time => ageOf(at, time, limitMs);
  const copy = cloneState(state);
  copy.contact = state.contact === null ? null : age(state.contact);
  copy.leaseUntilMs = Math.max(0, state.leaseUntilMs - time.nowMs);
  copy.failedRounds = 0;
  copy.responsive.sort(compare);
  copy.nextEventId = 1;
  Object.assign(copy.random, { a: 0, b: 0, c: 0, counter: 0 });
  for (const name of Object.keys(copy.timers) as TimerName[]) {
    const timer = copy.timers[name];
    const nowMs = timer.clock === 'now' ? time.nowMs : time.runningMs;
    timer.deadlineMs = timer.armed ? Math.max(0, timer.deadlineMs - nowMs) : 0;
    timer.clock = 'running';
    timer.generation = 0;
    timer.delayMs = 0;
  }
  if (copy.gaps !== null) normalizeGaps(copy, copy.gaps, time);
  if (copy.round !== null) normalizeRound(copy.round, time);
  if (copy.leadership !== null) {
    const { peers, ...rest } = copy.leadership;
    const late = -(heartbeatMs + 1);
    copy.leadership = {
      ...rest,
      since: age(rest.since),
      answered: rest.answered === null ? null : rest.answered.toSorted(),
      peers: peers
        .map((peer) => ({
          ...peer,
          contact: peer.contact === null ? null : age(peer.contact),
          heard: peakSince(state, peer.heard, time),
          inFlight:
            peer.inFlight === null ? null : { sentMs: Math.max(late, peer.inFlight.sentMs - time.nowMs) },
          heartbeatsAnswered: 0,
        }))
        .toSorted((a, b) => compare(a.id, b.id)),
    };
  }
  return copy;
}

/** Equal exactly for states that, normalized at the same time, will do the same. Options are left out. */
export function canonicalKey(state: RaftState, time: Time): string {
  const { options: _options, ...rest } = normalizeState(state, time);
  return JSON.stringify(rest);
}

/** `at` counted from `time`, never older than `limitMs`. */
export function ageOf(at: Time, time: Time, limitMs: number): Time {
  return {
    nowMs: Math.max(-limitMs, at.nowMs - time.nowMs),
    runningMs: Math.max(-limitMs, at.runningMs - time.runningMs),
  };
}

function normalizeGaps(state: RaftState, gaps: Gaps, time: Time): void {
  const limitMs = longestTimeout(state.options);
  gaps.heard = peakSince(state, gaps.heard, time);
  gaps.answered = peakSince(state, gaps.answered, time);
  if (gaps.answered === noPeak) gaps.answeredBy = null;
  gaps.adoptedMs = Math.max(-limitMs, gaps.adoptedMs - time.nowMs);
  const { unanswered } = gaps;
  if (unanswered === null) return;
  const sinceMs = unanswered.sinceMs - time.runningMs;
  // By now it is none that any T could have bridged.
  gaps.unanswered = sinceMs <= -limitMs ? null : { ...unanswered, sinceMs };
}

function peakSince(state: RaftState, peak: Peak, time: Time): Peak {
  return heightNow(state, peak, time) === 0 ? noPeak : { gapMs: peak.gapMs, atMs: peak.atMs - time.nowMs };
}

function normalizeRound(round: OpenRound, time: Time): void {
  round.ballot.granted.sort(compare);
  round.ballot.refused.sort(compare);
  for (const [at, refusal] of round.leaseRefusals.entries()) {
    round.leaseRefusals[at] = { from: refusal.from, endsMs: Math.max(0, refusal.endsMs - time.nowMs) };
  }
  round.leaseRefusals.sort((a, b) => compare(a.from, b.from));
}

function cloneLog(log: RaftLog): RaftLog {
  return {
    entries: [...log.entries],
    configurations: log.configurations.map(({ position, configuration }) => ({
      position: clonePosition(position),
      configuration,
    })),
  };
}

function clonePosition(position: LogPosition): LogPosition {
  return { term: position.term, index: position.index };
}

function cloneRound(round: OpenRound): OpenRound {
  const { configuration, granted, refused } = round.ballot;
  return {
    ...round,
    ballot: { configuration, granted: [...granted], refused: [...refused] },
    leaseRefusals: [...round.leaseRefusals],
  };
}

function cloneLeadership(leadership: Leadership): Leadership {
  return {
    ...leadership,
    peers: leadership.peers.map((peer) => ({ ...peer })),
    answered: leadership.answered === null ? null : [...leadership.answered],
    pending: [...leadership.pending],
  };
}

function mapTimers(
  timers: Record<TimerName, TimerState>,
  copy: (timer: TimerState) => TimerState,
): Record<TimerName, TimerState> {
  return {
    election: copy(timers.election),
    preVote: copy(timers.preVote),
    vote: copy(timers.vote),
    heartbeat: copy(timers.heartbeat),
    quorumCheck: copy(timers.quorumCheck),
  };
}

function compare(a: NodeId, b: NodeId): number {
  return a < b ? -1 : Number(a > b);
}
