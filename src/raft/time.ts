/** The two clocks of a node, read by its driver and never by the protocol. */

/**
 * One reading of both clocks, in milliseconds, real-valued.
 *
 * `nowMs` is monotonic and has one origin for every node of a cluster: promises and authority (the lease,
 * answering as leader) are judged by it, and so is the silence of a leader. `runningMs` is the time this node was seen
 * to run: deposing (quorum check), rounds and retry waits are judged by it, and whether a silence was one, because a node
 * that did not run has not been waiting. With the rule `runningClock` off, drivers pass `runningMs = nowMs`.
 */
export interface Time {
  readonly nowMs: number;
  readonly runningMs: number;
}

/** The clocks count nanoseconds: what is shorter is rounding, and a timer armed with it would fire at once, for ever. */
export const clockGrainMs = 1e-6;

/** The later of two readings, clock by clock. */
export function laterOf(a: Time, b: Time): Time {
  if (a.nowMs >= b.nowMs && a.runningMs >= b.runningMs) return a;
  if (b.nowMs >= a.nowMs && b.runningMs >= a.runningMs) return b;
  return { nowMs: Math.max(a.nowMs, b.nowMs), runningMs: Math.max(a.runningMs, b.runningMs) };
}
