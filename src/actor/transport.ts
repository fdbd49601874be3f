/** How a node's messages travel: today over one port to the supervisor, who routes them. Can change here alone. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../errors.js';
import { maxDrainedBatches } from '../limits.js';
import type { Term } from '../raft/brands.js';
import type { Message } from '../raft/messages.js';
import type { FromNode, ToNode } from './protocol.js';

export interface TransportListener {
  /** Something came from the supervisor. */
  onInput(input: ToNode): void;
  /** The port was closed: the normal stop. Also called when that happened before anybody listened. */
  onClose(): void;
}

export class Transport {
  /** The types of Node.js 20 leave `hasRef` out. */
  readonly #port: MessagePort & { hasRef(): boolean };
  #listener: TransportListener | null = null;

  constructor(port: MessagePort) {
    this.#port = port as MessagePort & { hasRef(): boolean };
    port.once('close', () => this.#listener?.onClose());
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.#port.on('message', (input: ToNode) => listener.onInput(input));
    // One that was closed on its way to this thread is dead from the start, and never says so: listening does not
    // keep the thread alive then.
    if (!this.#port.hasRef()) listener.onClose();
  }

  /** Takes what has already arrived, now: timers of a stalled thread run before its messages do (pitfall 1). */
  drain(): void {
    for (let batch = 0; batch < maxDrainedBatches; batch += 1) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      this.#listener?.onInput(received.message as ToNode);
    }
  }

  send(messages: readonly Message[], sentMs: number): void {
    this.#post({ type: 'outgoing', messages, sentMs });
  }

  opened(threadId: number | null, term: Term): void {
    this.#post({ type: 'opened', threadId, term });
  }

  openFailed(code: ErrorCode, error: string): void {
    this.#post({ type: 'openFailed', code, error });
  }

  close(): void {
    this.#port.close();
  }

  #post(message: FromNode): void {
    this.#port.postMessage(message);
  }
}
