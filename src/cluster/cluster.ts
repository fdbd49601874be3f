/** The handle that a script holds. */
import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Burden } from '../actor/burden.js';
import { sharedNowMs } from '../actor/clock.js';
import type { NodeStatus } from '../actor/protocol.js';
import type { Delay } from '../delay.js';
import { ElectorateError } from '../errors.js';
import {
  count,
  flag,
  positive,
  refuseOption,
  resolveClusterOptions,
  type ClusterOptions,
  type ResolvedClusterOptions,
} from '../options.js';
import { asNodeId, type LogIndex, type NodeId, type Term } from '../raft/brands.js';
import type { ProposalOutcome } from '../raft/effects.js';
import type { Entry, JsonValue } from '../raft/log.js';
import { resolveBurden } from './burden-option.js';
import { makeTemporaryDataDir, newGroup, openDataDir, removeTemporary, type DataDir } from './data-dir.js';
import type { ClusterEvent, Direction } from './events.js';
import { resolveDelay } from './delay-option.js';
import { checkJson } from './json.js';
import { LeaderView, type Leader } from './leader-view.js';
import { Lifeline } from './lifeline.js';
import { resolveLinkPolicy, type LinkPolicy } from './link.js';
import { checkNiceness } from './niceness-option.js';
import { nodeDown, NodeLife, outcomeUnknown } from './node-life.js';
import type { ClusterStatus, FromSupervisor } from './protocol.js';
import { SupervisorThread, type SupervisorCall } from './supervisor-thread.js';

/** Cancels a call: it rejects with the signal's reason. What was handed over by then still happens. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface StartOptions {
  /** Called with every event from the very first; otherwise as what `subscribe` is given. */
  readonly onEvent?: ((event: ClusterEvent) => void) | undefined;
}

/** Where a committed value is in the log. */
export interface Committed {
  readonly index: LogIndex;
  readonly term: Term;
}

/** One node, whatever life it is in. Every call rejects with `nodeDown` while it is not running. */
export interface NodeHandle {
  readonly id: NodeId;
  /** As of its last finished turn. A hung node answers when it is resumed. */
  status(options?: CallOptions): Promise<NodeStatus>;
  /** Every entry it has, committed or not. */
  log(options?: CallOptions): Promise<readonly Entry[]>;
  /**
   * Resolves when the value is committed. Rejects with `notLeader` (whom to ask is in `details.leaderId`),
   * `leaderUnconfirmed`, `mailboxFull` or `storeFailed` when nothing was replicated, and with `outcomeUnknown` when
   * leadership was lost or the node ended first.
   */
  propose(value: JsonValue, options?: CallOptions): Promise<Committed>;
}

/** Entry points other than the real ones, as URLs: how the tests get at threads that fail. */
export interface Entries {
  readonly node: string | null;
  readonly supervisor: string | null;
}

/** What `start` has prepared for a handle. */
interface Prepared {
  readonly options: ResolvedClusterOptions;
  readonly dataDir: DataDir | null;
  readonly entries: Entries;
}

/** Somebody waits for a leader. */
interface Waiting {
  readonly afterTerm: number;
  readonly resolve: (leader: Leader) => void;
}

let startWithEntries: (options: ClusterOptions, entries: Entries) => Promise<Cluster>;

/** `Cluster.start` with threads of another kind. For tests; no part of the public surface. */
export function startWith(options: ClusterOptions, entries: Partial<Entries>): Promise<Cluster> {
  return startWithEntries(options, { node: null, supervisor: null, ...entries });
}

/**
 * A running cluster. Every promise it hands out settles, also when a thread or the whole cluster fails; when `stop()`
 * has resolved, no thread, timer, port or temporary file is left.
 *
 * A call under way and a subscription keep the process alive; a cluster that nobody waits for does not, so a script
 * that forgets `stop()` ends, its nodes and the temporary folder with it.
 */
