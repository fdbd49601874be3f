/**
 * Starts the nodes, restarts what dies, and does to them what a fault verb says. Everything happens on the supervisor's
 * own thread, so that a busy main thread can't stall the cluster.
 */
import type { MessagePort } from 'node:worker_threads';
import { sharedNowMs } from '../actor/clock.js';
import type { StoreInit } from '../actor/protocol.js';
import { ElectorateError, toWire } from '../errors.js';
import { reportIntervalMs, routerLagMs } from '../limits.js';
import { coreOptionsOf } from '../options.js';
import { asTerm, type NodeId, type Term } from '../raft/brands.js';
import { createJournal } from '../storage/memory-store.js';
import { alarmsOn } from './alarm.js';
import { hasStore, markFounded, storePathOf } from './data-dir.js';
import type { SupervisorObservation, SupervisorEvent } from './events.js';
import { Life, type LifeInit, type Opened } from './life.js';
import type { ResolvedLinkPolicy } from './link.js';
import type { ClusterStatus, FromSupervisor, Lifecycle, SupervisedNode, SupervisorInit } from './protocol.js';
import { RateBound } from './rate-bound.js';
import { restartDelayMs } from './restart-policy.js';
import { Router } from './router.js';
import { deriveSeed } from './seeds.js';

/** What is known of one node across its lives. */
interface Node {
  readonly id: NodeId;
  /** Its place among the ids: what its seeds are derived from. */
  readonly position: number;
  readonly store: StoreInit;
  lifecycle: Lifecycle;
  incarnation: number;
  /** The life that has not ended yet. */
  current: CurrentLife | null;
  threadId: number | null;
  failure: ElectorateError | null;
  /** When it exited unplanned since somebody last saw to it. */
  readonly exitsMs: number[];
  backOff: NodeJS.Timeout | undefined;
  readonly rejected: RateBound;
}

interface CurrentLife {
  readonly life: Life;
  /** It has been told to take part. */
  begun: boolean;
  /** Why its store could not be opened: it would refuse the next life as well. */
  refused: ElectorateError | null;
  /** A verb or `stop` ended it: `cause` is the event that said so. */
  planned: { readonly cause: number | null } | null;
  /** What it had shown when it was cut off; null while it is connected, or never was. */
  lastTerm: Term | null;
  /** When its thread was seen to be gone, and whether the peers were told. */
  closed: { readonly atMs: number; readonly noticed: boolean } | null;
}

/** Who is concerned and what led to it. */
interface About {
  readonly node?: Node;
  readonly cause?: number | null;
  readonly atMs?: number;
}

/** Ids in its arguments are known; verbs on a node that is not running throw `nodeDown`. */
export class Supervisor {
  readonly #init: SupervisorInit;
  readonly #nodes = new Map<NodeId, Node>();
  readonly #router: Router;
  readonly #lag = new RateBound(reportIntervalMs);
  #lastEventId = 0;
  #stopping = false;

  constructor(init: SupervisorInit) {
    this.#init = init;
    const ids = [...init.options.voters, ...init.options.learners];
    ids.forEach((id, position) => this.#nodes.set(id, this.#createNode(id, position)));
    // Links draw from seeds of their own, behind those of the nodes.
    this.#router = new Router(ids, deriveSeed(init.options.seed, ids.length, 0), {
      nowMs: sharedNowMs,
      setAlarm: alarmsOn(sharedNowMs),
      onRejected: (id, reason, detail) => {
        const node = this.#node(id);
        const times = node.rejected.count(sharedNowMs());
        if (times > 0)
          this.#emit({ type: 'messageRejected', reason, detail: `${detail} (${times} in all)` }, { node });
      },
      onLag: (lagMs) => {
        if (lagMs >= routerLagMs && this.#lag.count(sharedNowMs()) > 0)
          this.#emit({ type: 'routerLag', lagMs });
      },
    });
  }

