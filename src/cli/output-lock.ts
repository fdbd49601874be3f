/**
 * Files that one process at a time writes again and again. Whoever holds one puts an empty file beside it, with its
 * process and that process's start in the name, so that the lock of a killed one is told from that of a living one.
 */
import { readFileSync } from 'node:fs';
import { readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { refuseOption } from '../options.js';

/**
 * Holds it until it is disposed of. Of two who come at once none may get it, but never both. What is no plain file can't
 * be held, and a file in a folder that nothing may be put into is not held either: both pass. A process of another
 * machine or container that shares the folder is not seen.
 * @param option as in the command line, without the dashes
 * @throws ElectorateError `invalidOption` while another process that lives holds it
 */
export async function holdOutput(option: string, file: string): Promise<AsyncDisposable> {
  const there = await stat(file).catch(() => null);
  if (there?.isFile() === false) return unheld;
  const folder = await realpath(dirname(file));
  const target = there === null ? join(folder, basename(file)) : await realpath(file);
  const own = `${target}.${process.pid}-${startOf(process.pid) ?? ''}.lock`;
  try {
    await writeFile(own, '');
  } catch {
    return unheld;
  }
  const release = (): Promise<void> => remove(own);
  try {
    // Looked for only now: of two, whoever looks later sees the other.
    for (const { path, pid, start } of await locksOf(target)) {
      if (path === own) continue;
      if (pid !== process.pid && startOf(pid) === start) {
        refuseOption(option, file, `to be written by no other run (process ${pid} is at it)`);
      }
      await remove(path);
    }
    return { [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** One that can't be removed any more is that of a process that is dead or dying, and holds nobody up. */
function remove(path: string): Promise<void> {
  return rm(path, { force: true }).catch(() => {});
}

const unheld: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

interface Lock {
  readonly path: string;
  readonly pid: number;
  readonly start: string;
}

async function locksOf(target: string): Promise<Lock[]> {
  const folder = dirname(target);
  const locks: Lock[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(target)}.`)) continue;
    const [, pid, start] = /^\.(\d+)-(\d*)\.lock$/u.exec(name.slice(basename(target).length)) ?? [];
    if (pid !== undefined && start !== undefined) {
      locks.push({ path: join(folder, name), pid: Number(pid), start });
    }
  }
  return locks;
}

/** Null: it does not live. Empty where the system does not tell, so that any life of that id is taken for the same. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return isThere(pid) ? '' : null;
  try {
    // Behind the name, which may hold anything: the 3rd field is the state, the 22nd the start, in ticks of this boot.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return /^[ZX]/u.test(fields[0] ?? '') ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
