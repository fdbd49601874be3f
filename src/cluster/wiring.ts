/** Direct lines between the nodes, one for each pair whose link has no policy: laid, and taken away in an instant. */
import { MessageChannel } from 'node:worker_threads';
import type { LineEnd } from '../actor/line.js';
import type { NodeId } from '../raft/brands.js';

/** Who is at the end of a line. */
export interface Party {
  readonly id: NodeId;
  readonly incarnation: number;
  /** Hands it its end; the port goes with it. */
  join(end: LineEnd): void;
}

export class Wiring {
  /** By pair: the gate of the line that is open. */
  readonly #gates = new Map<string, Int32Array>();

  /** Both take part, and know of no earlier line that is still open between them. */
  lay(a: Party, b: Party): void {
    const key = keyOf(a.id, b.id);
    if (this.#gates.has(key)) return;
    const gate = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const state = new Int32Array(gate);
    Atomics.store(state, 0, 1);
    this.#gates.set(key, state);
    const { port1, port2 } = new MessageChannel();
    a.join({ peer: b.id, incarnation: b.incarnation, gate, port: port1 });
    b.join({ peer: a.id, incarnation: a.incarnation, gate, port: port2 });
  }

  /** From now on nothing passes; each end lets go of its port when it next wants to send. */
  take(a: NodeId, b: NodeId): void {
    const key = keyOf(a, b);
    const state = this.#gates.get(key);
    if (state === undefined) return;
    Atomics.store(state, 0, 0);
    this.#gates.delete(key);
  }
}

/** Ids have no spaces. */
function keyOf(a: NodeId, b: NodeId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
