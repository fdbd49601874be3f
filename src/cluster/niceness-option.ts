/** What a thread's priority is asked for as, and how it is refused: before anything is started, and when it is taken. */
import { refuseOption } from '../options.js';
import { priorityRefusal } from './priority.js';

/**
 * Whether threads of this process may have it. 0, which is no wish, always passes.
 * @param niceness a resolved option
 * @throws ElectorateError `invalidOption`
 */
export function checkNiceness(niceness: number): void {
  const reason = niceness === 0 ? null : priorityRefusal(niceness);
  if (reason !== null) refuseNiceness(niceness, reason);
}

/** @throws ElectorateError `invalidOption` */
export function refuseNiceness(niceness: number, reason: string): never {
  refuseOption('niceness', niceness, `to be permitted here (${reason})`);
}
