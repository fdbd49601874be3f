/**
 * One node's thread: takes one input at a time through the core and carries out its effects before the next.
 * Meanwhile the event loop is free: messages are stamped as they arrive, timers queue, control calls are answered.
 */
import { ElectorateError } from '../errors.js';
import { turnsPerSlice } from '../limits.js';
import type { NodeId } from '../raft/brands.js';
import type { CoreOptions } from '../raft/options.js';
import { createState, type RaftState } from '../raft/state.js';
import { step } from '../raft/step.js';
import type { Time } from '../raft/time.js';
import { openLevelStore } from '../storage/level-store.js';
import { openMemoryStore } from '../storage/memory-store.js';
import { ownerOf, type Store } from '../storage/store.js';
import { Burdens } from './burdens.js';
import { NodeClock, nodeEventLoop, tickMsFor, type Cancel, type EventLoop } from './clock.js';
import { Control } from './control.js';
import { DiskStall } from './disk-stall.js';
import { Flood } from './flood.js';
import { watchGarbage, type GarbageWatch } from './garbage-watch.js';
import { HeartbeatGaps } from './heartbeat-gaps.js';
import { Interpreter } from './interpreter.js';
import { causeOf, inputOf, isJudged, laneOf, type Mail } from './mail.js';
import { Mailbox } from './mailbox.js';
import { osThreadId } from './os-thread.js';
import { parseMessage } from './parse-message.js';
import type { ActorEvent, Cause, Delivery, NodeInit, Strain, ToNode } from './protocol.js';
import { rehearseElections } from './rehearsal.js';
import { Reporter } from './reporter.js';
import { StallWatch } from './stall-watch.js';
import { snapshotOf, statusAt, type Snapshot } from './status.js';
import { Throttle } from './throttle.js';
import { isFine, Timers } from './timers.js';
import { Transport } from './transport.js';
import { openWitness, type Witness } from './witness.js';

/** What a node runs on. Tests put their own parts in its place. */
export interface Runtime {
  readonly loop: EventLoop;
  readonly step: typeof step;
  openStore(init: NodeInit): Store | Promise<Store>;
  watchGarbage(): GarbageWatch;
  /** Called once, before the node reports that it is open. */
  rehearse(options: CoreOptions): Promise<void>;
}

const nodeRuntime: Runtime = {
  loop: nodeEventLoop,
  step,
  watchGarbage,
  rehearse: rehearseElections,
  openStore({ store, group, id }) {
    const owner = ownerOf(group, id);
    return store.kind === 'disk'
      ? openLevelStore(store.path, owner, store)
      : openMemoryStore(store.journal, owner);
  },
};

/**
 * Runs a node on this thread, from opening its store until its Raft port has been closed and it has let go of
 * everything. A store that can't be opened is told to the supervisor, and is no failure of this function.
 * Rejects with a bug, and only then: the thread must go down with it.
 */
export async function runActor(init: NodeInit, parts: Partial<Runtime> = {}): Promise<void> {
  const runtime = { ...nodeRuntime, ...parts };
  const transport = new Transport(init.raftPort, init.ledger);
  const reporter = new Reporter(runtime.loop, init.eventPort, init.id, init.incarnation);
  try {
    const opened = await open(init, runtime);
    if (opened instanceof ElectorateError) {
      transport.openFailed(opened.code, opened.message);
    } else {
      await runtime.rehearse(init.options);
      transport.opened(osThreadId(), opened.store.initial.hardState.currentTerm);
      await new Actor(init, runtime, { ...opened, transport, reporter }).run();
    }
  } finally {
    init.controlPort.close();
    reporter.close();
    transport.close();
  }
}

interface Opened {
  readonly store: Store;
  readonly witness: Witness;
}

async function open(init: NodeInit, runtime: Runtime): Promise<Opened | ElectorateError> {
  let witness: Witness | null = null;
  try {
    witness = openWitness(init);
    return { witness, store: await runtime.openStore(init) };
  } catch (error) {
    witness?.close();
    if (error instanceof ElectorateError) return error;
    throw error;
  }
}

interface Holdings extends Opened {
  readonly transport: Transport;
  readonly reporter: Reporter;
}

class Actor {
  readonly #init: NodeInit;
  readonly #runtime: Runtime;
  readonly #holdings: Holdings;
  readonly #peers: ReadonlySet<NodeId>;

  readonly #clock: NodeClock;
  readonly #timers: Timers;
  readonly #burdens: Burdens;
  readonly #stallWatch: StallWatch;
  readonly #stall: DiskStall;
  readonly #mailbox: Mailbox;
  readonly #control: Control;
  readonly #interpreter: Interpreter;
  readonly #state: RaftState;
  #snapshot: Snapshot;
  readonly #gaps = new HeartbeatGaps();
  #lastInputId = 0;

  /** The longest that a mail waited since the last status. */
  #maxAgeMs = 0;
  readonly #rejected = new Throttle();
  readonly #dropped = { control: new Throttle(), data: new Throttle() };

