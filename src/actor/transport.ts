/** How a node's messages travel: over direct lines where it has them, otherwise by the supervisor's routing. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../errors.js';
import { maxDrainedBatches } from '../limits.js';
import type { NodeId, Term } from '../raft/brands.js';
import type { Message } from '../raft/messages.js';
import { Ledger } from './ledger.js';
import { Line, type LineEnd } from './line.js';
import type { Delivery, FromNode, ToNode } from './protocol.js';

export interface TransportListener {
  /** Something came from the supervisor. */
  onInput(input: ToNode): void;
  /** Something came over the direct line to this life of a peer; who it says it is from was not looked at. */
  onDirect(delivery: Delivery, from: Pick<LineEnd, 'peer' | 'incarnation'>): void;
  /** All that has arrived by now was told. */
  onArrived(): void;
  /** The port was closed: the normal stop. Also called when that happened before anybody listened. */
  onClose(): void;
}

export class Transport {
  /** The types of Node.js 20 leave `hasRef` out. */
  readonly #port: MessagePort & { hasRef(): boolean };
  readonly #ledger: Ledger;
  readonly #lines = new Map<NodeId, { readonly line: Line; readonly end: LineEnd }>();
  #listener: TransportListener | null = null;

  /** @param ledger memory shared with the supervisor, see {@link Ledger} */
  constructor(port: MessagePort, ledger: SharedArrayBuffer) {
    this.#port = port as MessagePort & { hasRef(): boolean };
    this.#ledger = new Ledger(ledger);
    port.once('close', () => this.#listener?.onClose());
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.#port.on('message', (input: ToNode) => {
      listener.onInput(input);
      this.#arrived();
    });
    // One that was closed on its way to this thread is dead from the start, and never says so: listening does not
    // keep the thread alive then.
    if (!this.#port.hasRef()) listener.onClose();
  }

  /** Replaces the line to that peer, if there is one. */
  join(end: LineEnd): void {
    this.#lines.get(end.peer)?.line.close();
    const line = new Line(end);
    this.#lines.set(end.peer, { line, end });
    line.listen((delivery) => {
      this.#listener?.onDirect(delivery, end);
      this.#arrived();
    });
  }

  /** Takes what has already arrived, now: timers of a stalled thread run before its messages do (pitfall 1). */
  drain(): void {
    for (let batch = 0; batch < maxDrainedBatches; batch += 1) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) break;
      this.#listener?.onInput(received.message as ToNode);
    }
    for (const { line, end } of this.#lines.values()) {
      for (let taken = 0; taken < maxDrainedBatches; taken += 1) {
        const delivery = line.take();
        if (delivery === undefined) break;
        this.#listener?.onDirect(delivery, end);
      }
    }
  }

  send(messages: readonly Message[], sentMs: number): void {
    const routed = messages.filter((message) => {
      this.#ledger.noteTerm(message);
      return !this.#sendDirect(message, sentMs);
    });
    if (routed.length > 0) this.#post({ type: 'outgoing', messages: routed, sentMs });
  }

  opened(threadId: number | null, term: Term): void {
    this.#post({ type: 'opened', threadId, term });
  }

  openFailed(code: ErrorCode, error: string): void {
    this.#post({ type: 'openFailed', code, error });
  }

  close(): void {
    for (const { line } of this.#lines.values()) line.close();
    this.#lines.clear();
    this.#port.close();
  }

  /** The lanes put what has come in order, and not the ports. */
  #arrived(): void {
    this.drain();
    this.#listener?.onArrived();
  }

  #sendDirect(message: Message, sentMs: number): boolean {
    const direct = this.#lines.get(message.to);
    if (direct === undefined) return false;
    if (direct.line.send({ message, sentMs })) {
      this.#ledger.noteDirect();
      return true;
    }
    direct.line.close();
    this.#lines.delete(message.to);
    return false;
  }

  #post(message: FromNode): void {
    this.#port.postMessage(message);
  }
}
