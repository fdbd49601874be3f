/** Takes the leader of a running cluster away, in one of the ways in which leaders are lost, and gives it back. */
import { setTimeout } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.js';
import type { Delay } from '../delay.js';
import { ElectorateError } from '../errors.js';
import type { NodeId } from '../raft/brands.js';
import type { ElectionFault } from './election-plan.js';

/** What is added to each message and write while nothing is wrong; null: nothing. */
export interface Conditions {
  readonly linkDelay: Delay | null;
  readonly storeDelay: Delay | null;
}

export interface Strike {
  /** When it took effect, as the supervisor's clock has it. */
  readonly atMs: number;
  /** Resolves when the node takes part again as before. */
  end(): Promise<void>;
}

/** Resolves as soon as it has struck; a shut down node's thread has ended by then. */
export async function strike(
  cluster: Cluster,
  leader: NodeId,
  fault: ElectionFault,
  conditions: Conditions,
): Promise<Strike> {
  const heal = async (): Promise<void> => {
    await cluster.heal();
    await applyConditions(cluster, conditions);
  };
  const restart = (): Promise<void> => cluster.restart(leader);
  switch (fault) {
    case 'crash':
      return { ...(await cluster.crash(leader)), end: restart };
    case 'shutdown':
      return { ...(await cluster.shutDown(leader)), end: restart };
    case 'hang':
      return { ...(await cluster.hang(leader)), end: () => cluster.resume(leader) };
    case 'isolate':
      return { ...(await cluster.isolate(leader)), end: heal };
    case 'cut-out':
      return { ...(await cluster.isolate(leader, { direction: 'out' })), end: heal };
    case 'cut-in':
      return { ...(await cluster.isolate(leader, { direction: 'in' })), end: heal };
    case 'disk-stall': {
      const stalled = await cluster.stallDisk(leader);
      const ended = new AbortController();
      void writeUntilStalled(cluster, leader, ended.signal);
      return {
        ...stalled,
        end: () => {
          ended.abort();
          return heal();
        },
      };
    }
  }
}

/** For a cluster that is healed. */
export async function applyConditions(
  cluster: Cluster,
  { linkDelay, storeDelay }: Conditions,
): Promise<void> {
  const { voters } = cluster.options;
  if (storeDelay !== null) {
    await Promise.all(voters.map((id) => cluster.slowDisk(id, storeDelay, { termsToo: true })));
  }
  if (linkDelay !== null) {
    const pairs = voters.flatMap((from) => voters.map((to) => [from, to] as const));
    await Promise.all(
      pairs
        .filter(([from, to]) => from !== to)
        .map(([from, to]) => cluster.setLink(from, to, { delay: linkDelay })),
    );
  }
}

/**
 * Gives the leader something to write, again while that succeeds: a proposal may overtake the stall, which takes another
 * way to the node. What becomes of the one that meets it is known when the stall has ended, and of no interest.
 */
async function writeUntilStalled(cluster: Cluster, leader: NodeId, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    try {
      await cluster.node(leader).propose(null);
    } catch (error) {
      if (!(error instanceof ElectorateError)) throw error;
      // On a busy machine even a healthy leader may have to wait for its next heartbeat.
      if (error.code !== 'leaderUnconfirmed') return;
      await setTimeout(cluster.options.heartbeatMs);
    }
  }
}
