/**
 * Looks at the threads of this process every few milliseconds, from a thread of its own, so that a stall of whoever
 * asks hides nothing. What it costs is told with what it saw.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { sharedNowMs } from '../actor/clock.js';
import { parseStealMs } from '../cluster/stall-monitor.js';
import { ownCpuCgroup } from './cpu-cgroup.js';
import { samplesPerSteal, type PressureSample, type SeenPressure, type ThreadPressure } from './pressure.js';
import { parseCpuPressureMs, parseCpuStat, parseSchedstat, Reading, type ThreadTimes } from './readings.js';

/** What the thread is told. */
export type ToSampler =
  /** This thread goes by that name from now on; another one did before, maybe. */
  { readonly type: 'name'; readonly thread: string; readonly threadId: number } | { readonly type: 'end' };

/** What it says: once when it has begun, and once at its end. */
export type FromSampler = { readonly type: 'watching' } | ({ readonly type: 'seen' } & Seen);

/** What it saw from its start to its end. */
export interface Seen extends SeenPressure {
  readonly samples: readonly PressureSample[];
  /** How long the thread that watched ran for it; null where the system does not say. */
  readonly costMs: number | null;
}

/** Often enough to see which thread stood still for a heartbeat or two, seldom enough to cost next to nothing. */
export const sampleMs = 20;

/** Where all of this is read. */
export interface SamplerFiles {
  /** A folder for each thread of the process, by its id. */
  readonly tasks: string;
  /** The process's cgroup; null: it has none. */
  readonly cpuStat: string | null;
  readonly cpuPressure: string;
  readonly stat: string;
  /** This thread's own. */
  readonly own: string;
}

/** Of this process and the calling thread, as Linux has them; elsewhere they are not there, which is no error. */
export function samplerFiles(): SamplerFiles {
  const cgroup = ownCpuCgroup();
  return {
    tasks: '/proc/self/task',
    cpuStat: cgroup === null ? null : join(cgroup.folder, 'cpu.stat'),
    cpuPressure: '/proc/pressure/cpu',
    stat: '/proc/stat',
    own: '/proc/thread-self/schedstat',
  };
}

/** The thread's whole life: until it is told to end. */
export function runSampler(port: MessagePort): void {
  const sampler = new PressureSampler(samplerFiles());
  const timer = setInterval(() => sampler.sample(), sampleMs);
  port.on('message', (message: ToSampler) => {
    if (message.type === 'name') return sampler.name(message.thread, message.threadId);
    clearInterval(timer);
    port.postMessage({ type: 'seen', ...sampler.end() } satisfies FromSampler);
    port.close();
  });
  port.postMessage({ type: 'watching' } satisfies FromSampler);
}

/** A named thread, while it is watched. */
interface Watched {
  readonly threadId: number;
  readonly reading: Reading;
  last: ThreadTimes;
  /** With what threads of that name did before. */
  ranMs: number;
  waitedMs: number;
}

const none: ThreadTimes = { ranMs: 0, waitedMs: 0 };

/** Keeps no time of its own: whoever has it calls `sample` again and again, and `end` once. */
export class PressureSampler {
  readonly #files: SamplerFiles;
  readonly #startedMs = sharedNowMs();
  readonly #watched = new Map<string, Watched>();
  /** Ids that had a name at any time. */
  readonly #named = new Set<number>();
  /** What all threads had done before. */
  readonly #before: ReadonlyMap<number, ThreadTimes> | null;
  readonly #samples: PressureSample[] = [];
  readonly #throttling: Counter;
  readonly #steal: Counter;
  readonly #pressure: Counter;
  readonly #own: Counter;

  constructor(files: SamplerFiles) {
    this.#files = files;
    this.#before = readTasks(files.tasks);
    this.#throttling = new Counter(files.cpuStat, (text) => parseCpuStat(text)?.throttledMs ?? null);
    this.#steal = new Counter(files.stat, parseStealMs);
    this.#pressure = new Counter(files.cpuPressure, parseCpuPressureMs);
    this.#own = new Counter(files.own, (text) => parseSchedstat(text)?.ranMs ?? null);
  }

