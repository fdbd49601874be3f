/**
 * Keeps the nodes, carries their messages, and does to them what a fault verb says. Everything happens on the
 * supervisor's own thread, so that a busy main thread can't stall the cluster.
 */
import type { MessagePort } from 'node:worker_threads';
import { sharedNowMs } from '../actor/clock.js';
import type { Burden } from '../actor/burden.js';
import type { WriteDelay } from '../actor/disk-stall.js';
import { osThreadId } from '../actor/os-thread.js';
import { Throttle } from '../actor/throttle.js';
import type { StoreInit } from '../actor/protocol.js';
import { ElectorateError } from '../errors.js';
import { routerLagMs } from '../limits.js';
import { coreOptionsOf } from '../options.js';
import type { NodeId } from '../raft/brands.js';
import { createJournal } from '../storage/memory-store.js';
import { alarmsOn } from './alarm.js';
import { hasStore, markFounded, storePathOf } from './data-dir.js';
import type { Direction, SupervisorEvent, SupervisorObservation } from './events.js';
import type { LifeInit } from './life.js';
import type { ResolvedLinkPolicy } from './link.js';
import { refuseNiceness } from './niceness-option.js';
import { NodeKeeper } from './node-keeper.js';
import { takePriority } from './priority.js';
import type { ClusterStatus, FromSupervisor, SupervisorInit } from './protocol.js';
import { Router, type RejectionReason } from './router.js';
import { deriveSeed } from './seeds.js';
import { Wiring } from './wiring.js';

/** Ids in its arguments are known; verbs on a node that is not running throw `nodeDown`. */
export class Supervisor {
  readonly #init: SupervisorInit;
  readonly #ids: readonly NodeId[];
  readonly #keepers = new Map<NodeId, NodeKeeper>();
  readonly #router: Router;
  readonly #threadId = osThreadId();
  readonly #lagReports = new Throttle();
  readonly #rejectionReports = new Map<NodeId, Throttle>();
  #lastEventId = 0;
  #stopping = false;

  constructor(init: SupervisorInit) {
    this.#init = init;
    this.#ids = [...init.options.voters, ...init.options.learners];
    // Links draw from seeds of their own, behind those of the nodes.
    this.#router = new Router(
      this.#ids,
      deriveSeed(init.options.seed, this.#ids.length, 0),
      {
        nowMs: sharedNowMs,
        setAlarm: alarmsOn(sharedNowMs),
        onRejected: (id, reason, detail) => this.#reportRejection(id, reason, detail),
        onLag: (lagMs) => this.#reportLag(lagMs),
      },
      init.options.wiring === 'direct' ? new Wiring() : null,
    );
    this.#ids.forEach((id, position) => this.#keepers.set(id, this.#createKeeper(id, position)));
  }

