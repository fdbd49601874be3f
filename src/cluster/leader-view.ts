/** Who leads, as far as the events that reached this thread tell. Pure. */
import type { NodeId, Term } from '../raft/brands.js';
import type { ClusterEvent } from './events.js';

/** An elected leader whose first own-term entry is committed. */
export interface Leader {
  readonly id: NodeId;
  readonly term: Term;
}

interface Leadership extends Leader {
  readonly incarnation: number;
}

/**
 * Fed with every event. Events of different sources come in no order, so what is known is kept by life: a leadership
 * of a life that is known to be over never counts, whichever was heard first.
 */
export class LeaderView {
  readonly #leaderships = new Map<NodeId, Leadership>();
  /** The latest life that is known to be over. */
  readonly #overUntil = new Map<NodeId, number>();
  readonly #hung = new Map<NodeId, number>();
  /** The newest term that anybody was ready in. Who led an earlier one may not know it yet. */
  #newestTerm = 0;

  /** The leader of the newest term, unless it hangs, is down, or stepped down; null: none is known. */
  current(afterTerm = 0): Leader | null {
    if (this.#newestTerm <= afterTerm) return null;
    for (const leadership of this.#leaderships.values()) {
      const { id, term } = leadership;
      if (term === this.#newestTerm && this.#isUp(leadership)) return { id, term };
    }
    return null;
  }

  observe(event: ClusterEvent): void {
    switch (event.type) {
      case 'ready':
        this.#newestTerm = Math.max(this.#newestTerm, event.term);
        this.#leaderships.set(event.node, {
          id: event.node,
          term: event.term,
          incarnation: event.incarnation,
        });
        return;
      case 'steppedDown':
        if (event.from === 'leader') this.#leaderships.delete(event.node);
        return;
      case 'hung':
        if (event.node !== null) this.#hung.set(event.node, event.incarnation);
        return;
      case 'resumed':
        if (event.node !== null) this.#hung.delete(event.node);
        return;
      case 'crashed':
      case 'exited':
        if (event.node !== null) this.endLife(event.node, event.incarnation);
        return;
      default:
    }
  }

  /** This life is over: heard by another way than an event. */
  endLife(id: NodeId, incarnation: number): void {
    this.#overUntil.set(id, Math.max(incarnation, this.#overUntil.get(id) ?? 0));
  }

  /** It said itself that it leads no more; the event that says why is still on its way. */
  retire({ id, term }: Leader): void {
    if (this.#leaderships.get(id)?.term === term) this.#leaderships.delete(id);
  }

  #isUp({ id, incarnation }: Leadership): boolean {
    return incarnation > (this.#overUntil.get(id) ?? 0) && this.#hung.get(id) !== incarnation;
  }
}
