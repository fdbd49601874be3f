/** The process of a cell, as the command holds it: in a group of its own, of which nothing is left when it has ended. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ElectorateError, messageOf } from '../../errors.js';
import { invariant } from '../../raft/invariant.js';
import { timeLimit } from '../time-limit.js';
import type { FromCell, ToCell } from './cell-protocol.js';

/** What it says before it dies is told, but not all of it. */
const maxLastWords = 2_000;

/** Dispose of it, whatever it came to: that kills what is left of its group, and removes its folder. */
export class CellProcess implements AsyncDisposable {
  /** Of the process, and of its group. */
  readonly pid: number;
  /** Of its temporary files: it may have no time to remove them. */
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #said: FromCell[] = [];
  readonly #exited: Promise<void>;
  #lastWords = '';
  #end: string | null = null;
  #onChange: () => void = () => {};

  private constructor(child: ChildProcess, pid: number, folder: string) {
    this.#child = child;
    this.pid = pid;
    // What could not be sent to it, it has not heard: its end tells that.
    child.on('error', () => {});
    this.folder = folder;
    child.on('message', (message) => {
      this.#said.push(message as FromCell);
      this.#onChange();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-maxLastWords);
    });
    this.#exited = new Promise((resolve) => {
      // Behind everything that it has said.
      child.once('close', (code, signal) => {
        this.#end = describeEnd(code, signal);
        this.#onChange();
        resolve();
      });
    });
  }

  /**
   * @param entry of another process, as a path: for tests
   * @throws CellFailure when it can't be started
   */
  static async start(
    entry: string = fileURLToPath(new URL('../../../workers/stress-cell.js', import.meta.url)),
  ): Promise<CellProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'electorate-cell-'));
    const child = fork(entry, {
      detached: true,
      serialization: 'advanced',
      // Those of `node -e` would keep it from running a file.
      execArgv: [],
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    try {
      await once(child, 'spawn');
      const { pid } = child;
      invariant(pid !== undefined, 'A process that was spawned has an id');
      return new CellProcess(child, pid, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw new CellFailure(`its process could not be started: ${messageOf(error)}`);
    }
  }

  tell(message: ToCell): void {
    // Whether it has arrived shows in the answer.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /**
   * The next thing it says, which has to be of that kind.
   * @throws CellFailure when it did not say so in time, has ended, has failed, or says something else; the signal's reason
   */
  async hear<K extends FromCell['type']>(
    type: K,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<Extract<FromCell, { type: K }>> {
    const limit = timeLimit(withinMs);
    const message = await this.#next(AbortSignal.any([limit, signal]));
    signal.throwIfAborted();
    if (message === null) throw new CellFailure(`its process did not say that it is ${type} in time`);
    if (message.type === 'failed') throw new CellFailure(message.reason);
    if (!isOf(message, type)) throw new CellFailure(`its process said ${message.type} instead of ${type}`);
    return message;
  }

  /**
   * Kills all that is left of its group, whatever state that is in, and removes its files.
   * @throws ElectorateError `leftBehind` when they do not go
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#killGroup();
    await this.#exited;
    try {
      await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    } catch (error) {
      const what = `The folder ${this.folder} can't be removed: ${messageOf(error)}`;
      throw new ElectorateError('leftBehind', what, { cause: error, details: { folder: this.folder } });
    }
  }

  /** Null when `until` is over first. */
  #next(until: AbortSignal): Promise<FromCell | null> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        this.#onChange = () => {};
        until.removeEventListener('abort', onAbort);
        then();
      };
      const onAbort = (): void => settle(() => resolve(null));
      const look = (): void => {
        const message = this.#said.shift();
        if (message !== undefined) settle(() => resolve(message));
        else if (this.#end !== null) settle(() => reject(new CellFailure(this.#describeEnd())));
      };
      if (until.aborted) return resolve(null);
      until.addEventListener('abort', onAbort);
      this.#onChange = look;
      look();
    });
  }

  #describeEnd(): string {
    const words = this.#lastWords.trim();
    return `its process ${this.#end}${words === '' ? '' : `: ${words}`}`;
  }

  #killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }
}

/** Why a cell has nothing to tell. No public error: it becomes the outcome of the cell. */
export class CellFailure extends Error {
  override readonly name = 'CellFailure';
}

function isOf<K extends FromCell['type']>(
  message: FromCell,
  type: K,
): message is Extract<FromCell, { type: K }> {
  return message.type === type;
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
