/** Waiting that can be called off. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** At least `ms`, with the event loop's own grain. @throws the signal's reason, not an error around it */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** `setTimeout` drops fractions; this does not, and keeps the event loop busy for its last 2 ms. */
export async function pausePrecisely(ms: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + ms;
  await pause(Math.max(0, ms - 2), signal);
  while (performance.now() < endMs) await setImmediate();
}
