/** A node between the ports of a test: on this thread with parts of the test's own, or on a thread of its own. */
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';
import { wrap, type Endpoint, type Remote } from 'comlink';
import { runActor, type Runtime } from '../../src/actor/actor.js';
import { sharedNowMs } from '../../src/actor/clock.js';
import type {
  FromNode,
  NodeControl,
  NodeEvent,
  NodeEvents,
  NodeInit,
  ToNode,
} from '../../src/actor/protocol.js';
import { asNodeId } from '../../src/raft/brands.js';
import type { Message } from '../../src/raft/messages.js';
import { standardRules, type CoreOptions } from '../../src/raft/options.js';
import { step } from '../../src/raft/step.js';
import { createJournal } from '../../src/storage/memory-store.js';
import type { Store, StoreBatch, StoredState } from '../../src/storage/store.js';
import { Ledger } from '../../src/actor/ledger.js';
import type { LineEnd } from '../../src/actor/line.js';
import { nothing } from '../storage/stores.js';

const roster = ['n1', 'n2', 'n3'].map(asNodeId);

/** So slow that nothing happens of itself within a test. */
export const slow: CoreOptions = {
  electionTimeoutMs: 600_000,
  adaptiveTimeout: null,
  electionJitterMs: 600_000,
  heartbeatMs: 300_000,
  retryJitterMs: 2,
  successorSlotMs: 4,
  quorumPatience: 1,
  stallGraceMs: 75,
  voteTimeoutMs: null,
  maxAppendEntries: 64,
  rules: { ...standardRules, promptStart: false, restartWait: false },
};

export interface TestNode {
  readonly init: NodeInit;
  readonly control: Remote<NodeControl>;
  /** All that came so far. */
  readonly sent: Message[];
  readonly events: NodeEvent[];
  tell(input: ToNode): void;
  deliver(...messages: readonly Message[]): void;
  /** Hands it its end of a direct line. */
  join(end: LineEnd): void;
  /** Resolves as soon as it holds; asked again whenever the node says or (on this thread) handles something. */
  until<T>(holds: () => T | undefined | false): Promise<T>;
  /** Closes the Raft port: the normal stop. */
  close(): void;
}

export interface LocalNode extends Attached {
  /** What `runActor` promised. */
  readonly done: Promise<void>;
}

export interface ThreadNode extends Attached {
  readonly worker: Worker;
  readonly exited: Promise<{ code: number; error: Error | null }>;
}

interface Ports {
  readonly raft: MessagePort;
  readonly control: MessagePort;
  readonly event: MessagePort;
}

function prepare(changes: Partial<NodeInit>): { init: NodeInit; ports: Ports } {
  const [raft, control, event] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  const init: NodeInit = {
    id: asNodeId('n1'),
    group: 'group',
    incarnation: 1,
    roster,
    configuration: { voters: roster, oldVoters: null, learners: [] },
    options: slow,
    seed: 1,
    store: { kind: 'memory', journal: createJournal() },
    mailbox: { control: 100, data: 100 },
    voteLog: null,
    hangGate: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    ledger: Ledger.allocate(),
    raftPort: raft.port2,
    controlPort: control.port2,
    eventPort: event.port2,
    ...changes,
  };
  return { init, ports: { raft: raft.port1, control: control.port1, event: event.port1 } };
}

interface Attached extends TestNode {
  readonly received: FromNode[];
  /** Something has happened that a test may be waiting for. */
  notify(): void;
}

