import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import test from 'ava';
import type { CpuCgroup } from '../../src/contention/cpu-cgroup.js';
import {
  membersOf,
  QuotaGroup,
  quotaFolder,
  removeGroup,
  type CgroupFolders,
} from '../../src/contention/quota-group.js';

/** What a kernel shows of one hierarchy, as far as it is used here. */
class FakeKernel implements CgroupFolders {
  readonly files = new Map<string, string>();
  readonly #version: 1 | 2;
  /** How often a cgroup that was emptied is still busy. */
  busy = 0;
  /** Processes that can't be moved. */
  readonly stuck = new Set<number>();

  constructor(version: 1 | 2, mount: string) {
    this.#version = version;
    this.make(mount);
  }

  make(folder: string): void {
    const parent = this.files.get(join(dirname(folder), 'cgroup.subtree_control'));
    const names =
      this.#version === 1
        ? ['cpu.cfs_quota_us', 'cpu.cfs_period_us', 'cpu.stat']
        : parent === undefined || parent.split(' ').includes('cpu')
          ? ['cgroup.subtree_control', 'cpu.max', 'cpu.stat']
          : ['cgroup.subtree_control'];
    for (const name of ['cgroup.procs', ...names]) this.files.set(join(folder, name), '');
  }

  remove(folder: string): void {
    if (this.read(join(folder, 'cgroup.procs')) !== '' || this.busy > 0) {
      this.busy -= 1;
      throw failure('EBUSY');
    }
    for (const path of this.files.keys()) if (dirname(path) === folder) this.files.delete(path);
  }

  read(path: string): string {
    const text = this.files.get(path);
    if (text === undefined) throw failure('ENOENT');
    return text;
  }

  write(path: string, text: string): void {
    const before = this.read(path);
    switch (basename(path)) {
      case 'cgroup.procs':
        return this.#move(text, path);
      case 'cgroup.subtree_control': {
        // "No internal processes", but in the topmost one (cgroups(7)).
        const folder = dirname(path);
        const isTopmost = !this.files.has(join(dirname(folder), 'cgroup.procs'));
        if (!isTopmost && this.read(join(folder, 'cgroup.procs')) !== '') throw failure('EBUSY');
        this.files.set(path, `${before} ${text.slice(1)}`.trim());
        return;
      }
      default:
        this.files.set(path, text);
    }
  }

  #move(pid: string, to: string): void {
    if (this.stuck.has(Number(pid))) throw failure('EACCES');
    for (const [path, text] of this.files) {
      if (basename(path) !== 'cgroup.procs') continue;
      const pids = text.split('\n').filter((one) => one !== '' && one !== pid);
      this.files.set(path, [...pids, ...(path === to ? [pid] : [])].join('\n'));
    }
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as the system says`), { code });
}

const mount = '/cg';
const at = (version: 1 | 2, folder: string): CpuCgroup => ({ version, folder, mount });

test('version 1: a quota is set in the two files of the cgroup, and lifted', async (t) => {
  const kernel = new FakeKernel(1, mount);
  const own = at(1, mount);
  const group = new QuotaGroup(own, quotaFolder(own, 'mine', kernel), kernel);
  t.is(group.folder, '/cg/mine');
  group.admit(42);
  group.limit(50, 100);
  t.is(kernel.read('/cg/mine/cpu.cfs_period_us'), '100000');
  t.is(kernel.read('/cg/mine/cpu.cfs_quota_us'), '50000');
  group.lift();
  t.is(kernel.read('/cg/mine/cpu.cfs_quota_us'), '-1');
  kernel.files.set('/cg/mine/cpu.stat', 'nr_periods 5\nnr_throttled 3\nthrottled_time 2000000\n');
  t.deepEqual(group.read(), { periods: 5, throttledPeriods: 3, throttledMs: 2 });
  await group.remove();
  t.is(kernel.read('/cg/cgroup.procs'), '42', 'who was in it is back where it came from');
  t.false(kernel.files.has('/cg/mine/cgroup.procs'));
});

test('version 2: one file has the quota and its period', async (t) => {
  const kernel = new FakeKernel(2, mount);
  const own = at(2, mount);
  kernel.write('/cg/cgroup.procs', '1');
  const group = new QuotaGroup(own, quotaFolder(own, 'mine', kernel), kernel);
  t.is(
    kernel.read('/cg/cgroup.subtree_control'),
    'cpu',
    'the topmost one was told to hand the controller on',
  );
  group.limit(150, 20.5);
  t.is(kernel.read('/cg/mine/cpu.max'), '30750 20500');
  group.lift();
  t.is(kernel.read('/cg/mine/cpu.max'), 'max');
  kernel.files.set(
    '/cg/mine/cpu.stat',
    'usage_usec 9\nnr_periods 5\nnr_throttled 3\nthrottled_usec 2000\nnr_bursts 0\n',
  );
  t.deepEqual(group.read(), { periods: 5, throttledPeriods: 3, throttledMs: 2 });
  await group.remove();
});

test('version 2 in a cgroup with processes: it can hand nothing on, so the one above has to', (t) => {
  const kernel = new FakeKernel(2, mount);
  kernel.write('/cg/cgroup.subtree_control', '+cpu');
  kernel.make('/cg/service');
  kernel.write('/cg/service/cgroup.procs', '7');
  const own = at(2, '/cg/service');
  t.is(quotaFolder(own, 'mine', kernel), '/cg/mine');
  const group = new QuotaGroup(own, quotaFolder(own, 'mine', kernel), kernel);
  group.limit(50, 100);
  t.is(kernel.read('/cg/mine/cpu.max'), '50000 100000');
});

test('version 2 where nobody hands the controller on: the reason is what the system says of the own one', (t) => {
  const kernel = new FakeKernel(2, mount);
  kernel.make('/cg/user');
  kernel.make('/cg/user/session');
  kernel.write('/cg/user/cgroup.procs', '6');
  kernel.write('/cg/user/session/cgroup.procs', '7');
  t.throws(() => quotaFolder(at(2, '/cg/user/session'), 'mine', kernel), { code: 'EBUSY' });
});

test('a cgroup that is busy for a moment is removed then; one that is gone already is fine', async (t) => {
  const kernel = new FakeKernel(1, mount);
  const own = at(1, mount);
  const group = new QuotaGroup(own, '/cg/mine', kernel);
  kernel.busy = 3;
  await group.remove();
  t.false(kernel.files.has('/cg/mine/cgroup.procs'));
  await t.notThrowsAsync(group.remove());
  await t.notThrowsAsync(removeGroup('/cg/never', own, kernel));
});

test('one that does not go is told', async (t) => {
  const kernel = new FakeKernel(1, mount);
  const group = new QuotaGroup(at(1, mount), '/cg/mine', kernel);
  group.admit(9);
  kernel.stuck.add(9);
  await t.throwsAsync(group.remove(), { code: 'EBUSY' });
  t.deepEqual(membersOf('/cg/mine', kernel), [9]);
});

test('where cgroups may not be made, the system says why', (t) => {
  const missing = '/proc/nowhere';
  t.false(existsSync(missing));
  t.throws(() => new QuotaGroup(at(1, missing), join(missing, 'mine')), { code: 'ENOENT' });
});
