/** A cgroup of our own, whose processes get so much of the processors and no more, the way containers do. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { CpuCgroup } from './cpu-cgroup.js';
import { parseCpuStat, type Throttling } from './readings.js';

/** What is done to the folders of cgroups; each call throws the system's error. */
export interface CgroupFolders {
  make(folder: string): void;
  remove(folder: string): void;
  read(path: string): string;
  /** Of a file that is there already. */
  write(path: string, text: string): void;
}

/** The machine's own, where cgroups are mounted. */
export const systemFolders: CgroupFolders = {
  make: (folder) => mkdirSync(folder),
  remove: (folder) => rmdirSync(folder),
  read: (path) => readFileSync(path, 'latin1'),
  write: (path, text) => writeFileSync(path, text, { flag: 'r+' }),
};

/** How long one that was emptied is tried to be removed: what has just ended may be in it for a moment. */
const removalMs = 2_000;
const againMs = 10;

/**
 * Where a cgroup of that name can be made; nothing is made yet. With version 2 a cgroup hands the controller on to those
 * below it where it was told to, which only one without processes, or the topmost, can be: that is the process's own, or
 * the one above. Being told lasts, and alone limits nothing.
 * @throws the system's error where it may not be
 */
export function quotaFolder(own: CpuCgroup, name: string, folders: CgroupFolders = systemFolders): string {
  if (own.version === 1) return join(own.folder, name);
  const above = own.folder === own.mount ? [] : [dirname(own.folder)];
  const refusals = [own.folder, ...above].map((folder) => {
    try {
      handOn(folder, folders);
      return { folder, error: null };
    } catch (error) {
      return { folder, error };
    }
  });
  const willing = refusals.find(({ error }) => error === null);
  if (willing === undefined) throw refusals[0]?.error;
  return join(willing.folder, name);
}

function handOn(folder: string, folders: CgroupFolders): void {
  const path = join(folder, 'cgroup.subtree_control');
  if (folders.read(path).trim().split(' ').includes('cpu')) return;
  folders.write(path, '+cpu');
}

/** From when it is made until it is removed. */
export class QuotaGroup {
  readonly folder: string;
  readonly #own: CpuCgroup;
  readonly #folders: CgroupFolders;

  /**
   * Without a quota yet.
   * @param own where processes are put that are still in it at its end
   * @param folder from {@link quotaFolder}
   * @throws the system's error where it may not be
   */
  constructor(own: CpuCgroup, folder: string, folders: CgroupFolders = systemFolders) {
    folders.make(folder);
    this.folder = folder;
    this.#own = own;
    this.#folders = folders;
  }

  /** The process and all its threads; what they start from then on is in it as well. */
  admit(pid: number): void {
    this.#write('cgroup.procs', String(pid));
  }

  /** So many per cent of one processor in each period. */
  limit(percent: number, periodMs: number): void {
    const periodUs = Math.round(periodMs * 1e3);
    const quotaUs = Math.round((percent / 100) * periodUs);
    if (this.#own.version === 2) return this.#write('cpu.max', `${quotaUs} ${periodUs}`);
    this.#write('cpu.cfs_period_us', String(periodUs));
    this.#write('cpu.cfs_quota_us', String(quotaUs));
  }

  /** No quota any more. */
  lift(): void {
    if (this.#own.version === 2) this.#write('cpu.max', 'max');
    else this.#write('cpu.cfs_quota_us', '-1');
  }

  /** Since it was made; null where the system does not say. */
  read(): Throttling | null {
    return parseCpuStat(this.#folders.read(join(this.folder, 'cpu.stat')));
  }

  /** Lets out whoever is still in it. */
  async remove(): Promise<void> {
    await removeGroup(this.folder, this.#own, this.#folders);
  }

  #write(name: string, text: string): void {
    this.#folders.write(join(this.folder, name), text);
  }
}

/**
 * Puts out whoever is in it, and removes it. One that is not there is fine.
 * @throws the system's error when it does not go within two seconds
 */
export async function removeGroup(
  folder: string,
  { folder: home }: Pick<CpuCgroup, 'folder'>,
  folders: CgroupFolders = systemFolders,
): Promise<void> {
  for (let leftMs = removalMs; ; leftMs -= againMs) {
    try {
      for (const pid of membersOf(folder, folders)) move(pid, home, folders);
      folders.remove(folder);
      return;
    } catch (error) {
      if (isMissing(error)) return;
      if (leftMs <= 0) throw error;
      await setTimeout(againMs);
    }
  }
}

/** @throws the system's error, e.g. when it is not there */
export function membersOf(folder: string, folders: CgroupFolders = systemFolders): number[] {
  const text = folders.read(join(folder, 'cgroup.procs')).trim();
  return text === '' ? [] : text.split('\n').map(Number);
}

function move(pid: number, folder: string, folders: CgroupFolders): void {
  try {
    folders.write(join(folder, 'cgroup.procs'), String(pid));
  } catch {
    // It has ended meanwhile. One that is still there keeps the cgroup from being removed, which is told.
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
