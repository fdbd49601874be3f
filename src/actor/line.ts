/**
 * A direct line to one life of a peer: a port of its own, so that a message takes one hop instead of two. The supervisor
 * lays it where a link has no policy, and takes it away by closing its gates: from that instant on neither end sends or
 * takes anything, whatever is under way.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { NodeId } from '../raft/brands.js';
import { Gate } from './gate.js';
import type { Delivery } from './protocol.js';

/** One end of a line, as the supervisor hands it out. */
export interface LineEnd {
  readonly peer: NodeId;
  readonly incarnation: number;
  /** Of each direction, as this end sees it: see {@link Gate}. */
  readonly outgoing: SharedArrayBuffer;
  readonly incoming: SharedArrayBuffer;
  readonly port: MessagePort;
}

export class Line {
  readonly #outgoing: Gate;
  readonly #incoming: Gate;
  readonly #port: MessagePort;

  constructor({ outgoing, incoming, port }: LineEnd) {
    this.#outgoing = new Gate(outgoing);
    this.#incoming = new Gate(incoming);
    this.#port = port;
  }

  listen(onDelivery: (delivery: Delivery) => void): void {
    this.#port.on('message', (delivery: Delivery) => {
      if (this.#incoming.leave()) onDelivery(delivery);
    });
  }

  /** False: the line is taken away, and nothing was sent. */
  send(delivery: Delivery): boolean {
    if (!this.#outgoing.enter()) return false;
    this.#port.postMessage(delivery);
    return true;
  }

  /** What has arrived and was not heard yet, one at a time. */
  take(): Delivery | undefined {
    const received = receiveMessageOnPort(this.#port);
    return received !== undefined && this.#incoming.leave() ? (received.message as Delivery) : undefined;
  }

  close(): void {
    this.#port.close();
  }
}
