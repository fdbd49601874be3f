/** What the supervisor has to know of a life even when it is gone in the next instant: kept in memory that both see. */
import { asTerm, type Term } from '../raft/brands.js';
import type { Message } from '../raft/messages.js';

/** Two 64-bit integers: the highest term shown to anybody, and how many messages took a direct line. */
export class Ledger {
  readonly #cells: BigInt64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new BigInt64Array(memory);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  }

  get shownTerm(): Term {
    return asTerm(Number(Atomics.load(this.#cells, 0)));
  }

  get sentDirect(): number {
    return Number(Atomics.load(this.#cells, 1));
  }

  /** Called by the node before it hands a message over. A pre-vote asks for a term that its sender is not in yet. */
  noteTerm({ type, term }: Message): void {
    if (type !== 'preVoteRequest' && term > this.shownTerm) Atomics.store(this.#cells, 0, BigInt(term));
  }

  noteDirect(): void {
    Atomics.add(this.#cells, 1, 1n);
  }
}
