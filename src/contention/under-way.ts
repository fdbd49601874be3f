/** What has begun and is to be ended. */
import type { Rhythm } from './contention.js';
import { onRhythm } from './rhythm.js';

/** Something that is being done. */
export interface UnderWay {
  /** Resolves when nothing of it is left; rejects, also then, when it went wrong meanwhile. */
  end(): Promise<void>;
}

/** The last first to begin to end, and each of them whatever becomes of the others. */
export async function endAll(all: readonly UnderWay[]): Promise<PromiseSettledResult<void>[]> {
  return await Promise.allSettled(all.toReversed().map((one) => one.end()));
}

/** Does `act` again and again until it is ended; what it throws is told then. */
export function repeat(
  rhythm: Rhythm,
  seed: number,
  act: (signal: AbortSignal) => void | Promise<void>,
): UnderWay {
  const ended = new AbortController();
  const done = onRhythm(rhythm, seed, () => act(ended.signal), ended.signal);
  done.catch(() => {});
  return {
    async end() {
      ended.abort();
      await done;
    },
  };
}
