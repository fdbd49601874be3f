/** Doing something again and again, for some of the time. */
import { setTimeout } from 'node:timers/promises';
import { drawGapMs } from '../delay.js';
import { createRandom, type RandomState } from '../raft/random.js';
import type { Rhythm } from './contention.js';

/** When to begin: what lies between the end of one time and the beginning of the next. */
export class Rests {
  readonly #restMs: number;
  /** Null: always as long. */
  readonly #random: RandomState | null;

  /** @param seed of the moments that are drawn */
  constructor({ forMs, everyMs, random }: Rhythm, seed: number) {
    this.#restMs = everyMs - forMs;
    this.#random = random ? createRandom(seed) : null;
  }

  /** Drawn ones are as long on average. */
  next(): number {
    return this.#random === null ? this.#restMs : drawGapMs(this.#restMs, this.#random);
  }
}

/**
 * Rests, acts, rests, until the signal comes; what is being done then is finished first.
 * @param act takes the rhythm's `forMs`, and should end early when the signal comes
 */
export async function onRhythm(
  rhythm: Rhythm,
  seed: number,
  act: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const rests = new Rests(rhythm, seed);
  while (await passed(rests.next(), signal)) await act();
}

/** At least `ms`, if the signal does not come first. @returns whether it did not */
export async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