function attach(init: NodeInit, ports: Ports): Attached {
  const received: FromNode[] = [];
  const sent: Message[] = [];
  const events: NodeEvent[] = [];
  let waiting: (() => void)[] = [];
  const notify = (): void => {
    const asked = waiting;
    waiting = [];
    for (const ask of asked) ask();
  };
  ports.raft.on('message', (message: FromNode) => {
    received.push(message);
    if (message.type === 'outgoing') sent.push(...message.messages);
    notify();
  });
  ports.event.on('message', (batch: NodeEvents) => {
    events.push(...batch);
    notify();
  });
  return {
    init,
    received,
    sent,
    events,
    notify,
    control: wrap<NodeControl>(ports.control as unknown as Endpoint),
    tell: (input) => ports.raft.postMessage(input),
    join: (end) => ports.raft.postMessage({ type: 'join', ...end } satisfies ToNode, [end.port]),
    deliver(...messages) {
      const sentMs = sharedNowMs();
      ports.raft.postMessage({ type: 'deliver', messages: messages.map((message) => ({ message, sentMs })) });
    },
    until: (holds) =>
      new Promise((resolve) => {
        const ask = (): void => {
          const value = holds();
          if (value === undefined || value === false) waiting.push(ask);
          else resolve(value);
        };
        ask();
      }),
    close: () => ports.raft.close(),
  };
}

/** A node on this thread that has begun, unless told otherwise; stopped at the end of the test. */
export async function startLocal(
  t: ExecutionContext,
  changes: Partial<NodeInit> = {},
  parts: Partial<Runtime> = {},
  { begin = true }: { readonly begin?: boolean } = {},
): Promise<LocalNode> {
  const { init, ports } = prepare(changes);
  const stepOf = parts.step ?? step;
  const done = runActor(init, {
    ...parts,
    step(...turn) {
      setImmediate(() => node.notify());
      return stepOf(...turn);
    },
  });
  const node = { ...attach(init, ports), done };
  t.teardown(async () => {
    node.close();
    ports.control.close();
    await done.catch(() => {});
  });
  await node.until(() => node.received[0]);
  if (begin) node.tell({ type: 'begin' });
  return node;
}

/** A node on a thread of its own that has begun, or whose port is closed from the first; gone at the end of the test. */
export async function startThread(
  t: ExecutionContext,
  changes: Partial<NodeInit> = {},
  { closed = false }: { readonly closed?: boolean } = {},
): Promise<ThreadNode> {
  const { init, ports } = prepare(changes);
  const worker = new Worker(new URL('../../workers/raft-node.js', import.meta.url), {
    name: init.id,
    workerData: init,
    transferList: [init.raftPort, init.controlPort, init.eventPort],
  });
  const exited = new Promise<{ code: number; error: Error | null }>((resolve) => {
    let error: Error | null = null;
    worker.once('error', (thrown: Error) => {
      error = thrown;
    });
    worker.once('exit', (code) => resolve({ code, error }));
  });
  const node = { ...attach(init, ports), worker, exited };
  if (closed) node.close();
  t.teardown(async () => {
    ports.control.close();
    await worker.terminate();
  });
  // What a thread said before it ended can arrive after its end.
  await (closed ? exited : node.until(() => node.received[0]));
  node.tell({ type: 'begin' });
  return node;
}

/** A store whose writes wait until the test lets them succeed or fail. */
export class HeldStore implements Store {
  readonly initial: StoredState = nothing;
  readonly written: StoreBatch[] = [];
  /** How many writes have begun. */
  writes = 0;
  closed = false;
  #settle: ((error: Error | null) => void) | null = null;
  #begun: () => void = () => {};
  /** Resolves when the next write has begun. */
  begun: Promise<void> = this.#next();

  write(batch: StoreBatch): Promise<void> {
    this.writes += 1;
    this.#begun();
    return new Promise((resolve, reject) => {
      this.#settle = (error) => {
        this.begun = this.#next();
        if (error !== null) return reject(error);
        const { hardState, truncateFrom, entries } = batch;
        this.written.push({ hardState, truncateFrom, entries });
        return resolve();
      };
    });
  }

  succeed(): void {
    this.#settle?.(null);
  }

  fail(message: string): void {
    this.#settle?.(new Error(message));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#begun = resolve;
    });
  }
}
