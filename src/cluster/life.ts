/** One life of a node as its supervisor sees it: a thread, and the ports to it. */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { Burden } from '../actor/burden.js';
import type { WriteDelay } from '../actor/disk-stall.js';
import { Ledger } from '../actor/ledger.js';
import type { LineEnd } from '../actor/line.js';
import type { Delivery, FromNode, NodeInit, ToNode } from '../actor/protocol.js';
import { ElectorateError, messageOf, type ErrorCode } from '../errors.js';
import { oldGenerationMb, openTimeoutMs, stopGraceMs, youngGenerationMb } from '../limits.js';
import type { NodeId, Term } from '../raft/brands.js';
import { stepBack } from './priority.js';

/** What a life is made of; the ports are made here. */
export type LifeInit = Omit<NodeInit, 'hangGate' | 'ledger' | 'raftPort' | 'controlPort' | 'eventPort'>;

/** Told on the supervisor's thread. */
export interface LifeListener {
  onOutgoing(messages: readonly unknown[], sentMs: number): void;
  /** The thread closed its end of the raft port: it is gone, or about to be. Not told after `stop()`. */
  onClosed(): void;
  /**
   * The thread has ended, with everything it had open. The last call.
   * @param refused why its store could not be opened, if that was it: the next life could not open it either
   */
  onExited(reason: string, refused: ElectorateError | null): void;
}

/** What a node reports when its store is open. */
export interface Opened {
  /** The operating system's id of its thread, where it has one. */
  readonly threadId: number | null;
  readonly term: Term;
}

/** Never throws, whatever state the thread is in: posts to a thread that is gone are lost. */
export class Life {
  readonly id: NodeId;
  readonly incarnation: number;
  /** For whoever holds the cluster; handed out once. */
  readonly controlPort: MessagePort;
  readonly eventPort: MessagePort;
  /** Rejects with an ElectorateError when the node can't open its store, or ends before it has. */
  readonly opened: Promise<Opened>;
  readonly exited: Promise<void>;
  /** What it has shown and sent so far, whether or not it is still there. */
  readonly ledger: Ledger;

  readonly #worker: Worker;
  readonly #raftPort: MessagePort;
  /** 1 while the thread is to stand still. */
  readonly #gate = new Int32Array(new SharedArrayBuffer(4));
  #threadId: number | null = null;
  #reason: string | null = null;
  #stopTimer: NodeJS.Timeout | undefined;
  /** This end of the raft port is being closed: that its close says nothing of the thread. */
  #closing = false;

  /** @param entry another entry point than the real one, as a URL */
  constructor(init: LifeInit, entry: string | null, listener: LifeListener) {
    this.id = init.id;
    this.incarnation = init.incarnation;
    const raft = new MessageChannel();
    const control = new MessageChannel();
    const events = new MessageChannel();
    this.controlPort = control.port1;
    this.eventPort = events.port1;
    this.#raftPort = raft.port1;
    const ledger = Ledger.allocate();
    this.ledger = new Ledger(ledger);
    const workerData: NodeInit = {
      ...init,
      hangGate: this.#gate.buffer,
      ledger,
      raftPort: raft.port2,
      controlPort: control.port2,
      eventPort: events.port2,
    };
    const options = {
      name: init.id,
      workerData,
      transferList: [raft.port2, control.port2, events.port2],
      // One of many in its process.
      resourceLimits: {
        maxYoungGenerationSizeMb: youngGenerationMb,
        maxOldGenerationSizeMb: oldGenerationMb,
      },
    };
    this.#worker =
      entry === null
        ? new Worker(new URL('../../workers/raft-node.js', import.meta.url), options)
        : new Worker(new URL(entry), options);
    this.opened = this.#listen(listener);
    // Whoever launched it looks at it later, and perhaps after it failed.
    this.opened.catch(() => undefined);
    this.exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
  }

  /** All nodes have opened their stores: take part. */
  begin(): void {
    this.#post({ type: 'begin' });
  }