export class Cluster implements AsyncDisposable {
  /** What it was started with. `dataDir` is the folder in use, the temporary one too. */
  readonly options: ResolvedClusterOptions;
  /** The voters, then the learners. */
  readonly nodeIds: readonly NodeId[];

  readonly #dataDir: DataDir | null;
  readonly #thread: SupervisorThread;
  readonly #lifeline = new Lifeline();
  readonly #lives = new Map<NodeId, NodeLife>();
  readonly #leaders = new LeaderView();
  readonly #listeners = new Map<(event: ClusterEvent) => void, () => void>();
  /** Whoever waits for a leader, asked again after each event. */
  readonly #waiting = new Map<symbol, Waiting>();
  #lastSupervisorEvent = 0;
  #stopped: Promise<void> | null = null;

  private constructor({ options, dataDir, entries }: Prepared) {
    this.options = options;
    this.nodeIds = Object.freeze([...options.voters, ...options.learners]);
    this.#dataDir = dataDir;
    const { group, founded } = dataDir?.identity ?? { group: newGroup(), founded: false };
    this.#thread = new SupervisorThread(
      { options, group, dataDir: dataDir?.path ?? null, founded, nodeEntry: entries.node },
      entries.supervisor,
      { onMessage: (message) => this.#receive(message), onExited: (error) => this.#failed(error) },
    );
  }

  /**
   * Resolves when every node has opened its store and takes part; an election is under way then.
   * @throws ElectorateError `invalidOption` before anything is touched; `dataDirUnusable`, `storeForeign`,
   * `storeLocked`, `storeCorrupt`, `storeLost` or `startFailed` with nothing left running and nothing overwritten.
   */
  static async start(options: ClusterOptions = {}, { onEvent }: StartOptions = {}): Promise<Cluster> {
    return await Cluster.#start(options, { node: null, supervisor: null }, onEvent);
  }

  static {
    startWithEntries = Cluster.#start;
  }

