/** What is going to happen, soonest first: a binary heap that keeps the order of arrival among equals. */

export interface Scheduled {
  /** Virtual time, whole nanoseconds. */
  readonly atNs: number;
  /** The queue's own: counts up with every push. */
  order: number;
}

export class EventQueue<E extends Scheduled> {
  readonly #heap: E[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the next event is due; infinity when there is none. */
  get nextNs(): number {
    return this.#heap[0]?.atNs ?? Number.POSITIVE_INFINITY;
  }

  push(event: E): void {
    this.#pushed += 1;
    event.order = this.#pushed;
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(event);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent];
      // What comes last goes behind its equals.
      if (above === undefined || event.atNs >= above.atNs) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = event;
  }

  pop(): E | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      const right = heap[left + 1];
      let least = heap[left];
      let child = left;
      if (least === undefined) break;
      if (right !== undefined && isBefore(right, least)) {
        least = right;
        child = left + 1;
      }
      if (!isBefore(least, last)) break;
      heap[hole] = least;
      hole = child;
    }
    heap[hole] = last;
    return first;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.order < b.order);
}