  deliver(messages: readonly Delivery[]): void {
    this.#post({ type: 'deliver', messages });
  }

  /** Hands it its end of a direct line. */
  join(end: LineEnd): void {
    this.#raftPort.postMessage({ type: 'join', ...end } satisfies ToNode, [end.port]);
  }

  peerExited(node: NodeId, incarnation: number, term: Term): void {
    this.#post({ type: 'peerExited', node, incarnation, term });
  }

  /** The thread stands still as soon as it reads this, until `resume`. */
  hang(): void {
    Atomics.store(this.#gate, 0, 1);
    this.#post({ type: 'hang' });
  }

  resume(): void {
    Atomics.store(this.#gate, 0, 0);
    Atomics.notify(this.#gate, 0);
  }

  /** @param untilMs on the shared clock; null ends the stall */
  stallDisk(untilMs: number | null): void {
    this.#post({ type: 'stallDisk', untilMs });
  }

  /** @param delay null: writes take no longer than they do */
  slowDisk(delay: WriteDelay | null): void {
    this.#post({ type: 'slowDisk', delay });
  }

  /** @param burden beside those of other kinds; null: none of any kind */
  burden(burden: Burden | null): void {
    this.#post({ type: 'burden', burden });
  }

  /** Ends the thread wherever it stands. */
  terminate(reason: string): Promise<void> {
    this.#reason ??= reason;
    void this.#worker.terminate();
    return this.exited;
  }

  /** The normal end: the node finishes its write and closes its store. One that takes too long is terminated. */
  stop(reason: string): Promise<void> {
    this.#reason ??= reason;
    this.resume();
    this.#closing = true;
    this.#raftPort.close();
    this.#terminateSoon();
    return this.exited;
  }

  /** A thread without its port is of no use any more, but it may still hold its store open. */
  #terminateSoon(): void {
    this.#stopTimer ??= setTimeout(() => void this.terminate('it did not end by itself'), stopGraceMs);
  }

  #listen(listener: LifeListener): Promise<Opened> {
    return new Promise((resolve, reject) => {
      let refused: ElectorateError | null = null;
      const openTimer = setTimeout(() => {
        void this.terminate(`its store was not open after ${openTimeoutMs} ms`);
      }, openTimeoutMs);
      const receive = (message: FromNode): void => {
        switch (message.type) {
          case 'outgoing':
            return listener.onOutgoing(message.messages, message.sentMs);
          case 'opened':
            clearTimeout(openTimer);
            this.#threadId = message.threadId;
            return resolve({ threadId: message.threadId, term: message.term });
          case 'openFailed':
            clearTimeout(openTimer);
            this.#reason ??= message.error;
            refused = this.#startError(message.code, message.error);
            return reject(refused);
        }
      };

      this.#raftPort.on('message', receive);
      this.#raftPort.once('close', () => {
        // What is known of it is known; its last milliseconds of work are not to hold up those that elect now.
        stepBack(this.#threadId);
        if (this.#closing) return;
        this.#terminateSoon();
        listener.onClosed();
      });
      // Unheard, it would take the whole process down.
      this.#worker.on('error', (error) => {
        this.#reason ??= `it threw: ${messageOf(error)}`;
      });
      this.#worker.once('exit', (exitCode) => {
        clearTimeout(openTimer);
        clearTimeout(this.#stopTimer);
        // What it last said may not have had its turn yet.
        for (let last = receiveMessageOnPort(this.#raftPort); last !== undefined;) {
          receive(last.message);
          last = receiveMessageOnPort(this.#raftPort);
        }
        this.#closing = true;
        this.#raftPort.close();
        const reason = this.#reason ?? `its thread ended by itself with code ${exitCode}`;
        reject(this.#startError('startFailed', reason));
        listener.onExited(reason, refused);
      });
    });
  }

  #startError(code: ErrorCode, why: string): ElectorateError {
    return new ElectorateError(code, `Node ${this.id} did not start: ${why}`, { details: { node: this.id } });
  }

  #post(message: ToNode): void {
    this.#raftPort.postMessage(message);
  }
}