  /** All open their stores before any takes part: who starts late would find an election without it. */
  async start(): Promise<void> {
    const nodes = [...this.#nodes.values()];
    try {
      const lives = nodes.map((node) => this.#launch(node));
      const opened = await Promise.all(lives.map(({ life }) => life.opened));
      if (this.#init.dataDir !== null) await markFounded(this.#init.dataDir);
      if (this.#stopping) throw stopped();
      nodes.forEach((node, index) => {
        const [current, report] = [lives[index], opened[index]];
        if (current === undefined || report === undefined || node.current !== current) {
          throw this.#down(node, 'it ended while the others were opening their stores');
        }
        this.#begin(node, current, report, null);
      });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  crash(id: NodeId): { readonly atMs: number } {
    const { node, current } = this.#running(id);
    this.#disconnect(node, current);
    const atMs = sharedNowMs();
    void current.life.terminate('it was crashed');
    node.lifecycle = 'down';
    current.planned = { cause: this.#emit({ type: 'crashed' }, { node, atMs }) };
    return { atMs };
  }

  hang(id: NodeId): void {
    const { node, current } = this.#running(id);
    if (node.lifecycle === 'hung') return;
    current.life.hang();
    node.lifecycle = 'hung';
    this.#emit({ type: 'hung' }, { node });
  }

  resume(id: NodeId): void {
    const { node, current } = this.#running(id);
    if (node.lifecycle !== 'hung') return;
    node.lifecycle = 'up';
    this.#emit({ type: 'resumed' }, { node });
    current.life.resume();
  }

  isolate(id: NodeId): void {
    for (const other of this.#others(id)) this.#cutBoth(id, other.id, true);
    this.#emit({ type: 'isolated' }, { node: this.#node(id) });
  }

  partition(groups: readonly (readonly NodeId[])[]): void {
    const groupOf = (id: NodeId): number => groups.findIndex((group) => group.includes(id));
    for (const { id } of this.#nodes.values()) {
      for (const other of this.#others(id)) {
        this.#router.setCut(id, other.id, groupOf(id) !== groupOf(other.id));
      }
    }
    this.#emit({ type: 'partitioned', groups });
  }

  cut(from: NodeId, to: NodeId, oneWay: boolean): void {
    if (oneWay) this.#router.setCut(from, to, true);
    else this.#cutBoth(from, to, true);
    this.#emit({ type: 'linkCut', from, to, oneWay });
  }

  setLink(from: NodeId, to: NodeId, policy: ResolvedLinkPolicy): void {
    this.#router.setLink(from, to, policy);
    this.#emit({ type: 'linkSet', from, to, policy });
  }

  heal(): void {
    this.#router.heal();
    for (const { current } of this.#nodes.values()) current?.life.stallDisk(null);
    this.#emit({ type: 'healed' });
  }

  stallDisk(id: NodeId, forMs: number | null): void {
    const { node, current } = this.#running(id);
    const untilMs = forMs === null ? null : sharedNowMs() + forMs;
    current.life.stallDisk(untilMs ?? Number.POSITIVE_INFINITY);
    this.#emit({ type: 'diskStalled', untilMs }, { node });
  }

  /** Whatever state it is in: one that runs is stopped first, a wait is cut short, a failed one gets another chance. */
  async restart(id: NodeId): Promise<void> {
    const node = this.#node(id);
    if (node.lifecycle === 'starting') throw this.#down(node, 'it is being started already');
    node.exitsMs.length = 0;
    const { current } = node;
    if (current !== null) {
      node.lifecycle = 'down';
      if (current.closed === null) current.planned ??= { cause: null };
      await current.life.stop('it was restarted');
    }
    await this.#relaunch(node, null);
  }

  status(): ClusterStatus {
    return { nodes: [...this.#nodes.values()].map(statusOf), router: this.#router.metrics() };
  }

  /** Safe to call twice. Afterwards nothing of the supervisor keeps its thread alive but the ports it was given. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const nodes = [...this.#nodes.values()];
    await Promise.all(
      nodes.map(async ({ backOff, current }) => {
        clearTimeout(backOff);
        if (current === null) return;
        current.planned ??= { cause: null };
        await current.life.stop('the cluster was stopped');
      }),
    );
    this.#router.close();
  }

  #createNode(id: NodeId, position: number): Node {
    const { dataDir } = this.#init;
    return {
      id,
      position,
      store:
        dataDir === null
          ? { kind: 'memory', journal: createJournal() }
          : { kind: 'disk', path: storePathOf(dataDir, id) },
      lifecycle: 'down',
      incarnation: 0,
      current: null,
      threadId: null,
      failure: null,
      exitsMs: [],
      backOff: undefined,
      rejected: new RateBound(reportIntervalMs),
    };
  }

  /** Spawns the next life and hands its ports on. */
  #launch(node: Node): CurrentLife {
    node.lifecycle = 'starting';
    node.incarnation += 1;
    node.failure = null;
    const { incarnation } = node;
    const life = new Life(this.#lifeInit(node), this.#init.nodeEntry, {
      onOutgoing: (messages, sentMs) => this.#router.route(node.id, incarnation, messages, sentMs),
      onClosed: () => this.#closed(node, current),
      onExited: (reason) => this.#exited(node, current, reason),
    });
    const current: CurrentLife = {
      life,
      begun: false,
      refused: null,
      planned: null,
      lastTerm: null,
      closed: null,
    };
    life.opened.catch((error: ElectorateError) => {
      if (error.code !== 'startFailed') current.refused = error;
    });
    node.current = current;
    const { controlPort, eventPort } = life;
    this.#post({ type: 'life', node: node.id, incarnation, controlPort, eventPort }, [
      controlPort,
      eventPort,
    ]);
    return current;
  }

  #lifeInit({ id, position, incarnation, store }: Node): LifeInit {
    const { options, group } = this.#init;
    return {
      id,
      group,
      incarnation,
      roster: [...this.#nodes.keys()],
      configuration: { voters: options.voters, oldVoters: null, learners: options.learners },
      options: coreOptionsOf(options),
      seed: deriveSeed(options.seed, position, incarnation),
      store,
      mailbox: options.mailbox,
      voteLog: options.voteLog,
    };
  }

  #begin(node: Node, current: CurrentLife, opened: Opened, cause: number | null): void {
    const { life } = current;
    node.lifecycle = 'up';
    node.threadId = opened.threadId;
    current.begun = true;
    this.#router.connect(node.id, life.incarnation, opened.term, (deliveries) => life.deliver(deliveries));
    const observation: SupervisorObservation =
      life.incarnation === 1
        ? { type: 'nodeStarted', ...opened }
        : { type: 'restarted', ...opened, restarts: life.incarnation - 1 };
    this.#emit(observation, { node, cause });
    life.begin();
  }

  /** A life after the first. Rejects when it can't open its store; the node is marked failed then. */
  async #relaunch(node: Node, cause: number | null): Promise<void> {
    if (this.#stopping) throw stopped();
    if (node.current !== null) throw this.#down(node, 'it is being started already');
    clearTimeout(node.backOff);
    if (node.store.kind === 'disk' && !hasStore(node.store.path)) {
      const lost = new ElectorateError(
        'storeLost',
        `The store of ${node.id} is gone: a node that forgot its vote could vote twice`,
        { details: { node: node.id, path: node.store.path } },
      );
      this.#fail(node, lost, cause);
      throw lost;
    }
    const current = this.#launch(node);
    const opened = await current.life.opened;
    if (current.planned !== null || current.closed !== null) {
      throw this.#down(node, 'it was ended while it started');
    }
    this.#begin(node, current, opened, cause);
  }

  #closed(node: Node, current: CurrentLife): void {
    if (current.closed !== null) return;
    const atMs = sharedNowMs();
    this.#disconnect(node, current);
    if (node.current === current) node.lifecycle = 'down';
    const noticed = current.begun && this.#init.options.rules.exitNotice && !this.#stopping;
    current.closed = { atMs, noticed };
    if (!noticed) return;
    // Before any restart: whoever hears of it knows that this life can't answer any more.
    for (const { current: peer } of this.#others(node.id)) {
      if (peer?.begun === true) {
        peer.life.peerExited(node.id, current.life.incarnation, current.lastTerm ?? asTerm(0));
      }
    }
  }

  #exited(node: Node, current: CurrentLife, reason: string): void {
    this.#closed(node, current);
    const { closed, planned, lastTerm } = current;
    node.current = null;
    node.threadId = null;
    const cause = this.#emit(
      {
        type: 'exited',
        planned: planned !== null,
        reason,
        closedAtMs: closed?.atMs ?? sharedNowMs(),
        noticed: closed?.noticed ?? false,
        term: lastTerm ?? asTerm(0),
      },
      { node, cause: planned?.cause ?? null },
    );
    if (planned !== null || this.#stopping) return;
    if (current.refused === null) this.#answerExit(node, reason, cause);
    else this.#fail(node, current.refused, cause);
  }

  #answerExit(node: Node, reason: string, cause: number): void {
    const { restart } = this.#init.options;
    node.exitsMs.push(sharedNowMs());
    const delayMs = restart === null ? null : restartDelayMs(node.exitsMs, restart);
    if (delayMs === null) {
      this.#fail(node, this.#down(node, `unplanned exit number ${node.exitsMs.length}: ${reason}`), cause);
      return;
    }
    node.lifecycle = 'restarting';
    const event = this.#emit({ type: 'restarting', delayMs, restarts: node.incarnation }, { node, cause });
    node.backOff = setTimeout(() => {
      // Its end has been reported by then, and answered with the next restart or by giving up.
      this.#relaunch(node, event).catch((error: unknown) => {
        if (!(error instanceof ElectorateError)) throw error;
      });
    }, delayMs);
  }

  #fail(node: Node, error: ElectorateError, cause: number | null): void {
    clearTimeout(node.backOff);
    node.lifecycle = 'failed';
    node.failure = error;
    this.#emit({ type: 'failed', code: error.code, reason: error.message }, { node, cause });
  }