  static async #start(
    given: ClusterOptions,
    entries: Entries,
    onEvent?: (event: ClusterEvent) => void,
  ): Promise<Cluster> {
    const options = resolveClusterOptions(given);
    checkNiceness(options.niceness);
    checkVoteLog(options.voteLog);
    const dataDir = await prepareDataDir(options);
    const cluster = new Cluster({
      options: Object.freeze({ ...options, dataDir: dataDir?.path ?? null }),
      dataDir,
      entries,
    });
    try {
      if (onEvent !== undefined) cluster.subscribe(onEvent);
      await cluster.#thread.call((control) => control.start());
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** @throws ElectorateError `unknownNode` */
  node(id: string): NodeHandle {
    const known = this.#known(id);
    return {
      id: known,
      status: async (options) => await this.#life(known).status(options),
      log: async (options) => await this.#life(known).log(options),
      propose: async (value, options) => {
        checkJson(value);
        return committedOf(known, await this.#life(known).propose(value, options));
      },
    };
  }

  /**
   * An elected leader that is up now and ready: an entry of its own term is committed. One that was just cut off
   * leads until it notices; with `afterTerm` only a leader of a later term will do.
   */
  async waitForLeader({
    signal,
    afterTerm = 0,
  }: CallOptions & { readonly afterTerm?: number } = {}): Promise<Leader> {
    this.#checkRunning();
    count('afterTerm', afterTerm, 0, Number.MAX_SAFE_INTEGER);
    signal?.throwIfAborted();
    const known = this.#leaders.current(afterTerm);
    if (known !== null) return known;
    const key = Symbol('waiting');
    const found = new Promise<Leader>((resolve) => this.#waiting.set(key, { afterTerm, resolve }));
    try {
      return await this.#thread.keepAlive.during(this.#lifeline.race(found, { signal }));
    } finally {
      this.#waiting.delete(key);
    }
  }

  /**
   * Proposes to the leader of the newest term known, and waits for one as long as nothing was replicated. Resolves when
   * the value is committed; rejects with `outcomeUnknown` when leadership is lost first: it never proposes twice.
   * A leader with no room for it is still the one to ask: that rejects with `mailboxFull`, to be tried again later.
   */
  async propose(value: JsonValue, options: CallOptions = {}): Promise<Committed> {
    checkJson(value);
    for (;;) {
      const leader = await this.waitForLeader(options);
      try {
        return await this.node(leader.id).propose(value, options);
      } catch (error) {
        if (!(error instanceof ElectorateError)) throw error;
        if (error.code === 'leaderUnconfirmed') await this.#nextHeartbeat(options);
        else if (isElsewhere(error)) this.#leaders.retire(leader);
        else throw error;
      }
    }
  }

  /** Cuts the node off and, an instant later, terminates its thread. It stays down until `restart`. */
  async crash(id: string): Promise<{ readonly atMs: number }> {
    const known = this.#known(id);
    return await this.#call((control) => control.crash(known));
  }

  /**
   * The normal end of a node: from `atMs` on it is heard no more, finishes the write under way and closes its store.
   * Resolves when its thread has ended. It stays down until `restart`.
   */
  async shutDown(id: string): Promise<{ readonly atMs: number }> {
    const known = this.#known(id);
    return await this.#call((control) => control.shutDown(known));
  }

  /** The node's thread stands still until `resume`, as soon as it reads what was sent at `atMs`. Nobody is told. */
  async hang(id: string): Promise<{ readonly atMs: number }> {
    const known = this.#known(id);
    return await this.#call((control) => control.hang(known));
  }

  /** Ends a hang. */
  async resume(id: string): Promise<void> {
    const known = this.#known(id);
    await this.#call((control) => control.resume(known));
  }

  /** Cuts every link to the node ('in': it hears nobody), from it ('out': nobody hears it), or both, at `atMs`. */
  async isolate(
    id: string,
    { direction = 'both' }: { readonly direction?: Direction } = {},
  ): Promise<{ readonly atMs: number }> {
    const known = this.#known(id);
    if (!['in', 'out', 'both'].includes(direction)) {
      refuseOption('direction', direction, "to be 'in', 'out' or 'both'");
    }
    return await this.#call((control) => control.isolate(known, direction));
  }

  /** Cuts every link between different groups, and joins all others. Nodes in no group form one of their own. */
  async partition(groups: readonly (readonly string[])[]): Promise<void> {
    const known = groups.map((group) => group.map((id) => this.#known(id)));
    const all = known.flat();
    const twice = all.find((id, index) => all.indexOf(id) !== index);
    if (twice !== undefined) refuseOption('groups', twice, 'to name each node once');
    await this.#call((control) => control.partition(known));
  }

  /** Cuts the link between two nodes; with `oneWay`, only what goes from `a` to `b`. */
  async cut(a: string, b: string, { oneWay = false }: { readonly oneWay?: boolean } = {}): Promise<void> {
    const [from, to] = this.#pair(a, b);
    flag('oneWay', oneWay);
    await this.#call((control) => control.cut(from, to, oneWay));
  }

  /**
   * Makes every link perfect again, every disk as fast as it is, and lifts every burden. Resumes and restarts nothing.
   */
  async heal(): Promise<void> {
    await this.#call((control) => control.heal());
  }

  /** Replaces the policy of one direction of a link. */
  async setLink(from: string, to: string, policy: LinkPolicy): Promise<void> {
    const [sender, addressee] = this.#pair(from, to);
    const resolved = resolveLinkPolicy(policy);
    await this.#call((control) => control.setLink(sender, addressee, resolved));
  }

  /** Writes that the node starts from now on, in later lives too, take until `forMs` from now, or until `heal`. */
  async stallDisk(
    id: string,
    { forMs }: { readonly forMs?: number } = {},
  ): Promise<{ readonly atMs: number }> {
    const known = this.#known(id);
    if (forMs !== undefined) positive('forMs', forMs);
    return await this.#call((control) => control.stallDisk(known, forMs ?? null));
  }

  /**
   * Writes that the node starts from now on, in later lives too, take a drawn time longer, until `heal`. Those that only
   * adopt a term, and promise nothing, are as fast as before, unless `termsToo` is set.
   */
  async slowDisk(
    id: string,
    delay: Delay,
    { termsToo = false }: { readonly termsToo?: boolean } = {},
  ): Promise<void> {
    const known = this.#known(id);
    const resolved = { delay: resolveDelay('delay', delay), termsToo: flag('termsToo', termsToo) };
    await this.#call((control) => control.slowDisk(known, resolved));
  }

  /**
   * Keeps the node's own thread busy: its event loop is blocked, it allocates, or it floods its peers. In later lives too,
   * until `heal`, another burden of that kind, or null, which lifts those of all kinds.
   */
  async burden(id: string, burden: Burden | null): Promise<void> {
    const known = this.#known(id);
    const resolved = burden === null ? null : resolveBurden(burden);
    await this.#call((control) => control.burden(known, resolved));
  }

  /** Starts the node's next life; one that still runs is stopped first. Resolves when it takes part. */
  async restart(id: string): Promise<void> {
    const known = this.#known(id);
    await this.#call((control) => control.restart(known));
  }

  /**
   * Calls `listener` with every event from now on, until what is returned is called. An exception of the listener is a
   * warning of the process, and nothing else.
   */
  subscribe(listener: (event: ClusterEvent) => void): () => void {
    this.#checkRunning();
    // A function of its own, so that one listener can be subscribed twice.
    const subscription = (event: ClusterEvent): void => listener(event);
    const release = this.#thread.keepAlive.acquire();
    this.#listeners.set(subscription, release);
    return () => {
      this.#listeners.delete(subscription);
      release();
    };
  }

  async status(): Promise<ClusterStatus> {
    return await this.#call((control) => control.status());
  }

  /** Stops every thread and removes the temporary folder. Calls under way reject. Safe to call twice, in any state. */
  stop(): Promise<void> {
    this.#stopped ??= this.#thread.keepAlive.during(this.#stop());
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#end(new ElectorateError('clusterStopped', 'The cluster was stopped'));
    await this.#thread.stop();
    for (const life of this.#lives.values()) life.close();
    for (const release of this.#listeners.values()) release();
    this.#listeners.clear();
    if (this.#dataDir !== null) await removeTemporary(this.#dataDir);
  }

  async #call<T>(invoke: SupervisorCall<T>): Promise<T> {
    this.#checkRunning();
    return await this.#lifeline.race(this.#thread.call(invoke));
  }

  /** By then a quorum has answered its leader, or it is one no more. */
  async #nextHeartbeat({ signal }: CallOptions): Promise<void> {
    const beat = setTimeout(this.options.heartbeatMs, undefined, { ref: false });
    await this.#thread.keepAlive.during(this.#lifeline.race(beat, { signal }));
  }

  #receive(message: FromSupervisor): void {
    if (message.type === 'event') {
      const { event } = message;
      this.#lastSupervisorEvent = event.id;
      if ((event.type === 'crashed' || event.type === 'exited') && event.node !== null) {
        const life = this.#lives.get(event.node);
        if (life?.incarnation === event.incarnation) life.end(nodeDown(event.node));
      }
      this.#publish([event]);
      return;
    }
    const { node, incarnation } = message;
    const life = new NodeLife(message, this.#thread.keepAlive, {
      onEvents: (events) => this.#publish(events),
      onOver: () => this.#leaders.endLife(node, incarnation),
    });
    if (this.#lifeline.ended !== null) life.end(this.#lifeline.ended);
    this.#lives.set(node, life);
  }

  #publish(events: readonly ClusterEvent[]): void {
    for (const event of events) {
      this.#leaders.observe(event);
      for (const listener of this.#listeners.keys()) {
        try {
          listener(event);
        } catch (error) {
          process.emitWarning(error instanceof Error ? error : String(error));
        }
      }
    }
    for (const { afterTerm, resolve } of this.#waiting.values()) {
      const leader = this.#leaders.current(afterTerm);
      if (leader !== null) resolve(leader);
    }
  }

  #failed(error: ElectorateError): void {
    if (this.#lifeline.ended !== null) return;
    this.#end(error);
    this.#publish([
      {
        type: 'clusterFailed',
        reason: error.message,
        id: this.#lastSupervisorEvent + 1,
        cause: null,
        node: null,
        incarnation: 0,
        atMs: sharedNowMs(),
      },
    ]);
    // Nothing will come any more: nobody should wait for it.
    for (const release of this.#listeners.values()) release();
  }

  #end(error: ElectorateError): void {
    this.#lifeline.end(error);
    for (const life of this.#lives.values()) life.end(error);
  }

  #checkRunning(): void {
    if (this.#lifeline.ended !== null) throw this.#lifeline.ended;
  }

  /** The life whose calls are answered, or refused for the reason that it ended. */
  #life(id: NodeId): NodeLife {
    this.#checkRunning();
    const life = this.#lives.get(id);
    if (life === undefined) throw nodeDown(id);
    return life;
  }

  #pair(a: string, b: string): [NodeId, NodeId] {
    const pair: [NodeId, NodeId] = [this.#known(a), this.#known(b)];
    if (a === b) refuseOption('to', b, 'to be another node');
    return pair;
  }

  #known(id: string): NodeId {
    const known = asNodeId(id);
    if (this.nodeIds.includes(known)) return known;
    throw new ElectorateError('unknownNode', `Expected a node of ${this.nodeIds.join(', ')}, got '${id}'`, {
      details: { node: String(id) },
    });
  }
}

/** Nothing was replicated, and another node may be the one to ask: who can't write leads no more. */
function isElsewhere({ code }: ElectorateError): boolean {
  return code === 'notLeader' || code === 'nodeDown' || code === 'storeFailed';
}

function committedOf(id: NodeId, outcome: ProposalOutcome | { readonly type: 'mailboxFull' }): Committed {
  switch (outcome.type) {
    case 'committed':
      return { index: outcome.index, term: outcome.term };
    case 'notLeader': {
      const { leaderId } = outcome;
      const hint = leaderId === null ? 'it knows of none' : `it follows ${leaderId}`;
      throw new ElectorateError('notLeader', `Node ${id} is not the leader: ${hint}`, {
        details: { node: id, leaderId },
      });
    }
    case 'outcomeUnknown':
      throw outcomeUnknown(id);
    case 'leaderUnconfirmed':
      throw refusal('leaderUnconfirmed', id, 'no quorum has confirmed lately that it leads');
    case 'storeFailed':
      throw refusal('storeFailed', id, 'its store failed');
    case 'mailboxFull':
      throw refusal('mailboxFull', id, 'too much is waiting there');
  }
}

function refusal(
  code: 'leaderUnconfirmed' | 'storeFailed' | 'mailboxFull',
  id: NodeId,
  why: string,
): ElectorateError {
  return new ElectorateError(code, `Node ${id} did not take the proposal: ${why}`, { details: { node: id } });
}

async function prepareDataDir(options: ResolvedClusterOptions): Promise<DataDir | null> {
  if (options.store === 'memory') return null;
  return options.dataDir === null
    ? await makeTemporaryDataDir(options, options.keep)
    : await openDataDir(options.dataDir, options);
}

/** Before a thread starts, since each of them would fail over it. */
function checkVoteLog(path: string | null): void {
  if (path === null) return;
  try {
    closeSync(openSync(path, 'a'));
  } catch {
    refuseOption('voteLog', path, 'to be a file to append to');
  }
}
