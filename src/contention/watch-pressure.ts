/** The handle of the thread that watches the pressure on this process. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ElectorateError } from '../errors.js';
import { invariant } from '../raft/invariant.js';
import type { FromSampler, Seen, ToSampler } from './pressure-sampler.js';

/**
 * From its start until it is ended or disposed of; end it while what exerts is still there. Costs less than half a
 * hundredth of a core.
 */
export class PressureWatch implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  #seen: Promise<Seen> | null = null;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = once(worker, 'exit');
    // Told by whoever asks what was seen.
    this.#exited.catch(() => {});
  }

  /**
   * Resolves when it watches; the main thread is watched in any case.
   * @param threads their names by the system's ids
   */
  static async start(threads: ReadonlyMap<number, string>): Promise<PressureWatch> {
    const worker = new Worker(new URL('../../workers/pressure-sampler.js', import.meta.url), {
      name: 'pressure-sampler',
      // Those of `node -e` would keep it from running a file.
      execArgv: [],
    });
    const watch = new PressureWatch(worker);
    await once(worker, 'message');
    watch.name('main', process.pid);
    for (const [threadId, thread] of threads) watch.name(thread, threadId);
    return watch;
  }

  /** A node's thread in its next life, say: it goes by that name from now on, and its past is added to. */
  name(thread: string, threadId: number): void {
    this.#worker.postMessage({ type: 'name', thread, threadId } satisfies ToSampler);
  }

  /** What was seen since the start. */
  end(): Promise<Seen> {
    this.#seen ??= this.#end();
    return this.#seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #end(): Promise<Seen> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage({ type: 'end' } satisfies ToSampler);
    const ended = this.#exited.then(() => {
      throw new ElectorateError('startFailed', 'The thread that watches the pressure has ended');
    });
    const [message] = (await Promise.race([answer, ended])) as [FromSampler];
    ended.catch(() => {});
    await this.#exited;
    invariant(message.type === 'seen', 'The sampler began twice');
    const { type: _, ...seen } = message;
    return seen;
  }
}
