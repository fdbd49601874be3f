/** Takes the leader of a running cluster away, again and again, and gives it back: never more than one at a time. */
import type { Cluster } from '../../cluster/cluster.js';
import type { Leader } from '../../cluster/leader-view.js';
import { createRandom, drawBetween, type RandomState } from '../../raft/random.js';
import { pause, pausePrecisely } from '../pause.js';
import { timeLimit } from '../time-limit.js';

const everyMs = 1_000;
/** How long a node stays down. */
const downMs = 500;
/** How long a cluster may be without a leader before one gives up waiting for the next. */
const patienceMs = 10_000;

/**
 * Every second until `until`, at a random phase of its heartbeat; a second in which nobody was found to lead is left out.
 * Resolves when every node is up again and somebody leads, or none was found to.
 * @throws the reason of `signal`
 */
export async function crashLeaders(
  cluster: Cluster,
  {
    until,
    seed,
    signal,
  }: { readonly until: AbortSignal; readonly seed: number; readonly signal: AbortSignal },
): Promise<void> {
  const random = createRandom(seed);
  const ended = AbortSignal.any([until, signal]);
  let lost: Leader | null = null;
  while (!ended.aborted) {
    const dueMs = performance.now() + everyMs;
    const leader = await leaderAfter(cluster, lost, ended);
    if (leader !== null) {
      await crashFor(cluster, leader, random, signal);
      lost = leader;
    }
    await orEnded(pause(Math.max(0, dueMs - performance.now()), ended), ended);
  }
  signal.throwIfAborted();
  // The last failover is measured to its end.
  await leaderAfter(cluster, lost, signal);
  signal.throwIfAborted();
}

async function crashFor(
  cluster: Cluster,
  { id }: Leader,
  random: RandomState,
  signal: AbortSignal,
): Promise<void> {
  await pausePrecisely(drawBetween(random, 0, cluster.options.heartbeatMs), signal);
  await cluster.crash(id);
  await pause(downMs, signal);
  await cluster.restart(id);
}

async function leaderAfter(
  cluster: Cluster,
  lost: Leader | null,
  ended: AbortSignal,
): Promise<Leader | null> {
  const limit = timeLimit(patienceMs);
  const afterTerm = lost?.term ?? 0;
  return await orEnded(
    cluster.waitForLeader({ afterTerm, signal: AbortSignal.any([limit, ended]) }),
    AbortSignal.any([limit, ended]),
  );
}

/** Null when it was called off. */
async function orEnded<T>(work: Promise<T>, ended: AbortSignal): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (ended.aborted) return null;
    throw error;
  }
}
