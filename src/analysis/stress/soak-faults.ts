/** One fault after the other, each undone before the next: at any time most nodes are well. */
import { setTimeout } from 'node:timers/promises';
import type { Cluster } from '../../cluster/cluster.js';
import type { LinkPolicy } from '../../cluster/link.js';
import type { NodeId } from '../../raft/brands.js';
import { drawBetween, drawUint32, type RandomState } from '../../raft/random.js';

/** What is done to one node, or to its links, beside the contention. */
export type SoakFault = 'crash' | 'hang' | 'cutOff' | 'badLinks';

const faults: readonly SoakFault[] = ['crash', 'hang', 'cutOff', 'badLinks'];

const badLink: LinkPolicy = {
  loss: 0.2,
  duplication: 0.1,
  delay: { type: 'uniform', minMs: 0, maxMs: 10 },
  reordering: { share: 0.2, withinMs: 10 },
};

/** Until the signal ends it; then everything is undone. @returns which, in order */
export async function strikeAtRandom(
  cluster: Cluster,
  random: RandomState,
  until: AbortSignal,
): Promise<readonly SoakFault[]> {
  const struck: SoakFault[] = [];
  while (await waited(drawBetween(random, 300, 900), until)) {
    const fault = pick(faults, random);
    const victim = pick(cluster.nodeIds, random);
    struck.push(fault);
    const undo = await strike(cluster, fault, victim);
    await waited(drawBetween(random, 200, 1000), until);
    await undo();
  }
  return struck;
}

/** @returns what undoes it; `heal` would end the contention, too */
async function strike(cluster: Cluster, fault: SoakFault, victim: NodeId): Promise<() => Promise<void>> {
  switch (fault) {
    case 'crash':
      await cluster.crash(victim);
      return () => cluster.restart(victim);
    case 'hang':
      await cluster.hang(victim);
      return () => cluster.resume(victim);
    case 'cutOff':
    case 'badLinks':
      await setLinks(cluster, victim, fault === 'cutOff' ? { cut: true } : badLink);
      return () => setLinks(cluster, victim, {});
  }
}

async function setLinks(cluster: Cluster, victim: NodeId, policy: LinkPolicy): Promise<void> {
  for (const other of cluster.nodeIds) {
    if (other === victim) continue;
    await cluster.setLink(victim, other, policy);
    await cluster.setLink(other, victim, policy);
  }
}

/** False: the signal came first. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return await setTimeout(ms, true, { signal }).catch(() => false);
}

/** Each as likely as the others; advances `random`. The list must not be empty. */
export function pick<T>(list: readonly [T, ...T[]] | readonly T[], random: RandomState): T {
  return list[drawUint32(random) % list.length] as T;
}
