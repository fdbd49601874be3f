/** When a cluster is at rest, so that a trial may begin. */
import { setMaxListeners } from 'node:events';
import type { NodeStatus } from '../actor/protocol.js';
import type { Cluster } from '../cluster/cluster.js';
import { ElectorateError } from '../errors.js';
import type { NodeId, Term } from '../raft/brands.js';
import { pause } from './pause.js';

/** Who leads a settled cluster. */
export interface Settled {
  readonly leader: NodeId;
  readonly term: Term;
}

/** Heartbeats that every voter must have answered since everything else was in place. */
const heartbeatsToSettle = 2;

/**
 * Resolves when all voters follow one leader in one term with equal logs, no restart wait is running, and every voter
 * has answered two heartbeats since. Asks the nodes twice in a heartbeat interval, and hands on what they answered.
 * @throws the signal's reason
 */
export async function settle(
  cluster: Cluster,
  signal: AbortSignal,
  onStatuses?: (statuses: readonly NodeStatus[]) => void,
): Promise<Settled> {
  const { voters, heartbeatMs } = cluster.options;
  let since: Rest | null = null;
  for (;;) {
    const statuses = await statusOf(cluster, voters, signal);
    onStatuses?.(statuses);
    const rest = findRest(voters, statuses);
    if (rest === null || since === null || rest.leader !== since.leader || rest.term !== since.term)
      since = rest;
    else if (rest.heartbeatsAnswered >= since.heartbeatsAnswered + heartbeatsToSettle) return rest;
    await pause(heartbeatMs / 2, signal);
  }
}

/** A settled state but for the heartbeats, and how many of this term the slowest voter has answered. */
export interface Rest extends Settled {
  readonly heartbeatsAnswered: number;
}

/** Pure: what the last statuses of all voters say, null while they are not at rest. A missing status is no rest. */
export function findRest(voters: readonly NodeId[], statuses: readonly NodeStatus[]): Rest | null {
  const leader = statuses.find((status) => status.role === 'leader');
  if (leader === undefined || !voters.every((id) => statuses.some((status) => status.id === id))) return null;
  const follows = (status: NodeStatus): boolean =>
    status.leaderId === leader.id &&
    status.term === leader.term &&
    status.lastLogIndex === leader.lastLogIndex &&
    status.lastLogTerm === leader.lastLogTerm &&
    status.commitIndex === leader.lastLogIndex &&
    status.restartWaitMs === 0 &&
    status.participating;
  if (!statuses.every(follows)) return null;
  const answered = voters
    .filter((id) => id !== leader.id)
    .map((id) => leader.peers.find((peer) => peer.id === id)?.heartbeatsAnswered ?? 0);
  return { leader: leader.id, term: leader.term, heartbeatsAnswered: Math.min(...answered) };
}

/** For whoever waited in vain: what each voter was seen to be last. */
export function describeUnrest(voters: readonly NodeId[], statuses: readonly NodeStatus[]): string {
  return voters
    .map((id) => {
      const status = statuses.find((candidate) => candidate.id === id);
      if (status === undefined) return `${id} does not answer`;
      const { role, leaderId, term, lastLogIndex, commitIndex, restartWaitMs } = status;
      const wait = restartWaitMs > 0 ? `, waits ${restartWaitMs.toFixed(0)} ms after a restart` : '';
      return `${id} ${role} of ${leaderId ?? 'nobody'} in term ${term}, ${commitIndex}/${lastLogIndex} committed${wait}`;
    })
    .join('; ');
}

/**
 * Of the nodes that are up, all asked at once: one that is on its way back has none.
 * @throws the signal's reason
 */
export async function statusOf(
  cluster: Cluster,
  ids: readonly NodeId[],
  signal: AbortSignal,
): Promise<NodeStatus[]> {
  // One signal for all: more listeners than Node.js takes for a leak.
  setMaxListeners(2 * ids.length + 10, signal);
  const statuses = await Promise.all(
    ids.map((id) =>
      cluster
        .node(id)
        .status({ signal })
        .catch((error: unknown) => {
          if (error instanceof ElectorateError && error.code === 'nodeDown') return null;
          throw error;
        }),
    ),
  );
  return statuses.filter((status) => status !== null);
}
