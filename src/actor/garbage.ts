/** Garbage of a known size. */

/** One small object of many that hang on each other, so that a collector has to visit each. */
export interface Cell {
  readonly next: Cell | null;
  readonly value: number;
}

export interface Allocated {
  readonly first: Cell | null;
  readonly cells: number;
}

/** Three words that every object has, and two of its own. */
const cellBytes = 40;

/** @param megabytes millions of bytes, met to the next whole cell */
export function allocate(megabytes: number): Allocated {
  const cells = Math.round((megabytes * 1e6) / cellBytes);
  let first: Cell | null = null;
  for (let value = 0; value < cells; value += 1) first = { next: first, value };
  return { first, cells };
}

export function megabytesOf({ cells }: Allocated): number {
  return (cells * cellBytes) / 1e6;
}
