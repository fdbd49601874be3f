/** One node across its lives: started, ended by the verbs, restarted within limits when it ends by itself. */
import { sharedNowMs } from '../actor/clock.js';
import type { Burden } from '../actor/burden.js';
import type { WriteDelay } from '../actor/disk-stall.js';
import { ElectorateError, messageOf, toWire } from '../errors.js';
import type { RestartLimits } from '../options.js';
import { asTerm, type NodeId, type Term } from '../raft/brands.js';
import type { SupervisorObservation } from './events.js';
import { Life, type LifeInit, type LifeListener, type Opened } from './life.js';
import type { Lifecycle, SupervisedNode } from './protocol.js';
import { restartDelayMs } from './restart-policy.js';
import type { Router } from './router.js';

/** What a keeper needs of the supervisor; called on its thread. */
export interface Surroundings {
  readonly router: Router;
  readonly restart: RestartLimits | null;
  readonly exitNotice: boolean;
  /** Another entry point for the thread, as a URL; null: the real one. */
  readonly entry: string | null;
  initOf(incarnation: number): LifeInit;
  /** A disk store that earlier lives wrote is not there any more. */
  isStoreLost(): boolean;
  /** @returns the id of the event */
  emit(observation: SupervisorObservation, about: About): number;
  /** The ports of a new life, for whoever holds the cluster. */
  handOut(life: Life): void;
  /** Tells every other node that takes part. */
  noticeExit(incarnation: number, term: Term): void;
}

/** Which life an event is about, what led to it, and when it was. */
export interface About {
  readonly incarnation: number;
  readonly cause?: number | null;
  readonly atMs?: number;
}

/** The life that has not ended yet. */
interface CurrentLife {
  readonly life: Life;
  /** It has been told to take part. */
  begun: boolean;
  /** A verb or `stop` ended it: `cause` is the event that said so. */
  planned: { readonly cause: number | null } | null;
  /** What it came back with. */
  firstTerm: Term;
  /** The highest term that it had shown when it was cut off; null while it is connected, or never was. */
  lastTerm: Term | null;
  /** When its thread was seen to be gone, and whether the peers were told. */
  closed: { readonly atMs: number; readonly noticed: boolean } | null;
}

