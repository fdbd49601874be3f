/**
 * A direct line to one life of a peer: a port of its own, so that a message takes one hop instead of two. The supervisor
 * lays it where a link has no policy, and takes it away by closing its gate: from that instant on neither end sends or
 * takes anything, whatever is under way.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { NodeId } from '../raft/brands.js';
import type { Delivery } from './protocol.js';

/** One end of a line, as the supervisor hands it out. */
export interface LineEnd {
  readonly peer: NodeId;
  readonly incarnation: number;
  /** Its first int is 1 while the line is open. */
  readonly gate: SharedArrayBuffer;
  readonly port: MessagePort;
}

export class Line {
  readonly #gate: Int32Array;
  readonly #port: MessagePort;

  constructor({ gate, port }: LineEnd) {
    this.#gate = new Int32Array(gate);
    this.#port = port;
  }

  listen(onDelivery: (delivery: Delivery) => void): void {
    this.#port.on('message', (delivery: Delivery) => {
      if (this.#isOpen()) onDelivery(delivery);
    });
  }

  /** False: the line is taken away, and nothing was sent. */
  send(delivery: Delivery): boolean {
    if (!this.#isOpen()) return false;
    this.#port.postMessage(delivery);
    return true;
  }

  /** What has arrived and was not heard yet, one at a time. */
  take(): Delivery | undefined {
    const received = receiveMessageOnPort(this.#port);
    return received !== undefined && this.#isOpen() ? (received.message as Delivery) : undefined;
  }

  close(): void {
    this.#port.close();
  }

  #isOpen(): boolean {
    return Atomics.load(this.#gate, 0) === 1;
  }
}
