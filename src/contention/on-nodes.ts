/** What is done to nodes through the verbs of their cluster. */
import type { Burden } from '../actor/burden.js';
import type { Cluster } from '../cluster/cluster.js';
import { fixedDelay } from '../delay.js';
import { ElectorateError } from '../errors.js';
import type { NodeId } from '../raft/brands.js';
import type { Rhythm } from './contention.js';
import { passed } from './rhythm.js';
import { repeat, type UnderWay } from './under-way.js';

/** The verbs. What they do to a node lasts over its lives. */
export type BurdenedCluster = Pick<Cluster, 'burden' | 'slowDisk' | 'stallDisk'>;

/** All of them bear it. */
export async function burden(
  cluster: BurdenedCluster,
  nodes: readonly NodeId[],
  one: Burden,
): Promise<UnderWay> {
  const end = async (): Promise<void> => {
    await Promise.all(nodes.map((id) => cluster.burden(id, null)));
  };
  try {
    await Promise.all(nodes.map((id) => cluster.burden(id, one)));
    return { end };
  } catch (error) {
    await Promise.allSettled([end()]);
    throw error;
  }
}

/** Each of their writes takes so much longer. */
export async function slowDisks(
  cluster: BurdenedCluster,
  nodes: readonly NodeId[],
  delayMs: number,
): Promise<UnderWay> {
  const slow = (id: NodeId, ms: number): Promise<void> =>
    cluster.slowDisk(id, fixedDelay(ms), { termsToo: true });
  const end = async (): Promise<void> => {
    await Promise.all(nodes.map((id) => slow(id, 0).catch(unlessDown)));
  };
  try {
    await Promise.all(nodes.map((id) => slow(id, delayMs)));
    return { end };
  } catch (error) {
    await Promise.allSettled([end()]);
    throw error;
  }
}

/** None of their writes ends for so long, again and again. */
export function stallDisks(
  cluster: BurdenedCluster,
  nodes: readonly NodeId[],
  rhythm: Rhythm,
  seed: number,
): UnderWay {
  const stall = async (forMs: number): Promise<void> => {
    await Promise.all(nodes.map((id) => cluster.stallDisk(id, { forMs }).catch(unlessDown)));
  };
  return repeat(rhythm, seed, async (signal) => {
    await stall(rhythm.forMs);
    if (await passed(rhythm.forMs, signal)) return;
    // One that is to be over at once, in the place of the one under way.
    await stall(Number.MIN_VALUE);
  });
}

/** A node that is down, since somebody crashes leaders meanwhile, writes nothing that could be stalled. */
function unlessDown(error: unknown): void {
  if (!(error instanceof ElectorateError && error.code === 'nodeDown')) throw error;
}