/** Verbs on a node that is not running throw `nodeDown`. */
export class NodeKeeper {
  readonly id: NodeId;
  readonly #around: Surroundings;
  #lifecycle: Lifecycle = 'down';
  #incarnation = 0;
  #current: CurrentLife | null = null;
  #threadId: number | null = null;
  #failure: ElectorateError | null = null;
  /** A stall is the disk's: it outlasts the lives. On the shared clock; null: its writes take no longer than they do. */
  #stalledUntilMs: number | null = null;
  /** As a stall; null: none. */
  #writeDelay: WriteDelay | null = null;
  /** By kind: borne by every life until it is lifted. */
  readonly #burdens = new Map<Burden['type'], Burden>();
  /** When it exited unplanned since somebody last saw to it. */
  readonly #exitsMs: number[] = [];
  #backOff: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(id: NodeId, around: Surroundings) {
    this.id = id;
    this.#around = around;
  }

  get status(): SupervisedNode {
    return {
      id: this.id,
      lifecycle: this.#lifecycle,
      incarnation: this.#incarnation,
      restarts: Math.max(0, this.#incarnation - 1),
      threadId: this.#threadId,
      failure: this.#failure === null ? null : toWire(this.#failure),
    };
  }

  /** The first life: opens its store, and takes part when it is told to by what this resolves with. */
  async launch(): Promise<() => void> {
    return await this.#launch(null);
  }

  /** Cut first, stamp, then terminate: nothing that it sends from the stamp on reaches anybody. */
  crash(): { readonly atMs: number } {
    const current = this.#running();
    this.#disconnect(current);
    const atMs = sharedNowMs();
    void current.life.terminate('it was crashed');
    this.#lifecycle = 'down';
    current.planned = { cause: this.#emit({ type: 'crashed' }, { atMs }) };
    return { atMs };
  }

  /**
   * The normal end, of which the others hear as of any other: from the stamp on nothing of it reaches anybody, but it
   * finishes the write under way and closes its store. Resolves when its thread has ended.
   */
  async shutDown(): Promise<{ readonly atMs: number }> {
    const current = this.#running();
    this.#disconnect(current);
    const atMs = sharedNowMs();
    this.#lifecycle = 'down';
    current.planned = { cause: this.#emit({ type: 'shutDown' }, { atMs }) };
    await current.life.stop('it was shut down');
    return { atMs };
  }

  /** @returns when it was asked to; of one that hangs already, now */
  hang(): { readonly atMs: number } {
    const { life } = this.#running();
    const atMs = sharedNowMs();
    if (this.#lifecycle === 'hung') return { atMs };
    life.hang();
    this.#lifecycle = 'hung';
    this.#emit({ type: 'hung' }, { atMs });
    return { atMs };
  }

  resume(): void {
    const { life } = this.#running();
    if (this.#lifecycle !== 'hung') return;
    this.#lifecycle = 'up';
    this.#emit({ type: 'resumed' });
    life.resume();
  }

  /** @param untilMs on the shared clock; null: until `heal` */
  stallDisk(untilMs: number | null): { readonly atMs: number } {
    const { life } = this.#running();
    const atMs = sharedNowMs();
    this.#stalledUntilMs = untilMs ?? Number.POSITIVE_INFINITY;
    life.stallDisk(this.#stalledUntilMs);
    this.#emit({ type: 'diskStalled', untilMs }, { atMs });
    return { atMs };
  }

  slowDisk(delay: WriteDelay): void {
    const { life } = this.#running();
    this.#writeDelay = delay;
    life.slowDisk(delay);
    this.#emit({ type: 'diskSlowed', delay });
  }

  /** @param burden instead of the one of its kind; null: none of any kind, also in lives to come of one that is down */
  burden(burden: Burden | null): void {
    if (burden === null) {
      this.#burdens.clear();
      this.#current?.life.burden(null);
    } else {
      const { life } = this.#running();
      this.#burdens.set(burden.type, burden);
      life.burden(burden);
    }
    this.#emit({ type: 'burdened', burden });
  }

  /** The disk is as it was in the beginning, and the thread bears no burden. */
  heal(): void {
    this.#burdens.clear();
    this.#current?.life.burden(null);
    this.#stalledUntilMs = null;
    this.#writeDelay = null;
    this.#current?.life.stallDisk(null);
    this.#current?.life.slowDisk(null);
  }

  /** Passes an exit notice on, if the node takes part. */
  peerExited(node: NodeId, incarnation: number, term: Term): void {
    if (this.#current?.begun === true) this.#current.life.peerExited(node, incarnation, term);
  }

  /** Whatever state it is in: one that runs is stopped first, a wait is cut short, a failed one gets another chance. */
  async restart(): Promise<void> {
    if (this.#lifecycle === 'starting') throw this.#down('it is being started already');
    this.#exitsMs.length = 0;
    const current = this.#current;
    if (current !== null) {
      this.#lifecycle = 'down';
      if (current.closed === null) current.planned ??= { cause: null };
      await current.life.stop('it was restarted');
    }
    await this.#relaunch(null);
  }

  /** For good. Resolves when no thread is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#backOff);
    if (this.#current === null) return;
    this.#current.planned ??= { cause: null };
    await this.#current.life.stop('the cluster was stopped');
  }

  /** A later life. Rejects when it can't open its store; the node is marked failed then. */
  async #relaunch(cause: number | null): Promise<void> {
    if (this.#stopping) throw this.#down('the cluster is being stopped');
    if (this.#current !== null) throw this.#down('it is being started already');
    clearTimeout(this.#backOff);
    if (this.#around.isStoreLost()) {
      const why = `The store of ${this.id} is gone: a node that forgot its vote could vote twice`;
      const lost = new ElectorateError('storeLost', why, { details: { node: this.id } });
      this.#fail(lost, cause);
      throw lost;
    }
    const begin = await this.#launch(cause);
    begin();
  }

  async #launch(cause: number | null): Promise<() => void> {
    this.#lifecycle = 'starting';
    this.#incarnation += 1;
    this.#failure = null;
    const incarnation = this.#incarnation;
    const life = this.#createLife(cause, {
      onOutgoing: (messages, sentMs) => this.#around.router.route(this.id, incarnation, messages, sentMs),
      onClosed: () => this.#closed(current),
      onExited: (reason, refused) => this.#exited(current, reason, refused),
    });
    const current: CurrentLife = {
      life,
      begun: false,
      firstTerm: asTerm(0),
      planned: null,
      lastTerm: null,
      closed: null,
    };
    this.#current = current;
    this.#around.handOut(life);
    const opened = await life.opened;
    return () => this.#begin(current, opened, cause);
  }

  /** @throws ElectorateError `startFailed` where the system has no room for another thread; the node is marked failed then */
  #createLife(cause: number | null, listener: LifeListener): Life {
    try {
      return new Life(this.#around.initOf(this.#incarnation), this.#around.entry, listener);
    } catch (error) {
      const why = `The thread of ${this.id} can't be created: ${messageOf(error)}`;
      const refused = new ElectorateError('startFailed', why, { details: { node: this.id }, cause: error });
      this.#fail(refused, cause);
      throw refused;
    }
  }

  #begin(current: CurrentLife, opened: Opened, cause: number | null): void {
    if (current.planned !== null || current.closed !== null) throw this.#down('it ended while it started');
    const { life } = current;
    this.#lifecycle = 'up';
    this.#threadId = opened.threadId;
    current.begun = true;
    current.firstTerm = opened.term;
    this.#around.router.connect(life);
    const restarts = life.incarnation - 1;
    this.#emit(
      restarts === 0 ? { type: 'nodeStarted', ...opened } : { type: 'restarted', ...opened, restarts },
      { cause },
    );
    if (this.#stalledUntilMs !== null) life.stallDisk(this.#stalledUntilMs);
    if (this.#writeDelay !== null) life.slowDisk(this.#writeDelay);
    for (const burden of this.#burdens.values()) life.burden(burden);
    life.begin();
  }

  #closed(current: CurrentLife): void {
    if (current.closed !== null) return;
    const atMs = sharedNowMs();
    this.#disconnect(current);
    if (this.#current === current) this.#lifecycle = 'down';
    const noticed = current.begun && this.#around.exitNotice && !this.#stopping;
    current.closed = { atMs, noticed };
    // Before any restart: whoever hears of it knows that this life can't answer any more.
    if (noticed) this.#around.noticeExit(current.life.incarnation, current.lastTerm ?? asTerm(0));
  }

  #exited(current: CurrentLife, reason: string, refused: ElectorateError | null): void {
    this.#closed(current);
    const { closed, planned, lastTerm } = current;
    this.#current = null;
    this.#threadId = null;
    const exit = this.#emit(
      {
        type: 'exited',
        planned: planned !== null,
        reason,
        closedAtMs: closed?.atMs ?? sharedNowMs(),
        noticed: closed?.noticed ?? false,
        term: lastTerm ?? asTerm(0),
      },
      { cause: planned?.cause ?? null },
    );
    if (planned !== null || this.#stopping) return;
    if (refused === null) this.#answerExit(reason, exit);
    else this.#fail(refused, exit);
  }

  #answerExit(reason: string, exit: number): void {
    const { restart } = this.#around;
    this.#exitsMs.push(sharedNowMs());
    const delayMs = restart === null ? null : restartDelayMs(this.#exitsMs, restart);
    if (delayMs === null) {
      this.#fail(this.#down(`unplanned exit number ${this.#exitsMs.length}: ${reason}`), exit);
      return;
    }
    this.#lifecycle = 'restarting';
    const cause = this.#emit({ type: 'restarting', delayMs, restarts: this.#incarnation }, { cause: exit });
    this.#backOff = setTimeout(() => {
      // Its end has been reported by then, and answered with the next restart or by giving up.
      this.#relaunch(cause).catch((error: unknown) => {
        if (!(error instanceof ElectorateError)) throw error;
      });
    }, delayMs);
  }

  #fail(error: ElectorateError, cause: number | null): void {
    clearTimeout(this.#backOff);
    this.#lifecycle = 'failed';
    this.#failure = error;
    this.#emit({ type: 'failed', code: error.code, reason: error.message }, { cause });
  }

  #disconnect(current: CurrentLife): void {
    const { ledger, incarnation } = current.life;
    if (!this.#around.router.disconnect(this.id, incarnation)) return;
    current.lastTerm = asTerm(Math.max(current.firstTerm, ledger.shownTerm));
  }

  #running(): CurrentLife {
    const current = this.#current;
    if (current === null || (this.#lifecycle !== 'up' && this.#lifecycle !== 'hung')) {
      throw this.#down(`it is ${this.#lifecycle}`);
    }
    return current;
  }

  #down(why: string): ElectorateError {
    return new ElectorateError('nodeDown', `Node ${this.id} is not running: ${why}`, {
      details: { node: this.id },
    });
  }

  #emit(observation: SupervisorObservation, about: Omit<About, 'incarnation'> = {}): number {
    return this.#around.emit(observation, { incarnation: this.#incarnation, ...about });
  }
}
