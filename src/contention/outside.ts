/** What a contention does to the cluster's process from outside: it suspends it, and limits its quota. */
import { sharedNowMs } from '../actor/clock.js';
import { ElectorateError, messageOf, type ErrorCode } from '../errors.js';
import { burnInProcesses, burnInThreads } from './burners.js';
import type { Contention, Exertion, ExertionKind, Rhythm } from './contention.js';
import { ownCpuCgroup, type CpuCgroup } from './cpu-cgroup.js';
import type { OuterPressure, Suspension } from './pressure.js';
import { QuotaGroup, quotaFolder, systemFolders, type CgroupFolders } from './quota-group.js';
import type { Throttling } from './readings.js';
import { passed } from './rhythm.js';
import { endAll, repeat, type UnderWay } from './under-way.js';
import type { Watchdog } from './watchdog.js';

/** What was done. */
export interface OutsideReport {
  readonly pressure: OuterPressure;
  readonly suspensions: readonly Suspension[];
}

/** What it tells of what it holds. */
export type Guardian = Pick<Watchdog, 'holdGroup' | 'releaseGroup' | 'holdCgroup' | 'releaseCgroup'>;

/** Where cgroups are made. */
export interface CgroupPlace {
  /** Of this process; null: there is none. */
  readonly own: CpuCgroup | null;
  readonly folders: CgroupFolders;
}

type Of<K extends ExertionKind> = Extract<Exertion, { kind: K }>;

/**
 * Why a contention can't be exerted on this machine, or by this user; null when it can. Tries what may be refused, and
 * leaves nothing of it.
 */
export async function outsideRefusal({ exertions }: Contention): Promise<string | null> {
  for (const exertion of exertions) {
    const reason = await refusalOf(exertion);
    if (reason !== null) return reason;
  }
  return null;
}

async function refusalOf(exertion: Exertion): Promise<string | null> {
  switch (exertion.kind) {
    case 'quota':
      return await quotaRefusal(exertion);
    case 'stop':
      return process.platform === 'win32' ? "processes can't be suspended on Windows" : null;
    case 'burners':
    case 'processes':
      return exertion.nice === 0 ? null : await priorityRefusal(exertion);
    default:
      return null;
  }
}

async function quotaRefusal({ percent, periodMs }: Of<'quota'>): Promise<string | null> {
  const own = ownCpuCgroup();
  if (own === null) return 'no cgroup of the cpu controller is there to put a process into';
  try {
    const group = new QuotaGroup(own, quotaFolder(own, groupName('trial')));
    try {
      group.limit(percent, periodMs);
    } finally {
      await group.remove();
    }
    return null;
  } catch (error) {
    return `a cgroup with that quota can't be made in ${own.folder}: ${messageOf(error)}`;
  }
}

async function priorityRefusal({ kind, nice }: Of<'burners' | 'processes'>): Promise<string | null> {
  try {
    const burning = await (kind === 'burners' ? burnInThreads(1, nice) : burnInProcesses(1, nice));
    await burning.end();
    return null;
  } catch (error) {
    if (error instanceof ElectorateError) return error.message;
    throw error;
  }
}

let groupsMade = 0;

/** Unlike any other's of this machine. */
function groupName(of: number | 'trial'): string {
  groupsMade += 1;
  return `electorate-${process.pid}-${groupsMade}-${of}`;
}

/**
 * For whoever holds the process: `prepare` it as soon as it is there, `begin` when its cluster has settled, `end`; and
 * dispose of it when the process has ended, which removes the cgroup.
 */
export class OutsideExertion implements AsyncDisposable {
  readonly #contention: Contention;
  readonly #group: number;
  readonly #watchdog: Guardian;
  readonly #quota: QuotaGroup | null;
  readonly #suspensions: Suspension[] = [];
  #underWay: UnderWay[] = [];
  #before: Throttling | null = null;
  #report: Promise<OutsideReport> | null = null;

  private constructor(contention: Contention, group: number, watchdog: Guardian, quota: QuotaGroup | null) {
    this.#contention = contention;
    this.#group = group;
    this.#watchdog = watchdog;
    this.#quota = quota;
  }

  /**
   * Puts the process into its cgroup, without a quota yet, before it has threads and children; nothing else is done.
   * @param group the process group, by the id of its first process
   * @param cgroups another machine's: for tests
   * @throws ElectorateError `startFailed` with nothing left, where a cgroup is needed and can't be made
   */
  static async prepare(
    contention: Contention,
    group: number,
    watchdog: Guardian,
    cgroups: CgroupPlace = { own: ownCpuCgroup(), folders: systemFolders },
  ): Promise<OutsideExertion> {
    const limited = contention.exertions.some(({ kind }) => kind === 'quota');
    watchdog.holdGroup(group);
    try {
      const quota = limited ? await admitted(group, watchdog, cgroups) : null;
      return new OutsideExertion(contention, group, watchdog, quota);
    } catch (error) {
      watchdog.releaseGroup(group);
      throw error;
    }
  }

