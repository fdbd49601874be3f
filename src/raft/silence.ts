/** Suspecting a leader: when its silence has lasted long enough, and was not this node's own standstill. */
import { detectionTimeout } from './succession.js';
import { clockGrainMs, type Time } from './time.js';
import { armTimerAt, type Turn } from './turn.js';

/** From `contact` on the leader may be silent for a detection timeout, on the clock that goes on while this node stands still. */
export function awaitLeader(turn: Turn, contact: Time): void {
  const delayMs = detectionTimeout(turn.state);
  armTimerAt(turn, 'election', contact.nowMs + delayMs, delayMs, 'now');
}

/**
 * The timeout has passed, but whoever stood still meanwhile has not been listening. A quota or a paused machine stops
 * everybody at once: of its timeout a node must have been seen to run for `stallGraceMs`, or for all of a shorter one.
 * A retry wait is on the running clock, and has been lived through. True: the grace is still to come, and waited for.
 */
export function awaitOwnGrace(turn: Turn): boolean {
  const { contact, options, timers } = turn.state;
  if (contact === null) return false;
  const { delayMs } = timers.election;
  const deadlineMs = contact.runningMs + Math.min(delayMs, options.stallGraceMs);
  if (deadlineMs - turn.time.runningMs <= clockGrainMs) return false;
  armTimerAt(turn, 'election', deadlineMs, delayMs, 'running');
  return true;
}
