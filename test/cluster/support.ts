/** What the tests with real threads share: small quick clusters, and waiting for events instead of for time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { ClusterEvent } from '../../src/cluster/events.js';
import type { Leader } from '../../src/cluster/leader-view.js';
import type { ClusterOptions } from '../../src/options.js';
import type { NodeId } from '../../src/raft/brands.js';

/** How long a test waits for something that has to happen, on a machine that may be busy. */
const boundMs = 30_000;

/**
 * Three nodes in memory. A leader keeps its place on a busy machine, a split vote does not cost a timeout, and with
 * this seed one node's first timeout is 0.4 % of the jitter and the next one's 89 %: its campaign is the only one.
 */
export const quick: ClusterOptions = {
  nodes: 3,
  store: 'memory',
  electionTimeoutMs: 500,
  electionJitterMs: 200,
  heartbeatMs: 50,
  voteTimeoutMs: 100,
  seed: 67_663,
};

/** Fields that an event has to have, by name. */
type Fields = Readonly<Record<string, unknown>>;

type EventOf<K extends ClusterEvent['type']> = Extract<ClusterEvent, { type: K }>;

/** Every event since it was made. */
export class Watch {
  readonly events: ClusterEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(cluster: Cluster) {
    cluster.subscribe((event) => {
      this.events.push(event);
      for (const check of this.#waiting) check();
    });
  }

  all<K extends ClusterEvent['type']>(type: K, fits: Fields = {}): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.type === type && like(event, fits));
  }

  /** The first one that fits, seen already or yet to come. */
  async until<K extends ClusterEvent['type']>(type: K, fits: Fields = {}): Promise<EventOf<K>> {
    return await this.when(() => this.all(type, fits)[0], `${type} ${JSON.stringify(fits)}`);
  }

  /** What the supervisor did, in order; that it was late is the machine's doing. */
  supervised(): ClusterEvent['type'][] {
    return this.events
      .filter(({ cause }) => cause === null || typeof cause === 'number')
      .map(({ type }) => type)
      .filter((type) => type !== 'routerLag');
  }

  /** Asks again after each event until there is an answer. */
  async when<T>(find: () => T | undefined, what: string): Promise<T> {
    return await new Promise((resolve, reject) => {
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        const last = this.events.slice(-20).map(({ type, node }) => `${type} ${node}`);
        reject(new Error(`Never saw: ${what}. Last: ${last.join(', ')}`));
      }, boundMs);
      this.#waiting.add(check);
      check();
    });
  }
}

/** Asks again and again, for what no event tells. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + boundMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`Never held: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A folder of the test's own, gone at the end of its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'electorate-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The leader that every node follows that is up: no campaign of before can depose it any more. */
export async function settle(cluster: Cluster): Promise<Leader> {
  let leader = await cluster.waitForLeader();
  await eventually(async () => {
    leader = await cluster.waitForLeader();
    const { nodes } = await cluster.status();
    const up = nodes.filter(({ lifecycle }) => lifecycle === 'up');
    const answers = await Promise.all(up.map(({ id }) => cluster.node(id).status()));
    return answers.every(({ term, leaderId }) => term === leader.term && leaderId === leader.id);
  });
  return leader;
}

/** The first two that are up and do not lead. */
export async function followersOf(cluster: Cluster, leaderId: NodeId): Promise<[NodeId, NodeId]> {
  const { nodes } = await cluster.status();
  const [first, second] = nodes.filter(({ id, lifecycle }) => id !== leaderId && lifecycle === 'up');
  if (first === undefined || second === undefined) throw new Error('Fewer than two followers are up');
  return [first.id, second.id];
}

/** The proposed values in the log of one node, in order. */
export async function valuesAt(cluster: Cluster, id: string): Promise<unknown[]> {
  const entries = await cluster.node(id).log();
  return entries.flatMap(({ payload }) => (payload.type === 'command' ? [payload.value] : []));
}

function like(event: ClusterEvent, fits: Fields): boolean {
  return Object.entries(fits).every(([name, value]) => Reflect.get(event, name) === value);
}
