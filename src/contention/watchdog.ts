/**
 * What outlives the command, even a `kill -9` of it: a process in a session of its own, that ends when the command does
 * and takes with it what the command had stopped, limited or started.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ElectorateError } from '../errors.js';
import { invariant } from '../raft/invariant.js';
import { nothingHeld, type Held, type HeldCgroup, type ToGuard } from './guard.js';

/** From its start until it is disposed of; what is still held then did not go, and it tries that once more. */
export class Watchdog implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #input: Writable;
  readonly #closed: Promise<void>;
  #held: Held = nothingHeld;
  #isGone = false;

  private constructor(child: ChildProcess, input: Writable) {
    this.#process = child;
    this.#input = input;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    void this.#closed.then(() => (this.#isGone = true));
    // One that has ended hears nothing: whoever tells it something next is told so.
    input.on('error', () => (this.#isGone = true));
  }

  /** @throws ElectorateError `startFailed` */
  static async start(): Promise<Watchdog> {
    const entry = fileURLToPath(new URL('../../workers/watchdog.js', import.meta.url));
    const child = spawn(process.execPath, [entry], {
      // No signal of the terminal reaches it, and it holds no folder.
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new ElectorateError('startFailed', "The watchdog can't be started", { cause: error });
    }
    // It shall not keep whoever forgets it from ending.
    child.unref();
    return new Watchdog(child, child.stdin);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Looks after a process group from now on. To be called before anything is done to it.
   * @throws ElectorateError `startFailed` when it is not there any more
   */
  holdGroup(group: number): void {
    // A signal to group 0 is one to our own, and one to group 1 reaches everybody.
    invariant(Number.isSafeInteger(group) && group > 1, () => `No process group of our own: ${group}`);
    this.#hold({ ...this.#held, groups: [...this.#held.groups, group] });
  }

  /** As soon as it is empty: its id may be given to another one then. */
  releaseGroup(group: number): void {
    this.#tell({ ...this.#held, groups: this.#held.groups.filter((one) => one !== group) });
  }

  /** Before it is made: one that is not there is fine. */
  holdCgroup(cgroup: HeldCgroup): void {
    this.#hold({ ...this.#held, cgroups: [...this.#held.cgroups, cgroup] });
  }

  releaseCgroup(folder: string): void {
    this.#tell({ ...this.#held, cgroups: this.#held.cgroups.filter((one) => one.folder !== folder) });
  }

  /** A temporary folder, all of it. */
  holdFolder(folder: string): void {
    invariant(basename(folder).startsWith('electorate-'), () => `No folder of our own: ${folder}`);
    this.#hold({ ...this.#held, folders: [...this.#held.folders, folder] });
  }

  releaseFolder(folder: string): void {
    this.#tell({ ...this.#held, folders: this.#held.folders.filter((one) => one !== folder) });
  }

  /** It ends: at once when nothing is held, and otherwise as if the command were gone, when that is cleared away. */
  async [Symbol.asyncDispose](): Promise<void> {
    const isHolding = Object.values(this.#held).some((list: readonly unknown[]) => list.length > 0);
    if (!isHolding && !this.#isGone) {
      this.#input.write(`${JSON.stringify('allIsWell' satisfies ToGuard)}\n`);
    }
    this.#input.end();
    this.#process.ref();
    await this.#closed;
  }

  #hold(held: Held): void {
    if (this.#isGone) {
      const what = `The watchdog, process ${this.pid}, has ended: nothing can be done that it would have to undo`;
      throw new ElectorateError('startFailed', what);
    }
    this.#tell(held);
  }

  /** What is released needs nobody to look after it, so that its end is no reason to lose what was measured. */
  #tell(held: Held): void {
    this.#held = held;
    if (this.#isGone) return;
    this.#input.write(`${JSON.stringify(held satisfies ToGuard)}\n`);
  }
}