  #begun = false;
  #stopping = false;
  /** Set while proposals wait for the event loop's next turn. */
  #cancelRun: Cancel | null = null;
  #turns = 0;
  /** True from the first input of a slice until nothing waits any more. */
  #busy = false;
  /** The work under way, and when idle the last that was. */
  #work: Promise<void> = Promise.resolve();
  #fail: (bug: unknown) => void = () => {};
  /** The first bug, for when nobody listens to `#fail` any more. */
  #bug: { readonly error: unknown } | null = null;

  constructor(init: NodeInit, runtime: Runtime, holdings: Holdings) {
    const { loop } = runtime;
    const { rules, heartbeatMs } = init.options;
    this.#init = init;
    this.#runtime = runtime;
    this.#holdings = holdings;
    this.#peers = new Set(init.roster.filter((id) => id !== init.id));
    // Behind the seed of the core, as that of the disk.
    this.#burdens = new Burdens(loop, this.#floodOf(init), init.seed + 2);
    this.#stallWatch = new StallWatch(loop, runtime.watchGarbage(), this.#burdens, (event, atMs) =>
      this.#report(event, atMs),
    );
    this.#clock = new NodeClock(loop, tickMsFor(heartbeatMs), rules.runningClock, (fromMs, untilMs) =>
      this.#stallWatch.saw(fromMs, untilMs),
    );
    this.#timers = new Timers(loop, this.#clock, rules.fineTimers, (expiry) => {
      // It goes behind what has arrived, even when this thread has not looked at it yet (pitfall 1).
      if (isJudged(expiry.timer)) this.#drain();
      this.#offer({ type: 'timer', expiry, arrived: this.#clock.read() });
      this.#run();
    });
    this.#stall = new DiskStall(loop, init.seed + 1);
    this.#mailbox = new Mailbox(init.mailbox, this.#peers.size, rules);
    this.#state = createState({ ...init, ...holdings.store.initial });
    this.#snapshot = snapshotOf(this.#state, this.#clock.read());
    this.#interpreter = new Interpreter({
      ...holdings,
      loop,
      stall: this.#stall,
      timers: this.#timers,
      reply: (requestId, outcome) => this.#control.answer(requestId, outcome),
    });
    this.#control = new Control(init.controlPort, {
      status: () =>
        statusAt(loop.nowMs(), this.#snapshot, {
          mailbox: { ...this.#mailbox.counts, rejected: this.#rejected.total },
          lostMs: this.#clock.lostMs,
          strain: this.#takeStrain(loop.nowMs()),
        }),
      log: () => [...this.#interpreter.flushedEntries],
      enqueue: (requestId, value) => {
        const waits = this.#offer({ type: 'propose', requestId, value, arrived: this.#clock.read() });
        // Behind all that have come with it: a flood of them fills its lane, and holds up nothing else.
        this.#cancelRun ??= loop.soon(() => this.#run());
        return waits;
      },
    });
  }

  /** Resolves when the node has stopped and let go of everything; rejects with a bug. */
  async run(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fail = (error) => {
          this.#bug ??= { error };
          reject(error);
        };
        this.#holdings.transport.listen({
          onInput: (input) => this.#take(input),
          onDirect: (delivery, { peer, incarnation }) => {
            if (this.#begun) this.#receive([delivery], new Set([peer]), incarnation);
          },
          onArrived: () => this.#run(),
          onClose: resolve,
        });
      });
      // Finishes the turn under way, its write included.
      this.#stopping = true;
      this.#burdens.close();
      this.#stall.end();
      await this.#work;
      this.#control.answerAll();
      await this.#holdings.store.close();
      // Of the turn that was under way at the end: nobody waits for the promise by then.
      if (this.#bug !== null) throw this.#bug.error;
    } finally {
      this.#stopping = true;
      this.#cancelRun?.();
      this.#timers.close();
      this.#burdens.close();
      this.#clock.close();
      this.#stallWatch.close();
      this.#holdings.witness.close();
    }
  }

  #take(input: ToNode): void {
    switch (input.type) {
      case 'begin':
        this.#begun = true;
        this.#offer({ type: 'start', arrived: this.#clock.read() });
        break;
      case 'deliver':
        // Before it begins a node is not there yet, and what it is sent is lost.
        if (this.#begun) this.#receive(input.messages, this.#peers, null);
        break;
      case 'peerExited':
        if (!this.#begun) break;
        // A notice overtakes bulk: what its life still says there would be believed for another T.
        this.#mailbox.forget(input.node, input.incarnation);
        this.#offer({ ...input, arrived: this.#clock.read() });
        break;
      case 'join':
        this.#holdings.transport.join(input);
        break;
      case 'hang':
        this.#hang();
        break;
      case 'stallDisk':
        this.#stall.set(input.untilMs);
        break;
      case 'slowDisk':
        this.#stall.slow(input.delay);
        break;
      case 'burden':
        this.#burdens.set(input.burden);
        break;
    }
  }

  /** @param senders who may have sent it, in which life; null: the router has seen to that */
  #receive(deliveries: readonly Delivery[], senders: ReadonlySet<string>, incarnation: number | null): void {
    const arrived = this.#clock.read();
    for (const { message: untrusted, sentMs } of deliveries) {
      const parsed = parseMessage(untrusted, senders, incarnation);
      if ('message' in parsed) {
        this.#offer({ type: 'message', message: parsed.message, sentMs, arrived });
      } else if (this.#rejected.count(arrived.nowMs) > 0) {
        this.#report({ type: 'messageRejected', ...parsed });
      }
    }
  }

  /** Stands where it is, like a thread that the machine has forgotten. */
  #hang(): void {
    const gate = new Int32Array(this.#init.hangGate);
    while (Atomics.load(gate, 0) === 1) Atomics.wait(gate, 0, 1);
  }

  /** False: its lane, or its sender's share of it, is full, and it was dropped. */
  #offer(mail: Mail): boolean {
    const waits = this.#mailbox.offer(mail);
    if (!waits) {
      const lane = laneOf(mail);
      const dropped = this.#dropped[lane].count(mail.arrived.nowMs);
      if (dropped > 0) this.#report({ type: 'mailboxFull', lane, dropped });
    }
    return waits;
  }

  /** What no input led to. */
  #report(event: ActorEvent, atMs: number = this.#clock.read().nowMs): void {
    this.#holdings.reporter.add(event, this.#causeOf(null, atMs), atMs);
  }

  #drain(): void {
    if (this.#init.options.rules.drainBeforeSuspect) this.#holdings.transport.drain();
  }

  #takeStrain(nowMs: number): Strain {
    const maxAgeMs = Math.max(this.#maxAgeMs, this.#mailbox.ageMs(nowMs));
    this.#maxAgeMs = 0;
    const maxWaiting = this.#mailbox.takeMaxWaiting();
    return { maxWaiting, maxAgeMs, ...this.#burdens.takeStrain(), heartbeatGaps: this.#gaps.take() };
  }

  /** Past the core and its witness: it says nothing that anybody could rely on. */
  #floodOf({ id: from, group, incarnation, mailbox }: NodeInit): Flood {
    const { transport } = this.#holdings;
    const { loop } = this.#runtime;
    return new Flood({ group, from, incarnation }, [...this.#peers], mailbox.control, (messages) =>
      transport.send(messages, loop.nowMs()),
    );
  }

  /** Handles what waits, unless that is under way. Called with all in the lanes that has come by now. */
  #run(): void {
    this.#cancelRun?.();
    this.#cancelRun = null;
    if (!this.#begun || this.#stopping || this.#busy) return;
    this.#work = this.#handleWaiting().catch(this.#fail);
  }

  async #handleWaiting(): Promise<void> {
    this.#busy = true;
    while (!this.#stopping) {
      // What has come since the expiry was offered counts as well.
      if (this.#mailbox.isJudgedNext) this.#drain();
      const mail = this.#mailbox.take();
      if (mail === undefined) break;
      await this.#turn(mail);
      // Over all slices: one port hands over a thousand messages, each its own slice, before any timer.
      this.#turns += 1;
      if (this.#turns % turnsPerSlice === 0) await this.#pause();
    }
    this.#busy = false;
  }

  /** Timers and ports get their turn. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#runtime.loop.soon(resolve);
    });
  }

  async #turn(mail: Mail): Promise<void> {
    const time = this.#clock.read();
    this.#maxAgeMs = Math.max(this.#maxAgeMs, time.nowMs - mail.arrived.nowMs);
    const cause = this.#causeOf(mail, time.nowMs);
    const input = inputOf(mail, cause.id, this.#waitingContact(mail));
    const effects = this.#runtime.step(this.#state, input, time);
    this.#gaps.see(this.#state);
    const error = await this.#interpreter.carryOut(effects, cause, time.nowMs, timerFired(mail));
    this.#snapshot = snapshotOf(this.#state, this.#clock.read());
    // Ahead of everything that waits: who can't write must not answer.
    if (error !== null) await this.#turn({ type: 'storeFailed', error, arrived: this.#clock.read() });
  }

  /** The leader's newest sign of life that has arrived and was not handled yet, to judge an expiry by. */
  #waitingContact(mail: Mail): Time | null {
    const { leaderId, currentTerm } = this.#state;
    if (mail.type !== 'timer' || mail.expiry.timer !== 'election' || leaderId === null) return null;
    return this.#mailbox.newestWaitingContact(leaderId, currentTerm);
  }

  #causeOf(mail: Mail | null, handledMs: number): Cause {
    this.#lastInputId += 1;
    return causeOf(mail, this.#lastInputId, handledMs);
  }
}

/** What there is to report of this expiry itself; null: nothing. */
function timerFired(mail: Mail): ActorEvent | null {
  if (mail.type !== 'timer' || !isFine(mail.expiry.timer)) return null;
  const { timer, deadlineMs, lateMs, lostMs } = mail.expiry;
  return { type: 'timerFired', timer, deadlineMs, lateMs, lostMs };
}
