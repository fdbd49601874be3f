/** The supervisor's thread as seen from the thread that holds the cluster. */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { wrap, type Remote } from 'comlink';
import { ElectorateError, messageOf } from '../errors.js';
import { supervisorStopMs } from '../limits.js';
import { KeepAlive } from './keep-alive.js';
import { Lifeline } from './lifeline.js';
import { valueOf } from './outcome.js';
import type { FromSupervisor, Outcome, SupervisorControl, SupervisorInit } from './protocol.js';

/** Told on the thread that holds the cluster. */
export interface SupervisorListener {
  onMessage(message: FromSupervisor): void;
  /** The thread has ended, and all nodes' threads with it. The last call. */
  onExited(error: ElectorateError): void;
}

/** One call over its control port. */
export type SupervisorCall<T> = (control: Remote<SupervisorControl>) => Promise<Outcome<T>>;

export class SupervisorThread {
  readonly keepAlive: KeepAlive;
  readonly #lifeline = new Lifeline();
  readonly #worker: Worker;
  readonly #control: Remote<SupervisorControl>;
  readonly #controlPort: MessagePort;
  readonly #eventPort: MessagePort;
  readonly #listener: SupervisorListener;
  readonly #exited: Promise<void>;

  /** @param entry another entry point than the real one, as a URL */
  constructor(
    init: Omit<SupervisorInit, 'controlPort' | 'eventPort'>,
    entry: string | null,
    listener: SupervisorListener,
  ) {
    const control = new MessageChannel();
    const events = new MessageChannel();
    const workerData: SupervisorInit = { ...init, controlPort: control.port2, eventPort: events.port2 };
    const options = {
      name: 'supervisor',
      workerData,
      transferList: [control.port2, events.port2],
      ...inheritedFlags(),
    };
    this.#worker =
      entry === null
        ? new Worker(new URL('../../workers/supervisor.js', import.meta.url), options)
        : new Worker(new URL(entry), options);
    this.keepAlive = new KeepAlive(this.#worker);
    this.#listener = listener;
    this.#exited = this.#listen();

    this.#eventPort = events.port1;
    this.#eventPort.on('message', (message: FromSupervisor) => listener.onMessage(message));
    this.#controlPort = control.port1;
    this.#control = wrap<SupervisorControl>(this.#controlPort);
    // A listener holds the process; that is for keepAlive alone.
    this.#eventPort.unref();
    this.#controlPort.unref();
  }

  /** Everything that the call led to has been told to the listener by the time it settles. */
  async call<T>(invoke: SupervisorCall<T>): Promise<T> {
    if (this.#lifeline.ended !== null) throw this.#lifeline.ended;
    const outcome = await this.keepAlive.during(this.#lifeline.race(invoke(this.#control)));
    this.#drain();
    return valueOf(outcome);
  }

  /** Stops the nodes, then the thread. Safe in any state; nothing of it is left afterwards. */
  async stop(): Promise<void> {
    await this.keepAlive.during(this.#stop());
  }

  async #stop(): Promise<void> {
    const timer = setTimeout(() => void this.#worker.terminate(), supervisorStopMs);
    try {
      await this.call((control) => control.stop());
    } catch (error) {
      // It has ended already, or was terminated for being too slow.
      if (this.#lifeline.ended === null) throw error;
    } finally {
      this.#controlPort.close();
      this.#eventPort.close();
      await this.#exited;
      clearTimeout(timer);
    }
  }

  #listen(): Promise<void> {
    return new Promise((resolve) => {
      let reason: string | null = null;
      // Unheard, it would take the whole process down.
      this.#worker.on('error', (error) => {
        reason = messageOf(error);
      });
      this.#worker.once('exit', (exitCode) => {
        this.#drain();
        const why = reason ?? `exit code ${exitCode}`;
        const error = new ElectorateError('clusterFailed', `The supervisor's thread ended: ${why}`);
        this.#lifeline.end(error);
        this.#listener.onExited(error);
        resolve();
      });
    });
  }

  /** The thread posts events before it answers, so they are here; only the event loop has not come to them yet. */
  #drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#eventPort);
      if (received === undefined) return;
      this.#listener.onMessage(received.message);
    }
  }
}

/** A thread inherits the flags of its process, but a file can't be run with the one that goes with `node -e`. */
function inheritedFlags(): { readonly execArgv?: string[] } {
  return process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {};
}
