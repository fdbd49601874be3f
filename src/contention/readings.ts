/** What Linux tells of the time that threads wanted to run, in its own words. Null: it does not tell. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Of one thread, since it began. */
export interface ThreadTimes {
  readonly ranMs: number;
  /** Ready to run, and waiting for a processor. */
  readonly waitedMs: number;
}

/** Of one cgroup, since it was made. */
export interface Throttling {
  /** Periods of the quota in which it had something to run. */
  readonly periods: number;
  readonly throttledPeriods: number;
  /** All processors together. */
  readonly throttledMs: number;
}

/** `/proc/…/schedstat`: nanoseconds on a processor, nanoseconds in a run queue, and how often it was on one. */
export function parseSchedstat(text: string): ThreadTimes | null {
  const [, ran, waited] = /^(\d+) (\d+) \d+\s*$/u.exec(text) ?? [];
  return ran === undefined || waited === undefined
    ? null
    : { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
}

/** Both versions have these in this order, among others. */
const throttling = /^nr_periods (\d+)\nnr_throttled (\d+)\nthrottled_(time|usec) (\d+)$/mu;

/** `cpu.stat` of a cgroup: version 1 tells nanoseconds, version 2 microseconds, and nothing of a quota without one. */
export function parseCpuStat(text: string): Throttling | null {
  const [, periods, throttledPeriods, unit, throttled] = throttling.exec(text) ?? [];
  if (throttled === undefined) return null;
  return {
    periods: Number(periods),
    throttledPeriods: Number(throttledPeriods),
    throttledMs: Number(throttled) / (unit === 'time' ? 1e6 : 1e3),
  };
}

/** `/proc/pressure/cpu`: for how long some task has waited for a processor since the machine started. */
export function parseCpuPressureMs(text: string): number | null {
  const total = /^some .*\btotal=(\d+)$/mu.exec(text)?.[1];
  return total === undefined ? null : Number(total) / 1e3;
}

/** As much as is read of a file: all of a short one, and the first line of `/proc/stat`. */
const readBytes = 512;

/** A small file of the system that is read again and again, by one thread. It is opened once. */
export class Reading implements Disposable {
  readonly #buffer = Buffer.alloc(readBytes);
  #file: number | null;

  /** A file that can't be opened reads as null. */
  constructor(path: string) {
    this.#file = open(path);
  }

  /** Null when it is not there, or no more: its thread has ended, say. */
  read(): string | null {
    if (this.#file === null) return null;
    try {
      return this.#buffer.toString('latin1', 0, readSync(this.#file, this.#buffer, 0, readBytes, 0));
    } catch {
      this[Symbol.dispose]();
      return null;
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}
