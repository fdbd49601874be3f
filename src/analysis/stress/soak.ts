/**
 * A cluster under random contention and random faults for as long as is asked for, with writers: what it promised has to
 * hold, and nothing of what it takes may grow but its logs.
 */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Cluster } from '../../cluster/cluster.js';
import { between } from '../../cluster/delay-option.js';
import { exertInside } from '../../contention/exert.js';
import { parseContention } from '../../contention/parse-contention.js';
import { ElectorateError } from '../../errors.js';
import type { ClusterOptions, ResolvedClusterOptions } from '../../options.js';
import type { NodeId } from '../../raft/brands.js';
import type { Entry } from '../../raft/log.js';
import { createRandom, drawBetween, type RandomState } from '../../raft/random.js';
import { describeMachine, type Machine } from '../machine.js';
import { pause } from '../pause.js';
import { describeUnrest, settle } from '../settle.js';
import { inTime } from '../time-limit.js';
import {
  differencesOf,
  growthPerMinute,
  inconstancies,
  LeaderWatch,
  missingOf,
  type SoakSample,
} from './soak-checks.js';
import { pick, strikeAtRandom, type SoakFault } from './soak-faults.js';

/** What can be done from inside a process; small floods, since proposals stay in the logs. */
const contentions = [
  'none',
  'burners:2x',
  'burners:4x',
  'hog:100/500@leader',
  'hog:400/1000@follower',
  'memory:100',
  'main:500/1000',
  'flood:0.2x',
  'disk:20',
  'disk:200/1000',
  'burners:2x+hog:50/~300@all',
];

/** What `soak()` is asked for. */
export interface SoakOptions {
  /** Default 900,000: fifteen minutes. */
  readonly durationMs?: number | undefined;
  /** Default five nodes at T 150. */
  readonly cluster?: ClusterOptions | undefined;
}

/** One contention, the faults meanwhile, and the rest behind it. */
export interface SoakEpisode {
  readonly contention: string;
  readonly faults: readonly SoakFault[];
  /** At rest behind it. */
  readonly sample: SoakSample;
}

