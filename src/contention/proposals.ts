/** Proposals that nobody asked for: the part of a flood that comes from outside of the nodes. */
import { setMaxListeners } from 'node:events';
import type { Cluster } from '../cluster/cluster.js';
import { ElectorateError } from '../errors.js';
import type { NodeId } from '../raft/brands.js';
import type { UnderWay } from './under-way.js';

/** What it needs of a cluster. */
export type ProposableCluster = Pick<Cluster, 'node' | 'nodeIds'>;

/** As often as the nodes flood each other. */
const beatMs = 100;
/**
 * With a fill of 1, to each node a beat. Few beside what the nodes send each other: a proposal costs the thread that
 * makes it many times what a message costs, and the leader a flush.
 */
const perBeat = 64;
/** How many beats' worth may be unanswered at a node; what would come on top is left out. */
const unansweredBeats = 4;

/** Open loop: every node, the leader or not, is sent as many on each beat, whatever became of those before. */
export function floodWithProposals(cluster: ProposableCluster, fill: number): UnderWay {
  const ended = new AbortController();
  const { signal } = ended;
  // One a proposal under way: more than Node.js takes for a leak.
  setMaxListeners(0, signal);
  const count = Math.max(1, Math.round(fill * perBeat));
  const unanswered = new Map<NodeId, Set<Promise<void>>>(cluster.nodeIds.map((id) => [id, new Set()]));
  const timer = setInterval(() => {
    for (const [id, waiting] of unanswered) {
      const room = count * unansweredBeats - waiting.size;
      for (let i = 0; i < Math.min(count, room); i += 1) {
        const proposal = proposeTo(cluster, id, signal).finally(() => waiting.delete(proposal));
        waiting.add(proposal);
      }
    }
  }, beatMs);
  return {
    async end() {
      clearInterval(timer);
      ended.abort();
      await Promise.all([...unanswered.values()].flatMap((waiting) => [...waiting]));
    },
  };
}

/** Refused, lost or committed, it was a proposal. */
async function proposeTo(cluster: ProposableCluster, id: NodeId, signal: AbortSignal): Promise<void> {
  try {
    await cluster.node(id).propose('flood', { signal });
  } catch (error) {
    if (!signal.aborted && !(error instanceof ElectorateError)) throw error;
  }
}
