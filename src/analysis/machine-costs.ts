/** What messages, writes and stalls cost on this machine, from a short run of a real cluster. */
import { Cluster } from '../cluster/cluster.js';
import { TrialBench } from './trial-bench.js';
import { pause } from './pause.js';
import { Recording } from './recording.js';
import { settle, statusOf } from './settle.js';
import type { StallSample } from './stalls.js';
import type { Trial } from './trial.js';

/** In ms; of messages and writes empty where no elections were held. */
export interface CostSamples {
  readonly delaysMs: readonly number[];
  readonly writesMs: readonly number[];
  readonly stalls: StallSample;
}

export interface CostsWanted {
  readonly nodes: number;
  readonly store: 'disk' | 'memory';
  readonly seed: number;
  /** How long the threads are watched while nothing happens but heartbeats. */
  readonly watchMs: number;
  /** How many elections are held to time messages and writes. */
  readonly elections: number;
}

/**
 * Heartbeats of 4 ms have a node look at its clock every millisecond: from 3 ms on it notices that it stood still.
 * The timeouts are short for the elections to be quick; what is timed does not depend on them.
 */
const timeouts = { electionTimeoutMs: 80, electionJitterMs: 40, heartbeatMs: 4 };
const leastStallMs = 3;
/** So seldom is asked that asking is no load, so often that two stalls are seldom counted as one. */
const lookEveryMs = 20;

/** @throws what `Cluster.start` and the trials of the bench throw; the signal's reason */
export async function measureCosts(
  { nodes, store, seed, watchMs, elections }: CostsWanted,
  signal: AbortSignal,
): Promise<CostSamples> {
  await using cluster = await Cluster.start({
    nodes,
    store,
    seed,
    ...timeouts,
    rules: { exitNotice: false },
  });
  const { stalls } = await watchIdle(cluster, watchMs, signal);
  const bench = new TrialBench(cluster, signal);
  const trials: Trial[] = [];
  while (trials.length < elections) trials.push(await bench.run());
  return {
    delaysMs: trials.flatMap(({ cost }) => cost.delaysMs),
    writesMs: trials.flatMap(({ cost }) => [...cost.candidateWritesMs, ...cost.voterWritesMs]),
    stalls,
  };
}

export interface IdleWatch {
  /**
   * Of the threads that a leader's heartbeats depend on, which are two: its own, for which the mean of all nodes
   * stands, and the router's.
   */
  readonly stalls: StallSample;
  /** Leaders elected although nothing was done to the one there was. */
  readonly falseElections: number;
  readonly watchedMs: number;
}

/** @throws the signal's reason */
export async function watchIdle(cluster: Cluster, forMs: number, signal: AbortSignal): Promise<IdleWatch> {
  await settle(cluster, signal);
  using recording = new Recording(cluster);
  const { voters, heartbeatMs } = cluster.options;
  const tickMs = Math.max(1, heartbeatMs / 4);
  const lostMs = new Map(
    (await statusOf(cluster, voters, signal)).map((status) => [status.id, status.lostMs]),
  );
  await cluster.status();
  const lengthsMs: number[] = [];
  const startMs = performance.now();
  while (performance.now() < startMs + forMs) {
    await pause(Math.min(lookEveryMs, forMs), signal);
    const [statuses, { router }] = await Promise.all([statusOf(cluster, voters, signal), cluster.status()]);
    for (const status of statuses) {
      const newMs = status.lostMs - (lostMs.get(status.id) ?? 0);
      // The running clock counts a stall as one tick.
      if (newMs > 0) lengthsMs.push(newMs + tickMs);
      lostMs.set(status.id, status.lostMs);
    }
    if (router.maxLagMs > leastStallMs) lengthsMs.push(router.maxLagMs);
  }
  const watchedMs = performance.now() - startMs;
  const threads = voters.length + 1;
  return {
    stalls: {
      lengthsMs: lengthsMs.toSorted((a, b) => a - b),
      leastMs: Math.max(leastStallMs, tickMs + 2),
      watchedMs: (watchedMs * threads) / 2,
    },
    falseElections: recording.events.filter(({ type }) => type === 'elected').length,
    watchedMs,
  };
}