/** How `soak()` is watched and ended. */
export interface SoakRun {
  /** Called behind each episode; must not throw. */
  readonly onEpisode?: ((episode: SoakEpisode) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `soak()` resolves with. */
export interface SoakResult {
  readonly schema: 'electorate.soak/1';
  readonly machine: Machine;
  readonly cluster: ResolvedClusterOptions;
  readonly durationMs: number;
  readonly episodes: readonly SoakEpisode[];
  readonly elections: number;
  /** Values that writers were told are committed, and those that were not found where they were told. */
  readonly acknowledged: number;
  readonly missing: readonly number[];
  /** Rules that were broken, and what is not constant that has to be, in words. */
  readonly violations: readonly string[];
  readonly inconstancies: readonly string[];
  /** Of the memory without the logs, in bytes a minute; null where there were too few samples. */
  readonly growthPerMinute: number | null;
}

/** Between two writes, and how many may be under way. */
const writeEveryMs = 50;
const mostUnderWay = 64;

/**
 * On the calling thread, which some of it blocks.
 * @throws ElectorateError `invalidOption`; what `Cluster.start` throws; `trialTimedOut` when the cluster does not come to
 *   rest behind an episode; the signal's reason
 */
export async function soak(
  options: SoakOptions = {},
  { onEpisode, signal = new AbortController().signal }: SoakRun = {},
): Promise<SoakResult> {
  const durationMs = between('durationMs', options.durationMs ?? 900_000, 1000, 86_400_000);
  const machine = describeMachine();
  const leaders = new LeaderWatch();
  const given = { seed: randomInt(2 ** 32), ...options.cluster };
  await using cluster = await Cluster.start(given, { onEvent: (event) => leaders.see(event) });
  const random = createRandom(cluster.options.seed);
  using writer = new Writer(cluster);
  const beganMs = performance.now();
  const entryBytes = bytesOfAnEntry();
  const episodes: SoakEpisode[] = [];
  await restOf(cluster, signal);
  while (performance.now() - beganMs < durationMs) {
    const leftMs = durationMs - (performance.now() - beganMs);
    const episode = await runEpisode(cluster, { random, lengthMs: Math.min(leftMs, 5000), signal });
    await writer.quiet(signal);
    const { entries } = await restOf(cluster, signal);
    const sample = takeSample(performance.now() - beganMs, entries, entryBytes * cluster.nodeIds.length);
    episodes.push({ ...episode, sample });
    onEpisode?.({ ...episode, sample });
    writer.resume();
  }
  await writer.quiet(signal);
  await restOf(cluster, signal);
  const logs = await logsOf(cluster, signal);
  const [log = []] = logs.values();
  const samples = episodes.map(({ sample }) => sample);
  return {
    schema: 'electorate.soak/1',
    machine,
    cluster: cluster.options,
    durationMs,
    episodes,
    elections: leaders.elections,
    acknowledged: writer.acknowledged.size,
    missing: missingOf(writer.acknowledged, log),
    violations: [...leaders.violations, ...differencesOf(logs)],
    inconstancies: inconstancies(samples),
    growthPerMinute: growthPerMinute(samples),
  };
}

/** Contention and faults at once, and all of it undone. */
async function runEpisode(
  cluster: Cluster,
  {
    random,
    lengthMs,
    signal,
  }: { readonly random: RandomState; readonly lengthMs: number; readonly signal: AbortSignal },
): Promise<Omit<SoakEpisode, 'sample'>> {
  const contention = pick(contentions, random);
  const { id: leader } = await cluster.waitForLeader({ signal });
  const seed = Math.floor(drawBetween(random, 0, 2 ** 32));
  const exerted = await exertInside(parseContention(contention), cluster, { leader, seed });
  const ended = new AbortController();
  const striking = strikeAtRandom(cluster, random, ended.signal);
  const ends = async (): Promise<readonly SoakFault[]> => {
    ended.abort();
    // The nodes are up again first: nobody takes a burden off one that is down.
    const [faults] = await Promise.allSettled([striking]);
    await exerted.end();
    if (faults.status === 'rejected') throw faults.reason;
    return faults.value;
  };
  try {
    // A fault that fails ends the episode at once.
    await Promise.race([pause(lengthMs, signal), striking]);
  } catch (error) {
    await Promise.allSettled([ends()]);
    throw error;
  }
  const faults = await ends();
  await cluster.heal();
  return { contention, faults };
}

/** All at rest, with nothing restarting. */
async function restOf(cluster: Cluster, signal: AbortSignal): Promise<{ readonly entries: number }> {
  let unrest = '';
  let entries = 0;
  await inTime(
    cluster.options,
    signal,
    'come to rest',
    (until) =>
      settle(cluster, until, (statuses) => {
        unrest = describeUnrest(cluster.options.voters, statuses);
        entries = Math.max(0, ...statuses.map(({ lastLogIndex }) => lastLogIndex));
      }),
    () => unrest,
  );
  return { entries };
}

async function logsOf(cluster: Cluster, signal: AbortSignal): Promise<Map<NodeId, readonly Entry[]>> {
  const logs = new Map<NodeId, readonly Entry[]>();
  for (const id of cluster.nodeIds) logs.set(id, await cluster.node(id).log({ signal }));
  return logs;
}

/** Writes on its beat, and keeps what it was told is committed: number and index. */
class Writer implements Disposable {
  readonly acknowledged = new Map<number, number>();
  readonly #cluster: Cluster;
  readonly #ended = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #next = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.resume();
  }

  resume(): void {
    this.#timer ??= setInterval(() => this.#write(), writeEveryMs);
  }

  /** No writes any more, and none under way: what has no answer for long is given up. */
  async quiet(signal: AbortSignal): Promise<void> {
    this.#stopBeat();
    await Promise.all(this.#underWay);
    signal.throwIfAborted();
  }

  [Symbol.dispose](): void {
    this.#stopBeat();
    this.#ended.abort();
  }

  #stopBeat(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #write(): void {
    if (this.#underWay.size >= mostUnderWay) return;
    this.#next += 1;
    const writing = this.#propose(this.#next).finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
  }

  async #propose(number: number): Promise<void> {
    try {
      const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(5000)]);
      const { index } = await this.#cluster.propose({ soak: number }, { signal });
      this.acknowledged.set(number, index);
    } catch (error) {
      // Refused, unknown or too late: nothing was promised.
      if (!(error instanceof ElectorateError) && !isAbort(error)) throw error;
    }
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

function takeSample(atMs: number, entries: number, bytesPerIndex: number): SoakSample {
  collectGarbage();
  const residentBytes = process.memoryUsage.rss();
  return {
    atMs,
    entries,
    residentBytes,
    ownBytes: residentBytes - entries * bytesPerIndex,
    threads: readThreads(),
    ports: process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length,
    files: readFiles(),
  };
}

function readThreads(): number | null {
  try {
    return Number(/^Threads:\s+(\d+)$/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return null;
  }
}

/** The folder that is read is open meanwhile, each time. */
function readFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}

/** Of this thread; those of the nodes have theirs when they have to. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** What an entry takes in a log: measured on entries that came over a port, as a follower's do. */
function bytesOfAnEntry(): number {
  const count = 20_000;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const log = structuredClone(
    Array.from({ length: count }, (_, at) => ({
      index: at + 1,
      term: 7,
      payload: { type: 'command', value: { soak: at } },
    })),
  );
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) / log.length;
}
