/**
 * Watches the machine beside a measurement: a thread of its own that does nothing but wake up, and notes how late it
 * was. Whatever keeps it from running, other work or a hypervisor, keeps the cluster's threads from running as well.
 * It writes into shared memory, so that a stall of whoever asks does not hide one.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { sharedNowMs } from '../actor/clock.js';

/** What was seen of the machine during some time. */
export interface HostObservation {
  /** The longest that the watching thread was kept from running, in ms; 0 where it was never {@link noticedMs}. */
  readonly latenessMs: number;
  /**
   * What the hypervisor took of all processors together, in ms, in steps of ten; null where the system does not say.
   */
  readonly stealMs: number | null;
}

/** So seldom that it takes less than a hundredth of a core; a stall may look shorter by so much. */
const periodMs = 4;
/** Wakes that are less late than this are not noted. */
const noticedMs = 0.5;
/** Stalls that are remembered: those of a trial are few, and are asked for right behind it. */
const capacity = 1024;

/** A moment that one thread sets and another reads, in ms on the shared clock; 0 before it was set. */
interface Moment {
  load(): number;
  store(ms: number): void;
}

/** Shared: whether to stop and how many stalls were noted; when it woke up last; a ring of ends and lengths of stalls. */
export interface StallRecord {
  readonly control: Int32Array;
  readonly lastWake: Moment;
  readonly stalls: Float64Array;
}

const stop = 0;
const noted = 1;

/** Bytes of what the two threads share. */
const recordBytes = 16 + 16 * capacity;

export function recordIn(memory: SharedArrayBuffer): StallRecord {
  const wakeNs = new BigInt64Array(memory, 8, 1);
  return {
    control: new Int32Array(memory, 0, 2),
    lastWake: {
      load: () => Number(Atomics.load(wakeNs, 0)) / 1e6,
      store: (ms) => void Atomics.store(wakeNs, 0, BigInt(Math.round(ms * 1e6))),
    },
    stalls: new Float64Array(memory, 16, 2 * capacity),
  };
}

/**
 * The watching thread has woken up. The stall is noted before the wake: whoever asks in between finds it overdue, and
 * in the other order would find neither.
 */
export function noteWake({ control, lastWake, stalls }: StallRecord, nowMs: number): void {
  const lateMs = nowMs - lastWake.load() - periodMs;
  if (lateMs >= noticedMs) {
    const at = (2 * Atomics.load(control, noted)) % (2 * capacity);
    stalls[at] = nowMs;
    stalls[at + 1] = lateMs;
    Atomics.add(control, noted, 1);
  }
  lastWake.store(nowMs);
}

/**
 * The longest stall that was felt since `fromMs`, in ms; it may not have ended by `nowMs`. Reads what {@link noteWake}
 * writes, in the opposite order: a wake that is seen has its stall noted.
 */
export function longestStallMs(
  { control, lastWake, stalls }: StallRecord,
  fromMs: number,
  nowMs: number,
): number {
  const wokeMs = lastWake.load();
  const count = Atomics.load(control, noted);
  const overdueMs = nowMs - wokeMs - periodMs;
  let longestMs = wokeMs > 0 && overdueMs >= noticedMs ? overdueMs : 0;
  for (let index = Math.max(0, count - capacity); index < count; index += 1) {
    const at = (2 * index) % (2 * capacity);
    // One that ended later than this began was felt in it.
    if ((stalls[at] ?? 0) >= fromMs) longestMs = Math.max(longestMs, stalls[at + 1] ?? 0);
  }
  return longestMs;
}

/**
 * The thread's whole life; returns once it is told to stop.
 * @param onWatching called when a stall from now on will be noted
 */
export function watchStalls(memory: SharedArrayBuffer, onWatching: () => void): void {
  const record = recordIn(memory);
  record.lastWake.store(sharedNowMs());
  onWatching();
  while (Atomics.load(record.control, stop) === 0) {
    Atomics.wait(record.control, stop, 0, periodMs);
    noteWake(record, sharedNowMs());
  }
}

/** From its start until it is disposed of. For one thread at a time. */
export class StallMonitor implements AsyncDisposable {
  readonly #record: StallRecord;
  readonly #ended: Promise<void>;

  private constructor(memory: SharedArrayBuffer, worker: Worker) {
    this.#record = recordIn(memory);
    this.#ended = new Promise((resolve, reject) => {
      worker.once('exit', () => resolve()).once('error', reject);
    });
    // Who ends it is told.
    this.#ended.catch(() => {});
  }

  /** Resolves when it watches; rejects when its thread fails or ends before. */
  static async start(
    entry: URL = new URL('../../workers/stall-monitor.js', import.meta.url),
  ): Promise<StallMonitor> {
    const memory = new SharedArrayBuffer(recordBytes);
    const worker = new Worker(entry, {
      name: 'stall-monitor',
      workerData: memory,
      // Those of `node -e` would keep it from running a file.
      execArgv: [],
    });
    const monitor = new StallMonitor(memory, worker);
    const early = monitor.#ended.then(() => {
      throw new Error('The thread that watches for stalls ended before it watched');
    });
    await Promise.race([once(worker, 'message'), early]);
    return monitor;
  }

  /** Begins an observation; the function that is returned ends it. */
  observe(): () => HostObservation {
    const fromMs = sharedNowMs();
    const stolenMs = readStealMs();
    return () => {
      const stealMs = readStealMs();
      return {
        latenessMs: longestStallMs(this.#record, fromMs, sharedNowMs()),
        stealMs: stealMs === null || stolenMs === null ? null : stealMs - stolenMs,
      };
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Atomics.store(this.#record.control, stop, 1);
    Atomics.notify(this.#record.control, stop);
    await this.#ended;
  }
}

/** Since the machine started, of all its processors. Null where there is no `/proc/stat` with that column. */
function readStealMs(): number | null {
  try {
    return parseStealMs(readFileSync('/proc/stat', 'latin1'));
  } catch {
    return null;
  }
}

/** proc(5): the eighth figure of the first line, in hundredths of a second. */
export function parseStealMs(stat: string): number | null {
  const steal = /^cpu +(?:\d+ ){7}(\d+)/u.exec(stat)?.[1];
  return steal === undefined ? null : Number(steal) * 10;
}
