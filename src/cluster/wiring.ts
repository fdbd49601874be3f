/** Direct lines between the nodes, one for each pair whose link has no policy: laid, and taken away in an instant. */
import { MessageChannel } from 'node:worker_threads';
import { Gate } from '../actor/gate.js';
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
  /** By sender and addressee: the gate of that direction of an open line. */
  readonly #gates = new Map<string, Gate>();

  /** Both take part, and know of no earlier line that is still open between them. */
  lay(a: Party, b: Party): void {
    if (this.#gates.has(keyOf(a.id, b.id))) return;
    const [there, back] = [this.#open(a.id, b.id), this.#open(b.id, a.id)];
    const { port1, port2 } = new MessageChannel();
    a.join({ peer: b.id, incarnation: b.incarnation, outgoing: there, incoming: back, port: port1 });
    b.join({ peer: a.id, incarnation: a.incarnation, outgoing: back, incoming: there, port: port2 });
  }

  /**
   * From now on nothing passes from the one to the other; an end lets go of its port when it next wants to send. For
   * both directions, always: what is under way in either is lost.
   * @returns how many messages that is
   */
  take(from: NodeId, to: NodeId): number {
    const key = keyOf(from, to);
    const lost = this.#gates.get(key)?.close() ?? 0;
    this.#gates.delete(key);
    return lost;
  }

  #open(from: NodeId, to: NodeId): SharedArrayBuffer {
    const memory = Gate.allocate();
    this.#gates.set(keyOf(from, to), new Gate(memory));
    return memory;
  }
}

/** Ids have no spaces. */
function keyOf(from: NodeId, to: NodeId): string {
  return `${from} ${to}`;
}
