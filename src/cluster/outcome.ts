/** Errors across a port: their class does not survive it, so they travel as values. */
import { ElectorateError, fromWire, toWire } from '../errors.js';
import type { Outcome } from './protocol.js';

/** At the side that was called. What is no ElectorateError is a bug, and rejects. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ElectorateError) return { ok: false, error: toWire(error) };
    throw error;
  }
}

/**
 * At the calling side.
 * @throws ElectorateError what the other side threw.
 */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw fromWire(outcome.error);
}
