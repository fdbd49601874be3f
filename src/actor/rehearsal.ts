/**
 * Elections are rare, and a thread runs what it has rarely run an order of magnitude slower: it would compile what an
 * election takes, and learn the shapes of its messages, in the very election that is waited for. So a node plays some
 * through before it takes part: the same parts, and ports that copy every message as those between threads do, among
 * nodes that exist in this file only.
 */
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { rehearsedElections } from '../limits.js';
import { asNodeId, type NodeId } from '../raft/brands.js';
import { longestTimeout, type CoreOptions } from '../raft/options.js';
import { createState, type RaftState } from '../raft/state.js';
import { step } from '../raft/step.js';
import type { Time } from '../raft/time.js';
import { createJournal, openMemoryStore } from '../storage/memory-store.js';
import { ownerOf } from '../storage/store.js';
import { NodeClock, sharedNowMs, type EventLoop } from './clock.js';
import { Interpreter } from './interpreter.js';
import { Ledger } from './ledger.js';
import { causeOf, inputOf, type Mail } from './mail.js';
import { Mailbox } from './mailbox.js';
import { parseMessage } from './parse-message.js';
import type { Delivery, FromNode, NodeEvents, ToNode } from './protocol.js';
import { Reporter } from './reporter.js';
import { Timers } from './timers.js';
import { Transport } from './transport.js';
import { openWitness } from './witness.js';

const voters = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId);
const names: ReadonlySet<string> = new Set(voters);

/** Resolves when done; the node has nothing else to do until then. */
export async function rehearseElections(options: CoreOptions): Promise<void> {
  const stage = new Stage(options);
  try {
    for (const id of voters) await stage.play(id, { type: 'start', arrived: stage.time });
    for (let election = 0; election < rehearsedElections; election += 1) {
      const candidate = voters[election % voters.length];
      if (candidate !== undefined) await stage.elect(candidate);
    }
  } finally {
    stage.close();
  }
}

/** All players, their time, and what is on its way between them. */
class Stage {
  readonly #players: ReadonlyMap<NodeId, Player>;
  readonly #pauseMs: number;
  /** As uneven as real times are: whole numbers are another kind of number to the engine. */
  #nowMs = sharedNowMs();

  constructor(options: CoreOptions) {
    this.#pauseMs = 10.01 * (longestTimeout(options) + options.electionJitterMs);
    this.#players = new Map(voters.map((id) => [id, new Player(id, options)]));
  }

  get time(): Time {
    return { nowMs: this.#nowMs, runningMs: this.#nowMs };
  }

  /** Who leads gives up for want of a quorum, and stands again. */
  async elect(id: NodeId): Promise<void> {
    this.#nowMs += this.#pauseMs;
    for (const timer of ['quorumCheck', 'election', 'heartbeat'] as const) {
      const armed = this.#players.get(id)?.state.timers[timer];
      if (armed?.armed !== true) continue;
      const { generation, deadlineMs } = armed;
      const expiry = { timer, generation, deadlineMs, lateMs: 0.01, lostMs: 0 };
      await this.play(id, { type: 'timer', expiry, arrived: this.time });
    }
  }

  /** And everything that comes of it, until nobody says anything any more. */
  async play(id: NodeId, mail: Mail): Promise<void> {
    const player = this.#players.get(id);
    if (player === undefined) return;
    player.mailbox.offer(mail);
    const onTheirWay = await player.handleWaiting(this.time);
    for (let sent = onTheirWay.shift(); sent !== undefined; sent = onTheirWay.shift()) {
      this.#nowMs += 0.01;
      const addressee = this.#players.get(sent.message.to);
      if (addressee === undefined) continue;
      addressee.receive(sent, this.time);
      onTheirWay.push(...(await addressee.handleWaiting(this.time)));
    }
  }

  close(): void {
    for (const player of this.#players.values()) player.close();
  }
}

/** What an actor is made of, without its event loop. */
class Player {
  readonly state: RaftState;
  readonly mailbox: Mailbox;
  readonly #interpreter: Interpreter;
  readonly #clock: NodeClock;
  readonly #timers: Timers;
  readonly #transport: Transport;
  readonly #reporter: Reporter;
  readonly #routerPort: MessagePort;
  readonly #observerPort: MessagePort;
  /** What would have its turn later. */
  #soon: (() => void)[] = [];
  #arrived: Time = { nowMs: 0, runningMs: 0 };

  constructor(id: NodeId, options: CoreOptions) {
    const [raft, events] = [new MessageChannel(), new MessageChannel()];
    this.#routerPort = raft.port1;
    this.#observerPort = events.port1;
    const loop: EventLoop = {
      nowMs: sharedNowMs,
      after: () => noop,
      soon: (run) => {
        this.#soon.push(run);
        return noop;
      },
    };
    const configuration = { voters, oldVoters: null, learners: [] };
    const life = { id, group: 'rehearsal', incarnation: 1, seed: 1 };
    this.mailbox = new Mailbox({ control: 64, data: 64 }, voters.length - 1, options.rules);
    const store = openMemoryStore(createJournal(), ownerOf(life.group, id));
    this.#clock = new NodeClock(loop, options.heartbeatMs, true, noop);
    this.#timers = new Timers(loop, this.#clock, false, noop);
    this.#transport = new Transport(raft.port2, Ledger.allocate());
    this.#reporter = new Reporter(loop, events.port2, id, life.incarnation);
    this.#transport.listen({
      onInput: (input) => this.#take(input),
      onDirect: noop,
      onArrived: noop,
      onClose: noop,
    });
    this.#interpreter = new Interpreter({
      loop,
      store,
      stall: { passed: async () => {} },
      timers: this.#timers,
      transport: this.#transport,
      reporter: this.#reporter,
      witness: openWitness({ id, incarnation: 1, voteLog: null }, ''),
      reply: noop,
    });
    this.state = createState({ ...life, options, configuration, ...store.initial });
  }

  receive(delivery: Delivery, arrived: Time): void {
    this.#arrived = arrived;
    this.#routerPort.postMessage({ type: 'deliver', messages: [delivery] } satisfies ToNode);
    this.#transport.drain();
  }

  /** @returns what was sent meanwhile */
  async handleWaiting(time: Time): Promise<Delivery[]> {
    for (let mail = this.mailbox.take(); mail !== undefined; mail = this.mailbox.take()) {
      const contact = this.mailbox.newestWaitingContact(this.state.id, this.state.currentTerm);
      const effects = step(this.state, inputOf(mail, 1, contact), time);
      await this.#interpreter.carryOut(effects, causeOf(mail, 1, time.nowMs), time.nowMs);
    }
    const later = this.#soon;
    this.#soon = [];
    for (const run of later) run();
    takeAll<NodeEvents>(this.#observerPort);
    return takeAll<FromNode>(this.#routerPort).flatMap((sent) =>
      sent.type === 'outgoing' ? sent.messages.map((message) => ({ message, sentMs: sent.sentMs })) : [],
    );
  }

  close(): void {
    this.#timers.close();
    this.#clock.close();
    this.#reporter.close();
    this.#transport.close();
  }

  #take(input: ToNode): void {
    if (input.type !== 'deliver') return;
    for (const { message, sentMs } of input.messages) {
      const parsed = parseMessage(message, names);
      if (!('message' in parsed)) continue;
      this.mailbox.offer({ type: 'message', message: parsed.message, sentMs, arrived: this.#arrived });
    }
  }
}

/** What has come over a port, as copies of what was posted. */
function takeAll<T>(port: MessagePort): T[] {
  const taken: T[] = [];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    taken.push(next.message as T);
  }
  return taken;
}

function noop(): void {}
