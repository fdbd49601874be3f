/** Things that are under way: each comes out when it is due, ties in the order they went in. */
import type { SetAlarm } from './alarm.js';

/** One alarm at a time, for whatever is due first. */
export class DelayLine<T> {
  readonly #waiting: { readonly dueMs: number; readonly item: T }[] = [];
  readonly #setAlarm: SetAlarm;
  readonly #release: (items: readonly T[]) => void;
  #cancelAlarm: (() => void) | null = null;

  /** @param release is handed what is due, in order, never from within `add` */
  constructor(setAlarm: SetAlarm, release: (items: readonly T[]) => void) {
    this.#setAlarm = setAlarm;
    this.#release = release;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(item: T, dueMs: number): void {
    let position = this.#waiting.length;
    while (position > 0 && (this.#waiting[position - 1]?.dueMs ?? 0) > dueMs) position -= 1;
    this.#waiting.splice(position, 0, { dueMs, item });
    if (position === 0) this.#rearm();
  }

  /** @returns how many things were `lost` and never come out */
  remove(lost: (item: T) => boolean): number {
    const left = this.#waiting.filter(({ item }) => !lost(item));
    const removed = this.#waiting.length - left.length;
    if (removed === 0) return 0;
    this.#waiting.splice(0, this.#waiting.length, ...left);
    this.#rearm();
    return removed;
  }

  /** Forgets what is under way, and its timer. */
  clear(): void {
    this.#waiting.length = 0;
    this.#rearm();
  }

  #rearm(): void {
    this.#cancelAlarm?.();
    const first = this.#waiting[0];
    this.#cancelAlarm =
      first === undefined ? null : this.#setAlarm(first.dueMs, () => this.#ring(first.dueMs));
  }

  #ring(dueMs: number): void {
    const later = this.#waiting.findIndex((waiting) => waiting.dueMs > dueMs);
    const due = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later);
    this.#rearm();
    this.#release(due.map(({ item }) => item));
  }
}
