/** What is done to a process from outside, on real ones; and what is left of it when its holder is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ownCpuCgroup } from '../../src/contention/cpu-cgroup.js';
import type { HeldCgroup } from '../../src/contention/guard.js';
import { judgePressure } from '../../src/contention/judge-pressure.js';
import {
  OutsideExertion,
  outsideRefusal,
  type CgroupPlace,
  type Guardian,
} from '../../src/contention/outside.js';
import { parseContention } from '../../src/contention/parse-contention.js';
import type { Pressure } from '../../src/contention/pressure.js';
import { membersOf, type CgroupFolders } from '../../src/contention/quota-group.js';
import { Watchdog } from '../../src/contention/watchdog.js';
import { ElectorateError } from '../../src/errors.js';
import { eventually, temporaryFolder } from '../cluster/support.js';

const isLinux = process.platform === 'linux';
const burner = fileURLToPath(new URL('../../workers/burner-process.js', import.meta.url));
const holder = fileURLToPath(new URL('../children/holder.js', import.meta.url));

/** A process in a group of its own that burns, for as long as the test holds it. */
async function startBurner(): Promise<
  AsyncDisposable & { readonly pid: number; readonly child: ChildProcess }
> {
  const child = spawn(process.execPath, [burner], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdin.write('burn\n');
  const { pid } = child;
  if (pid === undefined) throw new Error('It was not started');
  return {
    pid,
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** Nothing but what was done from outside. */
const nothingSeen: Omit<Pressure, 'throttled' | 'stopped'> = {
  durationMs: 500,
  threads: null,
  stalledMs: null,
  stealMs: null,
  burdened: [],
  mainBlockedMs: 0,
  mailbox: { fullest: 0, dropped: 0 },
  writes: { count: 0, p50Ms: 0, maxMs: 0 },
};

test.serial('stop: the process is suspended again and again, and runs in the end', async (t) => {
  const contention = parseContention('stop:60/100');
  await using watchdog = await Watchdog.start();
  await using burning = await startBurner();
  await using outside = await OutsideExertion.prepare(contention, burning.pid, watchdog);
  outside.begin(1);
  // Where states are told, five times over; elsewhere for as long as that takes.
  if (!isLinux) await setTimeout(500);
  for (let times = isLinux ? 0 : 5; times < 5; times += 1) {
    await eventually(async () => stateOf(burning.pid) === 'T');
    await eventually(async () => stateOf(burning.pid) !== 'T');
  }
  const { pressure, suspensions } = await outside.end();
  t.is(await outside.end().then((report) => report.pressure), pressure, 'asked again');
  const verdict = judgePressure(contention, { ...nothingSeen, ...pressure });
  t.log(verdict.evidence);
  t.true(verdict.exerted, verdict.evidence);
  t.is(pressure.stopped.times, suspensions.length);
  for (const { fromMs, untilMs } of suspensions.slice(0, -1)) t.true(untilMs - fromMs > 50);
  if (isLinux) t.not(stateOf(burning.pid), 'T');
});

test.serial('stop: its end continues what is suspended at that moment', async (t) => {
  await using watchdog = await Watchdog.start();
  await using burning = await startBurner();
  const contention = parseContention('stop:20000/20001');
  await using outside = await OutsideExertion.prepare(contention, burning.pid, watchdog);
  outside.begin(1);
  if (!isLinux) return t.log('the state of a process is not told here');
  await eventually(async () => stateOf(burning.pid) === 'T');
  const { suspensions } = await outside.end();
  t.is(suspensions.length, 1);
  t.not(stateOf(burning.pid), 'T');
});

test.serial('quota: it runs out again and again, and is gone in the end', async (t) => {
  const contention = parseContention('quota:20/10');
  const reason = await outsideRefusal(contention);
  if (reason !== null) return t.log(`skipped: ${reason}`);
  await using watchdog = await Watchdog.start();
  await using burning = await startBurner();
  {
    await using outside = await OutsideExertion.prepare(contention, burning.pid, watchdog);
    t.is(cgroupsOf(process.pid).length, 1);
    outside.begin(1);
    const ranOut = (): number =>
      Number(/nr_throttled (\d+)/u.exec(readFileSync(`${outside.cgroup}/cpu.stat`, 'utf8'))?.[1] ?? 0);
    await eventually(async () => ranOut() >= 5);
    const { pressure } = await outside.end();
    const verdict = judgePressure(contention, { ...nothingSeen, ...pressure });
    t.log(verdict.evidence);
    t.true(verdict.exerted, verdict.evidence);
    t.true((pressure.throttled?.throttledMs ?? 0) > 0);
    t.true((pressure.throttled?.periods ?? 0) >= (pressure.throttled?.throttledPeriods ?? 0));
  }
  t.deepEqual(cgroupsOf(process.pid), []);
  t.is(stateOf(burning.pid), 'R', 'it is out of it, and goes on');
});

test.serial('without a quota nothing is throttled, and a process that is gone is no error', async (t) => {
  await using watchdog = await Watchdog.start();
  const burning = await startBurner();
  await using outside = await OutsideExertion.prepare(parseContention('stop:5/10'), burning.pid, watchdog);
  await burning[Symbol.asyncDispose]();
  outside.begin(1);
  await setTimeout(50);
  t.deepEqual(await outside.end(), {
    pressure: { throttled: null, stopped: { times: 0, totalMs: 0 } },
    suspensions: [],
  });
});

test.serial('a process that is gone before it is prepared leaves no cgroup', async (t) => {
  const contention = parseContention('quota:50');
  const reason = await outsideRefusal(contention);
  if (reason !== null) return t.log(`skipped: ${reason}`);
  await using watchdog = await Watchdog.start();
  const burning = await startBurner();
  await burning[Symbol.asyncDispose]();
  await t.throwsAsync(OutsideExertion.prepare(contention, burning.pid, watchdog), {
    code: 'startFailed',
    message: /^The process can't be put into a cgroup: /,
  });
  t.deepEqual(cgroupsOf(process.pid), []);
});

test.serial('what can not be exerted is refused before anything starts', async (t) => {
  t.is(await outsideRefusal(parseContention('none')), null);
  t.is(await outsideRefusal(parseContention('hog:1/2@leader+stop:1/2+burners:1')), null);
  if (isLinux) t.is(await outsideRefusal(parseContention('burners:1@nice3+processes:1@nice5')), null);
  // More than there is: no kernel takes it, though the word would have been refused as well.
  const impossible = {
    text: '',
    exertions: [{ kind: 'quota' as const, percent: 50, periodMs: 60_000 }],
  };
  t.regex(
    (await outsideRefusal(impossible)) ?? '',
    /^(no cgroup of the cpu controller|a cgroup with that quota can't be made in .*: )/,
  );
  const unheard = { text: '', exertions: [{ kind: 'processes' as const, count: 1, nice: 100 }] };
  t.regex((await outsideRefusal(unheard)) ?? '', /can't burn at priority 100/);
  t.deepEqual(cgroupsOf(process.pid), []);
});

test.serial('a watchdog that holds nothing any more touches nothing, and ends', async (t) => {
  await using burning = await startBurner();
  const watchdog = await Watchdog.start();
  watchdog.holdGroup(burning.pid);
  watchdog.releaseGroup(burning.pid);
  const { pid } = watchdog;
  t.true(isThere(pid));
  await watchdog[Symbol.asyncDispose]();
  t.false(isThere(pid));
  t.true(isThere(burning.pid));
  await t.notThrowsAsync(watchdog[Symbol.asyncDispose]());
});

test.serial('what a watchdog still holds at its end it clears away, and then it ends', async (t) => {
  await using temporary = await temporaryFolder();
  await using burning = await startBurner();
  const folder = await mkdtemp(join(temporary.path, 'electorate-held-'));
  const watchdog = await Watchdog.start();
  watchdog.holdGroup(burning.pid);
  watchdog.holdFolder(folder);
  await watchdog[Symbol.asyncDispose]();
  t.false(isThere(watchdog.pid));
  t.false(isThere(burning.pid));
  t.false(existsSync(folder));
});

/** What a watchdog would hold. */
class FakeGuardian implements Guardian {
  held: readonly string[] = [];

  holdGroup(group: number): void {
    this.held = [...this.held, `group ${group}`];
  }

  releaseGroup(group: number): void {
    this.#release(`group ${group}`);
  }

  holdCgroup({ folder }: HeldCgroup): void {
    this.held = [...this.held, folder];
  }

  releaseCgroup(folder: string): void {
    this.#release(folder);
  }

  #release(what: string): void {
    this.held = this.held.filter((one) => one !== what);
  }
}

/** As the kernel of a machine with cgroups of version 1 would have it, but for what it refuses. */
function placeThatRefuses(...refused: readonly (keyof CgroupFolders)[]): CgroupPlace {
  const orRefuse = (call: keyof CgroupFolders): void => {
    if (refused.includes(call)) throw Object.assign(new Error(`EBUSY: ${call}`), { code: 'EBUSY' });
  };
  return {
    own: { version: 1, folder: '/cg', mount: '/cg' },
    folders: {
      make: () => orRefuse('make'),
      remove: () => orRefuse('remove'),
      write: () => orRefuse('write'),
      read: (path) => {
        orRefuse('read');
        return path.endsWith('cpu.stat') ? 'nr_periods 5\nnr_throttled 3\nthrottled_time 2000000\n' : '';
      },
    },
  };
}

const quota = parseContention('quota:50');

test('a cgroup that does not go is told, and the watchdog goes on holding it, but not the group', async (t) => {
  const guardian = new FakeGuardian();
  const outside = await OutsideExertion.prepare(quota, 4242, guardian, placeThatRefuses('remove'));
  outside.begin(1);
  t.is((await outside.end()).pressure.throttled?.periods, 0);
  const error = await t.throwsAsync(outside[Symbol.asyncDispose](), {
    instanceOf: ElectorateError,
    code: 'leftBehind',
  });
  t.is(error?.message, `The cgroup ${outside.cgroup} can't be removed: EBUSY: remove`);
  t.deepEqual(guardian.held, [outside.cgroup]);
});

test('a process that can not be put into its cgroup: what can be released is', async (t) => {
  const guardian = new FakeGuardian();
  const prepare = (...refused: readonly (keyof CgroupFolders)[]): Promise<unknown> =>
    OutsideExertion.prepare(quota, 4242, guardian, placeThatRefuses(...refused));
  for (const call of ['make', 'write'] as const) {
    await t.throwsAsync(prepare(call), {
      code: 'startFailed',
      message: `The process can't be put into a cgroup: EBUSY: ${call}`,
    });
    t.deepEqual(guardian.held, []);
  }
  await t.throwsAsync(prepare('write', 'remove'), { instanceOf: ElectorateError, code: 'leftBehind' });
  t.is(guardian.held.length, 1);
  t.regex(guardian.held[0] ?? '', /^\/cg\/electorate-/u);
});

test('a quota that can not be set, lifted or read is a failure of ours, or of no account', async (t) => {
  const refused: (keyof CgroupFolders)[] = [];
  const place = placeThatRefuses();
  const folders: CgroupFolders = {
    make: (folder) => place.folders.make(folder),
    remove: (folder) => place.folders.remove(folder),
    write: (path, text) => placeThatRefuses(...refused).folders.write(path, text),
    read: (path) => placeThatRefuses(...refused).folders.read(path),
  };
  const guardian = new FakeGuardian();
  const prepared = (): Promise<OutsideExertion> =>
    OutsideExertion.prepare(quota, 4242, guardian, { ...place, folders });
  const [unset, unlifted, unread] = [await prepared(), await prepared(), await prepared()];
  unlifted.begin(1);
  unread.begin(1);
  refused.push('write');
  t.throws(() => unset.begin(1), { code: 'startFailed', message: "The quota can't be set: EBUSY: write" });
  await t.throwsAsync(unlifted.end(), {
    code: 'leftBehind',
    message: "The quota can't be lifted: EBUSY: write",
  });
  refused.splice(0, 1, 'read');
  t.is((await unread.end()).pressure.throttled, null);
  refused.pop();
  for (const one of [unset, unlifted, unread]) await one[Symbol.asyncDispose]();
  t.deepEqual(guardian.held, []);
});

test.serial(
  'a watchdog looks after no group that is everybody, and no folder that is not ours',
  async (t) => {
    await using watchdog = await Watchdog.start();
    for (const group of [0, 1, -1, Number.NaN]) {
      t.throws(() => watchdog.holdGroup(group), { name: 'InvariantError' });
    }
    t.throws(() => watchdog.holdFolder('/'), { name: 'InvariantError' });
  },
);

test.serial(
  'a watchdog that was killed holds nothing more, and needs not be told what is released',
  async (t) => {
    const watchdog = await Watchdog.start();
    process.kill(watchdog.pid, 'SIGKILL');
    const hold = async (): Promise<unknown> => {
      try {
        watchdog.holdGroup(process.pid);
        return null;
      } catch (error) {
        return error;
      }
    };
    await eventually(async () => (await hold()) !== null);
    t.like(await hold(), {
      code: 'startFailed',
      message: `The watchdog, process ${watchdog.pid}, has ended: nothing can be done that it would have to undo`,
    });
    t.notThrows(() => watchdog.releaseGroup(process.pid));
    await watchdog[Symbol.asyncDispose]();
  },
);

/** What a holder has, as it tells it. */
interface Holding {
  readonly watchdog: number;
  readonly group: number;
  readonly children: readonly number[];
  readonly cgroup: string | null;
  readonly folder: string;
}

const ends = [
  ['it was killed', 'SIGKILL', (pid: number) => pid],
  // As a terminal does for Ctrl-C: all of the holder's group, which the watchdog is not of.
  ['its group was interrupted', 'SIGINT', (pid: number) => -pid],
] as const;

for (const [how, signal, target] of ends) {
  test.serial(`a holder that stops, limits and burns leaves nothing behind when ${how}`, async (t) => {
    if (!isLinux) return t.log('whose children processes are is not told here');
    const running = spawn(process.execPath, [holder], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // What fails must not leave it behind: its output would keep this file from ending.
    t.teardown(() => running.kill('SIGKILL'));
    const lines = createInterface({ input: running.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const { watchdog, group, children, cgroup, folder } = JSON.parse(line) as Holding;
    t.is(stateOf(group), 'T', 'it is suspended');
    t.true(existsSync(folder));
    t.true(children.length > 0 && children.every((pid) => stateOf(pid) === 'T'));
    t.is(cgroup === null, (await outsideRefusal(parseContention('quota:50'))) !== null);
    // It was put there before it had any: they came with it.
    if (cgroup !== null)
      t.deepEqual(membersOf(cgroup).toSorted(ascending), [group, ...children].toSorted(ascending));
    t.is(cgroupsOf(running.pid).length, cgroup === null ? 0 : 1);

    process.kill(target(running.pid ?? 0), signal);
    await once(running, 'exit');
    await eventually(async () => [watchdog, group, ...children].every((pid) => !isThere(pid)));
    if (cgroup !== null) t.false(existsSync(cgroup));
    t.false(existsSync(folder));
    t.deepEqual(cgroupsOf(running.pid), []);
  });
}

function ascending(a: number, b: number): number {
  return a - b;
}

function isThere(pid: number): boolean {
  // One that has ended and was not yet asked for is no process any more.
  return existsSync(`/proc/${pid}`) ? stateOf(pid) !== 'Z' : false;
}

/** R, S, D, T (stopped), Z… of proc(5). */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';
  } catch {
    return '';
  }
}

/** Those that this process has made, and not what others of the machine have meanwhile. */
function cgroupsOf(holderId: number | undefined): string[] {
  const own = ownCpuCgroup();
  return own === null
    ? []
    : readdirSync(own.folder).filter((name) => name.startsWith(`electorate-${holderId}-`));
}
