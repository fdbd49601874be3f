/** One deadline on the event loop, met to a fraction of a millisecond. */
import { maxDurationMs } from '../limits.js';

/** Calls `ring` once, at or just after `dueMs`; what it returns cancels it. */
export type SetAlarm = (dueMs: number, ring: () => void) => () => void;

/** Below this what is left is spun over `setImmediate`: `setTimeout` drops fractions and comes a millisecond late. */
const spinMs = 2;

/** @param nowMs the clock that the deadlines are on */
export function alarmsOn(nowMs: () => number): SetAlarm {
  return (dueMs, ring) => {
    let timeout: NodeJS.Timeout | undefined;
    let immediate: NodeJS.Immediate | undefined;
    const wait = (): void => {
      const leftMs = dueMs - nowMs();
      if (leftMs >= spinMs) timeout = setTimeout(wait, Math.min(leftMs - 1, maxDurationMs));
      else if (leftMs > 0) immediate = setImmediate(wait);
      else ring();
    };
    // Never from within the call: the caller has not stored the cancellation yet.
    immediate = setImmediate(wait);
    return () => {
      clearTimeout(timeout);
      clearImmediate(immediate);
    };
  };
}
