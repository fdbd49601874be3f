/** How a report calls what happened to the leader. */
import type { ElectionFault } from '../analysis/election-plan.js';

/** What the clock starts with: the first word of `… → elected`. */
export function beginningOf(fault: ElectionFault | null): string {
  return fault ?? 'start';
}

/** As {@link beginningOf}, to begin a line with. */
export function capitalBeginningOf(fault: ElectionFault | null): string {
  const word = beginningOf(fault);
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** For a title, e.g. `Time without a leader after a crash`. */
export function titleOf(fault: ElectionFault | null): string {
  return fault === null
    ? 'Time to the first leader of a new cluster'
    : `Time without a leader after ${occasions[fault]}`;
}

const occasions: Readonly<Record<ElectionFault, string>> = {
  crash: 'a crash',
  shutdown: 'a shutdown',
  hang: 'a hang',
  isolate: 'the leader was isolated',
  'cut-out': 'the leader was cut off from those that hear it',
  'cut-in': 'the leader was cut off from those it hears',
  'disk-stall': "the leader's disk stalled",
};
