/** Trials as they are run. All are kept; their timelines only of the slowest, so that memory and files stay bounded. */
import type { Trial } from './trial.js';

export class TrialLog {
  readonly #trials: Trial[] = [];
  readonly #timelines: number;
  #kept = 0;

  /** @param timelines how many trials keep theirs */
  constructor(timelines: number) {
    this.#timelines = timelines;
  }

  get length(): number {
    return this.#trials.length;
  }

  add(trial: Trial): void {
    this.#trials.push(trial);
    if (trial.timeline !== null) this.#kept += 1;
    // Twice as many before any is dropped: to look for the slowest each time would take the square of the time.
    if (this.#kept > 2 * this.#timelines) this.#dropTimelines();
  }

  /** All of them, in the order in which they were run. */
  finish(): readonly Trial[] {
    this.#dropTimelines();
    return this.#trials;
  }

  #dropTimelines(): void {
    const fastest = this.#trials
      .map(({ electedMs, timeline }, index) => ({ electedMs, timeline, index }))
      .filter(({ timeline }) => timeline !== null)
      .toSorted((a, b) => b.electedMs - a.electedMs)
      .slice(this.#timelines);
    for (const { index } of fastest) {
      const trial = this.#trials[index];
      if (trial !== undefined) this.#trials[index] = { ...trial, timeline: null };
    }
    this.#kept -= fastest.length;
  }
}
