/** When an unplanned exit is answered with a restart, and after how long: the intensity limit of OTP. Pure. */
import type { RestartLimits } from '../options.js';

/** More reach any bound; and 0 times infinity is no number. */
const maxDoublings = 31;

/**
 * The wait before the next restart, in ms, doubling with each exit within the window; null: that is too many.
 * @param exitsMs when the node exited unplanned since somebody last saw to it, the latest last
 */
export function restartDelayMs(exitsMs: readonly number[], limits: RestartLimits): number | null {
  const latestMs = exitsMs.at(-1) ?? 0;
  const recent = exitsMs.filter((exitMs) => latestMs - exitMs < limits.withinMs).length;
  if (recent > limits.maxRestarts) return null;
  return Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** Math.min(recent - 1, maxDoublings));
}
