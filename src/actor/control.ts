/** The control plane of a node: answers calls of whoever holds the other end of its control port. Never the Raft path. */
import type { MessagePort } from 'node:worker_threads';
import { expose, type Endpoint } from 'comlink';
import { ElectorateError, toWire } from '../errors.js';
import type { JsonValue } from '../raft/log.js';
import { isJsonValue } from '../storage/parse-stored.js';
import type { NodeControl } from './protocol.js';

/** What became of a proposal. */
export type ProposalReply = Awaited<ReturnType<NodeControl['propose']>>;

export interface Controlled extends Pick<NodeControl, 'status' | 'log'> {
  /** False: there is no room for it. */
  enqueue(requestId: number, value: JsonValue): boolean;
}

/** Calls only enqueue, or read the last finished turn: none may run beside a turn (pitfall 11). */
export class Control {
  readonly #requests = new Map<number, (reply: ProposalReply) => void>();
  readonly #enqueue: Controlled['enqueue'];
  #lastRequestId = 0;

  constructor(port: MessagePort, { status, log, enqueue }: Controlled) {
    this.#enqueue = enqueue;
    const control: NodeControl = { status, log, propose: (value) => this.#propose(value) };
    // A port of Node.js is the event target that Comlink asks for; only its type does not say so.
    expose(control, port as unknown as Endpoint);
  }

  answer(requestId: number, reply: ProposalReply): void {
    this.#requests.get(requestId)?.(reply);
    this.#requests.delete(requestId);
  }

  /** The node stops: what is still open may or may not come to pass. */
  answerAll(): void {
    for (const requestId of this.#requests.keys()) this.answer(requestId, { type: 'outcomeUnknown' });
  }

  async #propose(value: JsonValue): Promise<ProposalReply> {
    if (!isJsonValue(value)) {
      const details = { option: 'value', rule: 'JSON' };
      // As data: Comlink would take the class off an error, and its code with it.
      throw toWire(new ElectorateError('invalidOption', 'Expected `value` to be JSON', { details }));
    }
    this.#lastRequestId += 1;
    const requestId = this.#lastRequestId;
    return new Promise((resolve) => {
      this.#requests.set(requestId, resolve);
      if (!this.#enqueue(requestId, value)) this.answer(requestId, { type: 'mailboxFull' });
    });
  }
}
