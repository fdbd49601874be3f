/**
 * The curves of figure 16 on real threads: a real leader, crashed after one of its broadcasts, and four survivors whose
 * logs differ because the entries that it sent last have reached one, two, three or none of them. What their disks are
 * to cost is added to a store in memory; messages take what they take.
 */
import type { NodeEvent } from '../actor/protocol.js';
import { Cluster } from '../cluster/cluster.js';
import { ElectorateError } from '../errors.js';
import type { ClusterOptions } from '../options.js';
import type { NodeId, Term } from '../raft/brands.js';
import { invariant } from '../raft/invariant.js';
import { createRandom, drawBetween, type RandomState } from '../raft/random.js';
import {
  figure16RetryMs,
  figure16Write,
  limitMs,
  type Figure16Sample,
  type Figure16Task,
} from '../simulation/figure-16.js';
import { pause, pausePrecisely } from './pause.js';
import { Recording } from './recording.js';
import { settle, statusOf } from './settle.js';
import { timeLimit } from './time-limit.js';
import { analyzeTrial, stallMs, wasDeposedBefore, type TrialContext } from './trial.js';

/** Of the five: so many votes a leader needs. */
const quorum = 3;

/** How long an entry may take to those that are to have it, in ms: then the leader is no leader any more. */
const partingMs = 10_000;

/** Whom to tell of each trial, and what ends the run. */
/** What one curve is made of. */
export interface MeasuredSample {
  /** Every trial. */
  readonly all: Figure16Sample;
  /** Those that no stall of the machine touched; null where there are none by design. */
  readonly quiet: Figure16Sample | null;
}

export interface ThreadsRun {
  readonly onTrial: (done: number) => void;
  readonly signal: AbortSignal;
}

/**
 * One row, the profiles in turns, so that a stall of the machine hits them alike. One result for each task.
 * @param tasks of one range
 * @throws ElectorateError `trialTimedOut` when a cluster does not settle; what `Cluster.start` throws; the signal's reason
 */
export async function measureRow(
  tasks: readonly Figure16Task[],
  { onTrial, signal }: ThreadsRun,
): Promise<MeasuredSample[]> {
  const benches: RowBench[] = [];
  try {
    for (const task of tasks) benches.push(await RowBench.start(task, signal));
    const trials = Math.max(...tasks.map((task) => task.trials));
    for (let done = 1; done <= trials; done += 1) {
      for (const bench of benches) await bench.run();
      onTrial(done);
    }
    return benches.map(({ sample }) => sample);
  } finally {
    for (const bench of benches) await bench.stop();
  }
}

/** In ms from the crash. */
interface Election {
  readonly electedMs: number;
  readonly knownMs: number;
  readonly isStalled: boolean;
}

class RowBench {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #random: RandomState;
  readonly #elections: Election[] = [];
  #unelected = 0;

  static async start(task: Figure16Task, signal: AbortSignal): Promise<RowBench> {
    signal.throwIfAborted();
    return new RowBench(await Cluster.start(clusterOptionsOf(task)), task.seed, signal);
  }

  private constructor(cluster: Cluster, seed: number, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
    this.#random = createRandom(seed);
  }

