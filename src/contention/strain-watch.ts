/** What the nodes say of how hard they have it, put together from their events and from looks at their status. */
import { setMaxListeners } from 'node:events';
import { median } from 'simple-statistics';
import type { MailboxBounds, NodeStatus } from '../actor/protocol.js';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterEvent } from '../cluster/events.js';
import type { NodeId } from '../raft/brands.js';
import type { InnerPressure } from './pressure.js';

/** What the watch needs of a cluster. */
export type WatchedCluster = Pick<Cluster, 'node' | 'nodeIds' | 'options' | 'subscribe'>;

/** How often each node is looked at: what it had not yet told when it crashed is lost. */
const lookMs = 500;
/** How long the last look waits for a node that does not answer: it hangs, say. */
const lastLookMs = 2_000;

/** Looks from when it has begun until it is ended. Whoever else takes a status takes some of the strain with it. */
export class StrainWatch {
  readonly #cluster: WatchedCluster;
  readonly #onStatus: (status: NodeStatus) => void;
  readonly #tally: StrainTally;
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #asked = new Map<NodeId, Promise<void>>();
  readonly #ended = new AbortController();

  private constructor(cluster: WatchedCluster, onStatus: (status: NodeStatus) => void) {
    setMaxListeners(0, this.#ended.signal);
    this.#cluster = cluster;
    this.#onStatus = onStatus;
    this.#tally = new StrainTally(cluster.options.mailbox);
    this.#unsubscribe = cluster.subscribe((event) => this.#tally.observe(event));
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** @param onStatus is told every status that is taken, so that nobody else has to take any */
  static async begin(
    cluster: WatchedCluster,
    onStatus: (status: NodeStatus) => void = () => {},
  ): Promise<StrainWatch> {
    // What was before is not counted: each status starts anew.
    const signal = AbortSignal.timeout(lastLookMs);
    // One a node: more than Node.js takes for a leak.
    setMaxListeners(0, signal);
    await Promise.allSettled(cluster.nodeIds.map((id) => cluster.node(id).status({ signal })));
    return new StrainWatch(cluster, onStatus);
  }

  async end(): Promise<Omit<InnerPressure, 'mainBlockedMs'>> {
    clearInterval(this.#timer);
    const limit = setTimeout(() => this.#ended.abort(), lastLookMs);
    await Promise.all(this.#asked.values());
    this.#look();
    await Promise.all(this.#asked.values());
    clearTimeout(limit);
    this.#unsubscribe();
    return this.#tally.sum();
  }

  #look(): void {
    for (const id of this.#cluster.nodeIds) {
      if (this.#asked.has(id)) continue;
      this.#asked.set(
        id,
        this.#ask(id).finally(() => this.#asked.delete(id)),
      );
    }
  }

  async #ask(id: NodeId): Promise<void> {
    let status: NodeStatus;
    try {
      status = await this.#cluster.node(id).status({ signal: this.#ended.signal });
    } catch {
      // It is down, or hangs: there is nothing to be had of it now.
      return;
    }
    this.#tally.add(status);
    this.#onStatus(status);
  }
}

/** The arithmetic of it. */
export class StrainTally {
  readonly #bounds: MailboxBounds;
  readonly #burdened = new Map<NodeId, { blockedMs: number; allocatedMb: number }>();
  readonly #writesMs: number[] = [];
  #fullest = 0;
  #dropped = 0;

  constructor(bounds: MailboxBounds) {
    this.#bounds = bounds;
  }

  observe(event: ClusterEvent): void {
    if (event.type === 'written') this.#writesMs.push(event.durationMs);
    if (event.type === 'mailboxFull') this.#dropped += event.dropped;
  }

  add({ id, strain }: Pick<NodeStatus, 'id' | 'strain'>): void {
    const { control, data } = strain.maxWaiting;
    this.#fullest = Math.max(this.#fullest, control / this.#bounds.control, data / this.#bounds.data);
    const before = this.#burdened.get(id) ?? { blockedMs: 0, allocatedMb: 0 };
    this.#burdened.set(id, {
      blockedMs: before.blockedMs + strain.blockedMs,
      allocatedMb: before.allocatedMb + strain.allocatedMb,
    });
  }

  sum(): Omit<InnerPressure, 'mainBlockedMs'> {
    const writes = this.#writesMs;
    return {
      burdened: [...this.#burdened].map(([node, burden]) => ({ node, ...burden })),
      mailbox: { fullest: this.#fullest, dropped: this.#dropped },
      writes: {
        count: writes.length,
        p50Ms: writes.length === 0 ? 0 : median(writes),
        maxMs: writes.reduce((longest, ms) => Math.max(longest, ms), 0),
      },
    };
  }
}
