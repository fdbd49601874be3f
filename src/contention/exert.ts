/** What a contention does inside the process of the cluster: everything but to suspend it and to limit its quota. */
import { sharedNowMs } from '../actor/clock.js';
import type { NodeStatus } from '../actor/protocol.js';
import type { NodeId } from '../raft/brands.js';
import { spin } from './burn.js';
import { burnInProcesses, burnInThreads } from './burners.js';
import type { Contention, Exertion } from './contention.js';
import { chosenNodes } from './node-choice.js';
import { burden, slowDisks, stallDisks, type BurdenedCluster } from './on-nodes.js';
import type { InnerPressure } from './pressure.js';
import { floodWithProposals, type ProposableCluster } from './proposals.js';
import { StrainWatch, type WatchedCluster } from './strain-watch.js';
import { endAll, repeat, type UnderWay } from './under-way.js';

/** What an exertion needs of a cluster. */
export type ExertedCluster = BurdenedCluster & WatchedCluster & ProposableCluster;

/** What else an exertion has to know, and whom it tells. */
export interface Surroundings {
  /** The leader of the moment, for contentions that are about it. */
  readonly leader: NodeId;
  /** Of the moments that are drawn. */
  readonly seed: number;
  /** Told every status that is taken of a node, twice a second: whoever takes more takes some of the strain. */
  readonly onStatus?: ((status: NodeStatus) => void) | undefined;
}

/** What is being done. End it once, whatever it came to: then nothing of it is left. */
export interface Exerted {
  /**
   * @returns what it did
   * @throws what went wrong with it meanwhile; also then nothing is left
   */
  end(): Promise<InnerPressure>;
}

/**
 * For the thread that holds the cluster. Resolves when everything is being done; what `stop` and `quota` ask for is left
 * to whoever holds the process.
 * @throws ElectorateError with nothing left of it
 */
export async function exertInside(
  { exertions }: Contention,
  cluster: ExertedCluster,
  { leader, seed, onStatus }: Surroundings,
): Promise<Exerted> {
  const strain = await StrainWatch.begin(cluster, onStatus);
  const underWay: UnderWay[] = [];
  const tally = { mainBlockedMs: 0 };
  try {
    for (const [at, exertion] of exertions.entries()) {
      underWay.push(await begin(exertion, { cluster, leader, seed: seed + at, tally }));
    }
  } catch (error) {
    await endAll(underWay);
    await strain.end();
    throw error;
  }
  return {
    async end() {
      const ends = await endAll(underWay);
      const seen = await strain.end();
      const failure = ends.find(({ status }) => status === 'rejected');
      if (failure?.status === 'rejected') throw failure.reason;
      return { ...seen, ...tally };
    },
  };
}

interface Around {
  readonly cluster: ExertedCluster;
  readonly leader: NodeId;
  readonly seed: number;
  readonly tally: { mainBlockedMs: number };
}

async function begin(exertion: Exertion, around: Around): Promise<UnderWay> {
  const { cluster, leader, seed, tally } = around;
  const nodes = 'nodes' in exertion ? chosenNodes(exertion.nodes, leader, cluster.nodeIds) : cluster.nodeIds;
  switch (exertion.kind) {
    case 'burners':
      return await burnInThreads(exertion.count, exertion.nice);
    case 'processes':
      return await burnInProcesses(exertion.count, exertion.nice);
    case 'hog': {
      const { forMs, everyMs, random } = exertion;
      return await burden(cluster, nodes, { type: 'hog', forMs, everyMs, random });
    }
    case 'memory': {
      const { megabytesPerSecond } = exertion;
      return await burden(cluster, nodes, { type: 'memory', megabytesPerSecond });
    }
    case 'main':
      return repeat(exertion, seed, () => {
        const fromMs = sharedNowMs();
        spin(exertion.forMs);
        tally.mainBlockedMs += sharedNowMs() - fromMs;
      });
    case 'flood': {
      const messages = await burden(cluster, nodes, { type: 'flood', fill: exertion.fill });
      const proposals = floodWithProposals(cluster, exertion.fill);
      return { end: async () => void (await Promise.all([proposals.end(), messages.end()])) };
    }
    case 'disk':
      return await slowDisks(cluster, nodes, exertion.delayMs);
    case 'diskStall':
      return stallDisks(cluster, nodes, exertion, seed);
    case 'stop':
    case 'quota':
      return { end: () => Promise.resolve() };
  }
}
