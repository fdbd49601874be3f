/** Where this process's share of the processors is kept: its cgroup of the cpu controller, of either version. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A cgroup that a process is in. */
export interface CpuCgroup {
  readonly version: 1 | 2;
  /** Its folder. */
  readonly folder: string;
  /** Where its hierarchy begins, as far as it can be seen from here. */
  readonly mount: string;
}

/** `mountinfo` and `cgroup` of a process, see proc(5) and cgroups(7). */
export interface CgroupFiles {
  readonly mountinfo: string;
  readonly cgroup: string;
}

interface Mount {
  readonly type: string;
  /** Which part of the hierarchy is mounted. */
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
}

/** Null where there is none: not Linux, or the controller is not there. */
export function ownCpuCgroup(): CpuCgroup | null {
  try {
    const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
    return findCpuCgroup({ mountinfo, cgroup: readFileSync('/proc/self/cgroup', 'utf8') });
  } catch {
    return null;
  }
}

/** Version 1 where the controller is in a hierarchy of that: it can be in one only. */
export function findCpuCgroup({ mountinfo, cgroup }: CgroupFiles): CpuCgroup | null {
  const mounts = parseMounts(mountinfo);
  // ID:CONTROLLERS:PATH; version 2 has the id 0 and names none.
  for (const line of cgroup.split('\n')) {
    const [, controllers = '', path] = /^[1-9]\d*:([^:]*):(.*)$/u.exec(line) ?? [];
    if (path === undefined || !controllers.split(',').includes('cpu')) continue;
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes('cpu'));
    if (mount !== undefined) return { version: 1, folder: folderIn(mount, path), mount: mount.point };
  }
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  const path = /^0::(.*)$/mu.exec(cgroup)?.[1];
  if (unified === undefined || path === undefined) return null;
  return { version: 2, folder: folderIn(unified, path), mount: unified.point };
}

/** ID PARENT DEVICE ROOT POINT OPTIONS [MORE…] - TYPE SOURCE OPTIONS */
function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', behind = ''] = line.split(' - ');
    const [, , , root, point] = before.split(' ');
    const [type = '', , options = ''] = behind.split(' ');
    if (root === undefined || point === undefined) return [];
    return [{ type, root: unescaped(root), point: unescaped(point), options: options.split(',') }];
  });
}

/** Where a path of the hierarchy is; the mount itself when it lies outside of what is mounted. */
function folderIn({ root, point }: Mount, path: string): string {
  const relative = posix.relative(root, path);
  return relative.startsWith('..') ? point : join(point, relative);
}

/** Blanks are written in octal there. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
