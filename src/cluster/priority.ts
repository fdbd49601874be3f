/** What the threads of one machine owe each other. */
import { constants, getPriority, setPriority } from 'node:os';
import { osThreadId } from '../actor/os-thread.js';
import { messageOf } from '../errors.js';

/**
 * Lets other threads go first: one that is being ended still has milliseconds of work to do, just when those that are
 * left elect. Not the lowest priority, for on a busy machine its next life would wait for that. Does nothing where threads have no ids (null), or
 * when it is gone.
 * @param threadId the system's, not Node's
 */
export function stepBack(threadId: number | null): void {
  if (threadId === null) return;
  try {
    const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
    setPriority(threadId, Math.min(PRIORITY_LOW, getPriority(threadId) + PRIORITY_BELOW_NORMAL));
  } catch {
    // It has ended meanwhile, or may not be told: then it ends as it would have.
  }
}

/**
 * Of the calling thread, where threads have priorities of their own, and of those that it starts from then on.
 * @returns why not, or null
 */
export function takePriority(nice: number): string | null {
  const threadId = osThreadId();
  if (threadId === null) return 'threads have priorities of their own on Linux only';
  try {
    setPriority(threadId, nice);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Why the calling thread could not have that priority, or null. Tries what may be refused, and takes it back: to go
 * later than before is always permitted.
 */
export function priorityRefusal(nice: number): string | null {
  const threadId = osThreadId();
  if (threadId === null) return takePriority(nice);
  const before = getPriority(threadId);
  if (nice >= before) return null;
  const refusal = takePriority(nice);
  if (refusal === null) setPriority(threadId, before);
  return refusal;
}
