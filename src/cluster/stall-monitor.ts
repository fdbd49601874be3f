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

/** Shared: whether to stop and how many stalls were noted; when it woke up last; a ring of ends and lengths of stalls. */
interface Record {
  readonly control: Int32Array;
  readonly lastWake: Float64Array;
  readonly stalls: Float64Array;
}

const stop = 0;
const noted = 1;

function recordIn(memory: SharedArrayBuffer): Record {
  return {
    control: new Int32Array(memory, 0, 2),
    lastWake: new Float64Array(memory, 8, 1),
    stalls: new Float64Array(memory, 16, 2 * capacity),
  };
}

/** The thread's whole life; returns once it is told to stop. */
export function watchStalls(memory: SharedArrayBuffer): void {
  const { control, lastWake, stalls } = recordIn(memory);
  let lastMs = sharedNowMs();
  lastWake[0] = lastMs;
  while (Atomics.load(control, stop) === 0) {
    Atomics.wait(control, stop, 0, periodMs);
    const nowMs = sharedNowMs();
    const lateMs = nowMs - lastMs - periodMs;
    lastMs = nowMs;
    lastWake[0] = nowMs;
    if (lateMs < noticedMs) continue;
    const at = (2 * Atomics.load(control, noted)) % (2 * capacity);
    stalls[at] = nowMs;
    stalls[at + 1] = lateMs;
    Atomics.add(control, noted, 1);
  }
}

/** From its start until it is disposed of. For one thread at a time. */
export class StallMonitor implements AsyncDisposable {
  readonly #record: Record;
  readonly #ended: Promise<unknown>;

  private constructor(memory: SharedArrayBuffer, worker: Worker) {
    this.#record = recordIn(memory);
    this.#ended = once(worker, 'exit');
  }

  /** Resolves when it watches. */
  static async start(): Promise<StallMonitor> {
    const memory = new SharedArrayBuffer(16 + 16 * capacity);
    const worker = new Worker(new URL('../../workers/stall-monitor.js', import.meta.url), {
      name: 'stall-monitor',
      workerData: memory,
      // Those of `node -e` would keep it from running a file.
      execArgv: [],
    });
    const monitor = new StallMonitor(memory, worker);
    await once(worker, 'message');
    return monitor;
  }

  /** Begins an observation; the function that is returned ends it. */
  observe(): () => HostObservation {
    const { control, lastWake, stalls } = this.#record;
    const fromMs = sharedNowMs();
    const stolenMs = readStealMs();
    return () => {
      const stealMs = readStealMs();
      const count = Atomics.load(control, noted);
      // It may be standing still right now, or not have come back yet.
      const overdueMs = sharedNowMs() - (lastWake[0] ?? 0) - periodMs;
      let latenessMs = (lastWake[0] ?? 0) > 0 && overdueMs >= noticedMs ? overdueMs : 0;
      for (let index = Math.max(0, count - capacity); index < count; index += 1) {
        const at = (2 * index) % (2 * capacity);
        // One that ended later than this began was felt in it.
        if ((stalls[at] ?? 0) >= fromMs) latenessMs = Math.max(latenessMs, stalls[at + 1] ?? 0);
      }
      return { latenessMs, stealMs: stealMs === null || stolenMs === null ? null : stealMs - stolenMs };
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