  /** The folder of its cgroup; null without a quota. */
  get cgroup(): string | null {
    return this.#quota?.folder ?? null;
  }

  /**
   * @param seed of the moments that are drawn
   * @throws ElectorateError `startFailed` with nothing being done, when a quota can't be set
   */
  begin(seed: number): void {
    const { exertions } = this.#contention;
    for (const exertion of exertions) if (exertion.kind === 'quota') this.#limit(exertion);
    for (const [at, exertion] of exertions.entries()) {
      if (exertion.kind === 'stop') this.#underWay.push(this.#stopAgainAndAgain(exertion, seed + at));
    }
  }

  /**
   * The process runs, and has no quota, when this has resolved.
   * @throws ElectorateError `leftBehind` when it runs and keeps its quota
   */
  end(): Promise<OutsideReport> {
    this.#report ??= this.#end();
    return this.#report;
  }

  /** @throws ElectorateError `leftBehind` when the cgroup does not go: the watchdog goes on holding it */
  async [Symbol.asyncDispose](): Promise<void> {
    // Whatever became of it: a quota goes with its cgroup.
    await Promise.allSettled([this.end()]);
    try {
      if (this.#quota !== null) await removed(this.#quota, this.#watchdog);
    } finally {
      this.#watchdog.releaseGroup(this.#group);
    }
  }

  async #end(): Promise<OutsideReport> {
    await endAll(this.#underWay);
    this.#underWay = [];
    ofSystem('leftBehind', "The quota can't be lifted", () => this.#quota?.lift());
    const totalMs = this.#suspensions.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
    return {
      pressure: {
        throttled: this.#throttled(),
        stopped: { times: this.#suspensions.length, totalMs },
      },
      suspensions: this.#suspensions,
    };
  }

  #limit({ percent, periodMs }: Of<'quota'>): void {
    ofSystem('startFailed', "The quota can't be set", () => {
      this.#before = this.#quota?.read() ?? null;
      this.#quota?.limit(percent, periodMs);
    });
  }

  #throttled(): Throttling | null {
    const before = this.#before;
    const after = this.#readQuota();
    if (after === null || before === null) return null;
    return {
      periods: after.periods - before.periods,
      throttledPeriods: after.throttledPeriods - before.throttledPeriods,
      throttledMs: after.throttledMs - before.throttledMs,
    };
  }

  /** Null also where it can't be read: a quota without evidence is told as such, and what else was measured is kept. */
  #readQuota(): Throttling | null {
    try {
      return this.#quota?.read() ?? null;
    } catch {
      return null;
    }
  }

  #stopAgainAndAgain(rhythm: Rhythm, seed: number): UnderWay {
    return repeat(rhythm, seed, async (signal) => {
      if (!signalGroup(this.#group, 'SIGSTOP')) return;
      const fromMs = sharedNowMs();
      await passed(rhythm.forMs, signal);
      signalGroup(this.#group, 'SIGCONT');
      this.#suspensions.push({ fromMs, untilMs: sharedNowMs() });
    });
  }
}

async function admitted(pid: number, watchdog: Guardian, { own, folders }: CgroupPlace): Promise<QuotaGroup> {
  if (own === null) throw noCgroup('there is none of the cpu controller', undefined);
  let folder: string | null = null;
  let quota: QuotaGroup | null = null;
  try {
    folder = quotaFolder(own, groupName(pid), folders);
    watchdog.holdCgroup({ folder, home: own.folder });
    quota = new QuotaGroup(own, folder, folders);
    quota.admit(pid);
    return quota;
  } catch (error) {
    if (quota !== null) await removed(quota, watchdog);
    else if (folder !== null) watchdog.releaseCgroup(folder);
    throw noCgroup(messageOf(error), error);
  }
}

/** One that does not go is held on. @throws ElectorateError `leftBehind` */
async function removed(quota: QuotaGroup, watchdog: Guardian): Promise<void> {
  try {
    await quota.remove();
  } catch (error) {
    const what = `The cgroup ${quota.folder} can't be removed: ${messageOf(error)}`;
    throw new ElectorateError('leftBehind', what, { cause: error, details: { folder: quota.folder } });
  }
  watchdog.releaseCgroup(quota.folder);
}

/** What the system refuses is told as a failure of this library. */
function ofSystem<T>(code: ErrorCode, what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new ElectorateError(code, `${what}: ${messageOf(error)}`, { cause: error });
  }
}

function noCgroup(reason: string, cause: unknown): ElectorateError {
  return new ElectorateError('startFailed', `The process can't be put into a cgroup: ${reason}`, { cause });
}

/** @returns false when there is nobody in it any more */
function signalGroup(group: number, signal: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