  get sample(): MeasuredSample {
    const unelected = this.#unelected;
    const quiet = this.#elections.filter(({ isStalled }) => !isStalled);
    return { all: { ...sort(this.#elections), unelected }, quiet: { ...sort(quiet), unelected } };
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }

  /** One trial. One whose leader was replaced before it could be crashed is made again. */
  async run(): Promise<void> {
    while (!(await this.#crashLeader()));
  }

  async #crashLeader(): Promise<boolean> {
    const cluster = this.#cluster;
    const { leader, term, lastLogIndex } = await this.#settle();
    const survivors = shuffle(
      cluster.options.voters.filter((id) => id !== leader),
      this.#random,
    );
    using recording = new Recording(cluster);
    let crashed = false;
    try {
      if (!(await this.#partLogs(leader, term, survivors, lastLogIndex))) return false;
      for (const id of survivors) await cluster.slowDisk(id, figure16Write);
      // The entries were contact for some and not for others; one broadcast later all were heard together again.
      const { heartbeatMs } = cluster.options;
      await pausePrecisely(drawBetween(this.#random, heartbeatMs, heartbeatMs), this.#signal);
      const { atMs } = await cluster.crash(leader);
      crashed = true;
      const context: TrialContext = { crashed: leader, crashedAtMs: atMs, term, survivors };
      return await this.#watch(context, recording);
    } finally {
      await cluster.heal();
      if (crashed) await cluster.restart(leader);
    }
  }

  async #settle(): Promise<{
    readonly leader: NodeId;
    readonly term: Term;
    readonly lastLogIndex: number;
  }> {
    let lastLogIndex = 0;
    const settled = await this.#within(limitMs, (signal) =>
      settle(this.#cluster, signal, ([status]) => (lastLogIndex = status?.lastLogIndex ?? 0)),
    );
    if (settled !== null) return { ...settled, lastLogIndex };
    throw new ElectorateError('trialTimedOut', `The cluster did not settle within ${limitMs} ms`, {
      details: { boundMs: limitMs },
    });
  }

  /**
   * One entry after the other, each to one survivor less: the first gets none, the last all three. Heartbeats reach all.
   * @returns false when the leader was replaced meanwhile
   */
  async #partLogs(
    leader: NodeId,
    term: Term,
    survivors: readonly NodeId[],
    lastLogIndex: number,
  ): Promise<boolean> {
    const cluster = this.#cluster;
    for (let entries = 1; entries < survivors.length; entries += 1) {
      const behind = survivors[entries - 1] ?? leader;
      await cluster.setLink(leader, behind, { entriesLost: true });
      // The last of them reaches no quorum: its outcome is unknown to the end.
      cluster
        .node(leader)
        .propose(entries, { signal: this.#signal })
        .catch(() => undefined);
      const parted = await this.#within(partingMs, (signal) =>
        this.#reached(survivors, (rank) => lastLogIndex + Math.min(rank, entries), term, signal),
      );
      if (parted !== true) return false;
    }
    return true;
  }

  /** Resolves to false when the term has moved, to true when all logs are as long as they should be. */
  async #reached(
    survivors: readonly NodeId[],
    lengthOf: (rank: number) => number,
    term: Term,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (;;) {
      const statuses = await statusOf(this.#cluster, survivors, signal);
      if (statuses.some((status) => status.term !== term)) return false;
      const lengths = survivors.map((id) => statuses.find((status) => status.id === id)?.lastLogIndex);
      if (lengths.every((length, rank) => length === lengthOf(rank))) return true;
      await pause(1, signal);
    }
  }

  /** Until everybody knows a leader that has committed, or nobody was elected for too long. */
  async #watch(context: TrialContext, recording: Recording): Promise<boolean> {
    const { events } = recording;
    const trial = await this.#within(limitMs, (signal) =>
      recording.first(
        ['elected', 'ready', 'leaderKnown'],
        () => (wasDeposedBefore(context, events) ? 'deposedBefore' : analyzeTrial(context, events)),
        signal,
      ),
    );
    if (trial === 'deposedBefore') return false;
    if (trial === null) {
      this.#unelected += 1;
      return true;
    }
    // As in the simulation: the first leader, whether or not it stayed one.
    const [first] = events
      .filter((event) => event.type === 'elected' && event.term > context.term)
      .toSorted((a, b) => a.atMs - b.atMs);
    invariant(first !== undefined, 'who knows a leader has seen it elected');
    invariant(
      context.survivors.indexOf(first.node) >= quorum - 1,
      () => `${first.node} lacks what a quorum has, and was elected`,
    );
    this.#elections.push({
      electedMs: first.atMs - context.crashedAtMs,
      knownMs: trial.knownMs,
      isStalled: events.some((event) => event.atMs >= context.crashedAtMs && showsStall(event)),
    });
    return true;
  }

  /** Null when it takes longer. */
  async #within<T>(boundMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const limit = timeLimit(boundMs);
    try {
      return await work(AbortSignal.any([limit, this.#signal]));
    } catch (error) {
      if (error === limit.reason) return null;
      throw error;
    }
  }
}

function clusterOptionsOf({
  electionTimeoutMs,
  electionJitterMs,
  profile,
  seed,
}: Figure16Task): ClusterOptions {
  return {
    nodes: 5,
    electionTimeoutMs,
    electionJitterMs,
    heartbeatMs: electionTimeoutMs / 2,
    retryJitterMs: figure16RetryMs,
    successorSlotMs: figure16RetryMs,
    profile,
    rules: { exitNotice: false },
    store: 'memory',
    seed,
  };
}

/** A timer or a write took {@link stallMs} longer than it was to take; the lateness leaves out what was lost. */
function showsStall(event: NodeEvent): boolean {
  if (event.type === 'timerFired') return event.lateMs + event.lostMs > stallMs;
  return event.type === 'written' && event.durationMs > figure16Write.maxMs + stallMs;
}

function sort(elections: readonly Election[]): Pick<Figure16Sample, 'electedMs' | 'knownMs'> {
  return {
    electedMs: elections.map(({ electedMs }) => electedMs).toSorted((a, b) => a - b),
    knownMs: elections.map(({ knownMs }) => knownMs).toSorted((a, b) => a - b),
  };
}

/** Any order is as likely: those left are drawn from, one by one. */
function shuffle(ids: readonly NodeId[], random: RandomState): NodeId[] {
  const left = [...ids];
  return ids.flatMap(() => left.splice(Math.floor(drawBetween(random, 0, left.length)), 1));
}
