/** No step of a trial may take for ever. */
import { ElectorateError } from '../errors.js';
import type { ResolvedClusterOptions } from '../options.js';

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
  const limit = AbortSignal.timeout(boundMs);
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
