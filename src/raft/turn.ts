/**
 * One turn under way: the state being changed, the clocks, and the effects collected so far.
 * Durability is kept here and nowhere else: whatever shows a new term or vote is pushed behind the write of it.
 */
import type { LogIndex } from './brands.js';
import { isVoter } from './configuration.js';
import type { Effect, ProposalOutcome, SetTimerEffect } from './effects.js';
import type { CoreEvent } from './events.js';
import type { TimerName } from './inputs.js';
import { configurationInForce, type Entry } from './log.js';
import type { Message } from './messages.js';
import { drawBetween } from './random.js';
import type { RaftState } from './state.js';
import type { Time } from './time.js';

export interface Turn {
  readonly state: RaftState;
  readonly time: Time;
  /** The `id` of the input this turn answers. */
  readonly cause: number;
  readonly effects: Effect[];
}

/** Sends behind the write of term and vote, if one is due. */
export function send(turn: Turn, message: Message): void {
  persistHardState(turn);
  turn.effects.push({ type: 'send', message });
}

export function reply(turn: Turn, requestId: number, outcome: ProposalOutcome): void {
  turn.effects.push({ type: 'reply', requestId, outcome });
}

export function observe(turn: Turn, event: CoreEvent): void {
  const id = turn.state.nextEventId;
  turn.state.nextEventId = id + 1;
  turn.effects.push({ type: 'observe', id, cause: turn.cause, event });
}

/** Writes term and vote if they have changed since they were last written: at most once a turn, with the last value. */
export function persistHardState(turn: Turn): void {
  if (turn.state.hardStateDirty) persistLog(turn, null, []);
}

/** Writes a truncation and entries, and term and vote with them when they are due: one batch, one flush. */
export function persistLog(turn: Turn, truncateFrom: LogIndex | null, entries: readonly Entry[]): void {
  const { state } = turn;
  turn.effects.push({
    type: 'persist',
    hardState: state.hardStateDirty ? { currentTerm: state.currentTerm, votedFor: state.votedFor } : null,
    truncateFrom,
    entries,
  });
  state.hardStateDirty = false;
}

/** Arms a timer `delayMs` from now; the heartbeat on the `now` clock, the others on the running one. */
export function armTimer(turn: Turn, timer: TimerName, delayMs: number): void {
  const { nowMs, runningMs } = turn.time;
  const clock = timer === 'heartbeat' ? 'now' : 'running';
  armTimerAt(turn, timer, (clock === 'now' ? nowMs : runningMs) + delayMs, delayMs, clock);
}

/** Arms a timer at a deadline on that clock; `delayMs` is what was drawn for it. Replaces what was armed. */
export function armTimerAt(
  turn: Turn,
  timer: TimerName,
  deadlineMs: number,
  delayMs: number,
  clock: SetTimerEffect['clock'],
): void {
  const timerState = turn.state.timers[timer];
  timerState.armed = true;
  timerState.generation += 1;
  timerState.deadlineMs = deadlineMs;
  timerState.clock = clock;
  timerState.delayMs = delayMs;
  if (timer === 'election') turn.state.electionByExitNotice = false;
  turn.effects.push({
    type: 'setTimer',
    timer,
    generation: timerState.generation,
    deadlineMs,
    clock,
  });
}

export function clearTimer(turn: Turn, timer: TimerName): void {
  const timerState = turn.state.timers[timer];
  if (!timerState.armed) return;
  timerState.armed = false;
  timerState.generation += 1;
  turn.effects.push({ type: 'clearTimer', timer });
}

/** A fresh detection timeout from [T, T+R]: real-valued, drawn once per arming (pitfall 13). */
export function drawElectionTimeout(state: RaftState): number {
  return drawBetween(state.random, state.timeoutMs, state.options.electionJitterMs);
}

/** Arms the election timer of a voter afresh; a node that is none has no election timer. */
export function armElectionTimer(turn: Turn): void {
  if (isVotingMember(turn.state)) armTimer(turn, 'election', drawElectionTimeout(turn.state));
}

/** True when the configuration in force lets this node campaign. */
export function isVotingMember(state: RaftState): boolean {
  return isVoter(configurationInForce(state.log).configuration, state.id);
}