  /** All open their stores before any takes part: an election is not to be decided by who was started first. */
  async start(): Promise<void> {
    const keepers = [...this.#keepers.values()];
    this.#takeNiceness();
    try {
      const begins = await Promise.all(keepers.map((keeper) => keeper.launch()));
      if (this.#init.dataDir !== null) await markFounded(this.#init.dataDir);
      if (this.#stopping) throw new ElectorateError('clusterStopped', 'The cluster was stopped');
      for (const begin of begins) begin();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  crash(id: NodeId): { readonly atMs: number } {
    return this.#keeper(id).crash();
  }

  async shutDown(id: NodeId): Promise<{ readonly atMs: number }> {
    return await this.#keeper(id).shutDown();
  }

  hang(id: NodeId): { readonly atMs: number } {
    return this.#keeper(id).hang();
  }

  resume(id: NodeId): void {
    this.#keeper(id).resume();
  }

  async restart(id: NodeId): Promise<void> {
    await this.#keeper(id).restart();
  }

  stallDisk(id: NodeId, forMs: number | null): { readonly atMs: number } {
    return this.#keeper(id).stallDisk(forMs === null ? null : sharedNowMs() + forMs);
  }

  slowDisk(id: NodeId, delay: WriteDelay): void {
    this.#keeper(id).slowDisk(delay);
  }

  burden(id: NodeId, burden: Burden | null): void {
    this.#keeper(id).burden(burden);
  }

  isolate(id: NodeId, direction: Direction): { readonly atMs: number } {
    const atMs = sharedNowMs();
    for (const other of this.#others(id)) {
      if (direction !== 'in') this.#router.setCut(id, other, true);
      if (direction !== 'out') this.#router.setCut(other, id, true);
    }
    const { incarnation } = this.#keeper(id).status;
    this.#emit({ type: 'isolated', direction }, { node: id, incarnation, atMs });
    return { atMs };
  }

  partition(groups: readonly (readonly NodeId[])[]): void {
    const groupOf = (id: NodeId): number => groups.findIndex((group) => group.includes(id));
    for (const id of this.#ids) {
      for (const other of this.#others(id)) this.#router.setCut(id, other, groupOf(id) !== groupOf(other));
    }
    this.#emit({ type: 'partitioned', groups });
  }

  cut(from: NodeId, to: NodeId, oneWay: boolean): void {
    if (oneWay) this.#router.setCut(from, to, true);
    else this.#cutBoth(from, to);
    this.#emit({ type: 'linkCut', from, to, oneWay });
  }

  setLink(from: NodeId, to: NodeId, policy: ResolvedLinkPolicy): void {
    this.#router.setLink(from, to, policy);
    this.#emit({ type: 'linkSet', from, to, policy });
  }

  heal(): void {
    // Stamped first: what comes of it comes later.
    this.#emit({ type: 'healed' });
    this.#router.heal();
    for (const keeper of this.#keepers.values()) keeper.heal();
  }

  status(): ClusterStatus {
    const nodes = [...this.#keepers.values()].map((keeper) => keeper.status);
    return { nodes, router: this.#router.metrics(), supervisorThreadId: this.#threadId };
  }

  /** Safe to call twice. Afterwards only the ports that it was given keep the thread alive. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.stop()));
    this.#router.close();
  }

  /** Before a node's thread is started: each has the priority of who starts it. */
  #takeNiceness(): void {
    const { niceness } = this.#init.options;
    const refusal = niceness === 0 ? null : takePriority(niceness);
    if (refusal !== null) refuseNiceness(niceness, refusal);
  }

  #createKeeper(id: NodeId, position: number): NodeKeeper {
    const { dataDir, founded, options, nodeEntry } = this.#init;
    // A journal belongs to the supervisor, so that it outlives the node's thread.
    const store: StoreInit =
      dataDir === null
        ? { kind: 'memory', journal: createJournal() }
        : { kind: 'disk', path: storePathOf(dataDir, id), founded };
    return new NodeKeeper(id, {
      router: this.#router,
      restart: options.restart,
      exitNotice: options.rules.exitNotice,
      entry: nodeEntry,
      initOf: (incarnation) =>
        // No node has a second life before all have had their stores open.
        this.#lifeInit(id, position, incarnation, incarnation > 1 ? foundedOf(store) : store),
      isStoreLost: () => store.kind === 'disk' && !hasStore(store.path),
      emit: (observation, about) => this.#emit(observation, { node: id, ...about }),
      handOut: ({ incarnation, controlPort, eventPort }) =>
        this.#post({ type: 'life', node: id, incarnation, controlPort, eventPort }, [controlPort, eventPort]),
      noticeExit: (incarnation, term) => {
        for (const other of this.#others(id)) this.#keeper(other).peerExited(id, incarnation, term);
      },
    });
  }

  #lifeInit(id: NodeId, position: number, incarnation: number, store: StoreInit): LifeInit {
    const { options, group } = this.#init;
    return {
      id,
      group,
      incarnation,
      roster: this.#ids,
      configuration: { voters: options.voters, oldVoters: null, learners: options.learners },
      options: coreOptionsOf(options),
      seed: deriveSeed(options.seed, position, incarnation),
      store,
      mailbox: options.mailbox,
      voteLog: options.voteLog,
    };
  }

  #reportRejection(id: NodeId, reason: RejectionReason, detail: string): void {
    const reports = this.#rejectionReports.get(id) ?? new Throttle();
    this.#rejectionReports.set(id, reports);
    const times = reports.count(sharedNowMs());
    if (times === 0) return;
    const { incarnation } = this.#keeper(id).status;
    this.#emit(
      { type: 'messageRejected', reason, detail: `${detail} (${times} in all)` },
      { node: id, incarnation },
    );
  }

  #reportLag(lagMs: number): void {
    if (lagMs < routerLagMs || this.#lagReports.count(sharedNowMs()) === 0) return;
    this.#emit({ type: 'routerLag', lagMs });
  }

  #cutBoth(a: NodeId, b: NodeId): void {
    this.#router.setCut(a, b, true);
    this.#router.setCut(b, a, true);
  }

  #others(id: NodeId): NodeId[] {
    return this.#ids.filter((other) => other !== id);
  }

  #keeper(id: NodeId): NodeKeeper {
    const keeper = this.#keepers.get(id);
    if (keeper !== undefined) return keeper;
    throw new ElectorateError('unknownNode', `There is no node ${id}`, { details: { node: id } });
  }

  #emit(
    observation: SupervisorObservation,
    about: Partial<Pick<SupervisorEvent, 'cause' | 'node' | 'incarnation' | 'atMs'>> = {},
  ): number {
    this.#lastEventId += 1;
    const id = this.#lastEventId;
    const stamp = { id, cause: null, node: null, incarnation: 0, atMs: sharedNowMs(), ...about };
    this.#post({ type: 'event', event: { ...observation, ...stamp } }, []);
    return id;
  }

  #post(message: FromSupervisor, ports: MessagePort[]): void {
    this.#init.eventPort.postMessage(message, ports);
  }
}

function foundedOf(store: StoreInit): StoreInit {
  return store.kind === 'disk' ? { ...store, founded: true } : store;
}