  #disconnect(node: Node, current: CurrentLife): void {
    current.lastTerm ??= this.#router.disconnect(node.id, current.life.incarnation);
  }

  #cutBoth(a: NodeId, b: NodeId, cut: boolean): void {
    this.#router.setCut(a, b, cut);
    this.#router.setCut(b, a, cut);
  }

  #running(id: NodeId): { node: Node; current: CurrentLife } {
    const node = this.#node(id);
    const { current, lifecycle } = node;
    if (current === null || (lifecycle !== 'up' && lifecycle !== 'hung'))
      throw this.#down(node, `it is ${lifecycle}`);
    return { node, current };
  }

  #others(id: NodeId): Node[] {
    return [...this.#nodes.values()].filter((node) => node.id !== id);
  }

  #node(id: NodeId): Node {
    const node = this.#nodes.get(id);
    if (node === undefined)
      throw new ElectorateError('unknownNode', `There is no node ${id}`, { details: { node: id } });
    return node;
  }

  #down(node: Node, why: string): ElectorateError {
    return new ElectorateError('nodeDown', `Node ${node.id} is not running: ${why}`, {
      details: { node: node.id },
    });
  }

  #emit(
    observation: SupervisorObservation,
    { node, cause = null, atMs = sharedNowMs() }: About = {},
  ): number {
    this.#lastEventId += 1;
    const event: SupervisorEvent = {
      ...observation,
      id: this.#lastEventId,
      cause,
      node: node?.id ?? null,
      incarnation: node?.incarnation ?? 0,
      atMs,
    };
    this.#post({ type: 'event', event }, []);
    return event.id;
  }

  #post(message: FromSupervisor, ports: MessagePort[]): void {
    this.#init.eventPort.postMessage(message, ports);
  }
}

function statusOf({ id, lifecycle, incarnation, threadId, failure }: Node): SupervisedNode {
  return {
    id,
    lifecycle,
    incarnation,
    restarts: Math.max(0, incarnation - 1),
    threadId,
    failure: failure === null ? null : toWire(failure),
  };
}

function stopped(): ElectorateError {
  return new ElectorateError('clusterStopped', 'The cluster was stopped');
}
