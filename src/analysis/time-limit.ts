/** No step of a measurement may take for ever. */
import { ElectorateError } from '../errors.js';
import { maxDurationMs } from '../limits.js';
import type { ResolvedClusterOptions } from '../options.js';

/** Aborts after about so many milliseconds: `AbortSignal.timeout` refuses fractions, and takes a longer time for none. */
export function timeLimit(ms: number): AbortSignal {
  return AbortSignal.timeout(Math.min(Math.ceil(ms), maxDurationMs));
}

/**
 * Gives a step of a trial a generous time.
 * @param howFar for whoever waited in vain
 * @throws ElectorateError `trialTimedOut`; what `work` throws, the signal's reason among it
 */
export async function inTime<T>(
  { electionTimeoutMs, electionJitterMs }: ResolvedClusterOptions,
  signal: AbortSignal,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
  howFar: () => string,
): Promise<T> {
  const boundMs = 10_000 + 50 * (electionTimeoutMs + electionJitterMs);
  const limit = timeLimit(boundMs);
  try {
    return await work(AbortSignal.any([limit, signal]));
  } catch (error) {
    if (error !== limit.reason) throw error;
    throw new ElectorateError(
      'trialTimedOut',
      `The cluster did not ${what} within ${boundMs} ms: ${howFar()}`,
      { details: { boundMs }, cause: error },
    );
  }
}
