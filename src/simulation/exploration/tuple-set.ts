/**
 * A set of short integer tuples that counts in tens of millions: all tuples in one growing arena, an open-addressing
 * table of their numbers beside it. Tuples are compared whole, so that no two states are ever taken for one.
 */
export class TupleSet {
  /** Tuple k stands at `starts[k]` to `starts[k + 1]`. */
  #arena: Int32Array = new Int32Array(1 << 16);
  #starts: Uint32Array = new Uint32Array(1 << 12);
  /** Tuple number + 1, or 0 where free. */
  #table: Uint32Array = new Uint32Array(1 << 13);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Returns the number of the tuple: the next free one (the old `size`) when it is new. */
  add(tuple: readonly number[]): number {
    if ((this.#size + 1) * 2 > this.#table.length) this.#growTable();
    const mask = this.#table.length - 1;
    let slot = hashOf(tuple) & mask;
    for (let found = this.#table[slot] ?? 0; found !== 0; found = this.#table[slot] ?? 0) {
      if (this.#equals(found - 1, tuple)) return found - 1;
      slot = (slot + 1) & mask;
    }
    const number = this.#append(tuple);
    this.#table[slot] = number + 1;
    return number;
  }

  /** A copy of tuple `number`. */
  get(number: number): number[] {
    return [...this.#arena.subarray(this.#starts[number], this.#starts[number + 1])];
  }

  #equals(number: number, tuple: readonly number[]): boolean {
    const start = this.#starts[number] ?? 0;
    if ((this.#starts[number + 1] ?? 0) - start !== tuple.length) return false;
    return tuple.every((value, at) => this.#arena[start + at] === value);
  }

  #append(tuple: readonly number[]): number {
    const number = this.#size;
    const start = this.#starts[number] ?? 0;
    const end = start + tuple.length;
    if (end > this.#arena.length) this.#arena = enlarged(this.#arena, new Int32Array(this.#arena.length * 2));
    if (number + 2 > this.#starts.length)
      this.#starts = enlarged(this.#starts, new Uint32Array(this.#starts.length * 2));
    this.#arena.set(tuple, start);
    this.#starts[number + 1] = end;
    this.#size = number + 1;
    return number;
  }

  #growTable(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let number = 0; number < this.#size; number += 1) {
      let slot = hashOf(this.#arena.subarray(this.#starts[number], this.#starts[number + 1])) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
    this.#table = table;
  }
}

/** FNV-like over 32-bit words, finished as in MurmurHash3. */
function hashOf(tuple: readonly number[] | Int32Array): number {
  let hash = 0x811c_9dc5;
  for (const word of tuple) hash = Math.imul(hash ^ word, 0x0100_0193) ^ (hash >>> 15);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function enlarged<A extends Int32Array | Uint32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
