/** One life of a node as seen from the thread that holds the cluster: calls to it, and its events. */
import type { MessagePort } from 'node:worker_threads';
import { wrap, type Remote } from 'comlink';
import type { NodeControl, NodeEvent, NodeStatus } from '../actor/protocol.js';
import { ElectorateError, fromWire, type WireError } from '../errors.js';
import type { NodeId } from '../raft/brands.js';
import type { ProposalOutcome } from '../raft/effects.js';
import type { Entry, JsonValue } from '../raft/log.js';
import type { KeepAlive } from './keep-alive.js';
import { Lifeline, type RaceOptions } from './lifeline.js';

/** Told on the thread that holds the cluster. */
export interface NodeLifeListener {
  onEvents(events: readonly NodeEvent[]): void;
  /** Its thread is gone; calls under way wait for `end`. Events that it had posted by then may still follow. */
  onOver(): void;
}

/** Every call settles: by its answer, the end of the life, or the caller's signal. */
export class NodeLife {
  readonly incarnation: number;
  readonly #id: NodeId;
  readonly #lifeline = new Lifeline();
  readonly #control: Remote<NodeControl>;
  readonly #ports: readonly MessagePort[];
  readonly #keepAlive: KeepAlive;

  constructor(
    origin: {
      readonly node: NodeId;
      readonly incarnation: number;
      readonly controlPort: MessagePort;
      readonly eventPort: MessagePort;
    },
    keepAlive: KeepAlive,
    listener: NodeLifeListener,
  ) {
    const { node, incarnation, controlPort, eventPort } = origin;
    this.#id = node;
    this.incarnation = incarnation;
    this.#keepAlive = keepAlive;
    this.#ports = [controlPort, eventPort];
    eventPort.on('message', (events: readonly NodeEvent[]) => listener.onEvents(events));
    this.#control = wrap<NodeControl>(controlPort);
    // Why it ended is told by the supervisor, or by the supervisor's own end.
    controlPort.once('close', () => listener.onOver());
    // A listener holds the process; that is for keepAlive alone.
    for (const port of this.#ports) port.unref();
  }

  status(options?: RaceOptions): Promise<NodeStatus> {
    return this.#call((control) => control.status(), options);
  }

  log(options?: RaceOptions): Promise<readonly Entry[]> {
    return this.#call((control) => control.log(), options);
  }

  /** Rejects with `nodeDown` when nothing was handed over, with `outcomeUnknown` when the node dies on it. */
  propose(
    value: JsonValue,
    options?: RaceOptions,
  ): Promise<ProposalOutcome | { readonly type: 'mailboxFull' }> {
    const onEnd = (error: ElectorateError): ElectorateError =>
      error.code === 'nodeDown' ? outcomeUnknown(this.#id, error) : error;
    const invoke = async (control: Remote<NodeControl>): ReturnType<NodeControl['propose']> => {
      try {
        return await control.propose(value);
      } catch (error) {
        // What a node refuses comes as data; an error is a bug of its thread.
        throw error instanceof Error ? error : fromWire(error as WireError);
      }
    };
    return this.#call(invoke, { ...options, onEnd });
  }

  /** Calls under way reject with this, and later ones too. */
  end(error: ElectorateError): void {
    this.#lifeline.end(error);
  }

  /** No more events from here on. */
  close(): void {
    for (const port of this.#ports) port.close();
  }

  async #call<T>(
    invoke: (control: Remote<NodeControl>) => Promise<T>,
    options: RaceOptions = {},
  ): Promise<T> {
    if (this.#lifeline.ended !== null) throw this.#lifeline.ended;
    options.signal?.throwIfAborted();
    return await this.#keepAlive.during(this.#lifeline.race(invoke(this.#control), options));
  }
}

export function nodeDown(id: NodeId): ElectorateError {
  return new ElectorateError('nodeDown', `Node ${id} is not running`, { details: { node: id } });
}

export function outcomeUnknown(id: NodeId, cause?: ElectorateError): ElectorateError {
  const why = cause === undefined ? 'it lost its leadership' : 'it ended';
  return new ElectorateError(
    'outcomeUnknown',
    `The proposal was with ${id} when ${why}: it may be committed`,
    {
      details: { node: id },
      cause,
    },
  );
}