  /** Counts what the thread does from now on; all it did, if it began after the sampler. */
  name(thread: string, threadId: number): void {
    const earlier = this.#watched.get(thread);
    if (earlier?.threadId === threadId) return;
    earlier?.reading[Symbol.dispose]();
    this.#named.add(threadId);
    const { ranMs, waitedMs } = earlier ?? none;
    this.#watched.set(thread, {
      threadId,
      reading: new Reading(join(this.#files.tasks, String(threadId), 'schedstat')),
      last: this.#before?.get(threadId) ?? none,
      ranMs,
      waitedMs,
    });
  }

  sample(): void {
    const threads: ThreadPressure[] = [];
    for (const [thread, watched] of this.#watched) {
      const times = parseSchedstat(watched.reading.read() ?? '');
      if (times === null) continue;
      const ranMs = times.ranMs - watched.last.ranMs;
      const waitedMs = times.waitedMs - watched.last.waitedMs;
      watched.last = times;
      watched.ranMs += ranMs;
      watched.waitedMs += waitedMs;
      threads.push({ thread, ranMs, waitedMs });
    }
    const isStealDue = this.#samples.length % samplesPerSteal === samplesPerSteal - 1;
    this.#samples.push({
      atMs: sharedNowMs(),
      threads,
      throttledMs: this.#throttling.step(),
      stealMs: isStealDue ? this.#steal.step() : this.#steal.isThere ? 0 : null,
    });
  }

  /** Takes a last sample, and lets go of every file. */
  end(): Seen {
    this.sample();
    const durationMs = sharedNowMs() - this.#startedMs;
    const after = readTasks(this.#files.tasks);
    this.#steal.step();
    this.#pressure.step();
    this.#own.step();
    const counters = [this.#throttling, this.#steal, this.#pressure, this.#own];
    for (const reading of [...counters, ...[...this.#watched.values()].map((one) => one.reading)]) {
      reading[Symbol.dispose]();
    }
    return {
      durationMs,
      threads:
        this.#before === null || after === null ? null : [...this.#namedThreads(), this.#others(after)],
      stalledMs: this.#pressure.totalMs,
      stealMs: this.#steal.totalMs,
      samples: this.#samples,
      costMs: this.#own.totalMs,
    };
  }

  #namedThreads(): ThreadPressure[] {
    return [...this.#watched].map(([thread, { ranMs, waitedMs }]) => ({ thread, ranMs, waitedMs }));
  }

  /** All that are there now and never had a name. */
  #others(after: ReadonlyMap<number, ThreadTimes>): ThreadPressure {
    let ranMs = 0;
    let waitedMs = 0;
    for (const [threadId, times] of after) {
      if (this.#named.has(threadId)) continue;
      const before = this.#before?.get(threadId) ?? none;
      ranMs += times.ranMs - before.ranMs;
      waitedMs += times.waitedMs - before.waitedMs;
    }
    return { thread: 'other', ranMs, waitedMs };
  }
}

/** A figure that only grows, and by how much. */
class Counter implements Disposable {
  readonly #reading: Reading | null;
  readonly #parse: (text: string) => number | null;
  readonly #first: number | null;
  #last: number | null;

  constructor(path: string | null, parse: (text: string) => number | null) {
    this.#reading = path === null ? null : new Reading(path);
    this.#parse = parse;
    this.#first = this.#read();
    this.#last = this.#first;
  }

  get isThere(): boolean {
    return this.#last !== null;
  }

  /** From the first to the last look. */
  get totalMs(): number | null {
    return this.#first === null || this.#last === null ? null : this.#last - this.#first;
  }

  /** Since the look before. */
  step(): number | null {
    const before = this.#last;
    this.#last = this.#read();
    return before === null || this.#last === null ? null : this.#last - before;
  }

  [Symbol.dispose](): void {
    this.#reading?.[Symbol.dispose]();
  }

  #read(): number | null {
    const text = this.#reading?.read() ?? null;
    return text === null ? null : this.#parse(text);
  }
}

/** What every thread of the process has done so far; null where that is not told. */
function readTasks(folder: string): ReadonlyMap<number, ThreadTimes> | null {
  try {
    const tasks = new Map<number, ThreadTimes>();
    for (const id of readdirSync(folder)) {
      const times = readTask(join(folder, id, 'schedstat'));
      if (times !== null) tasks.set(Number(id), times);
    }
    return tasks.size === 0 ? null : tasks;
  } catch {
    return null;
  }
}

/** Null also for a thread that has just ended. */
function readTask(path: string): ThreadTimes | null {
  try {
    return parseSchedstat(readFileSync(path, 'latin1'));
  } catch {
    return null;
  }
}
