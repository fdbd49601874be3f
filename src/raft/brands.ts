/** Branded primitives: three numbers or strings that must never be swapped for one another. */

declare const brand: unique symbol;

/** A term (§5.1): 0 before the first election, then growing by one with every candidacy. */
export type Term = number & { readonly [brand]: 'Term' };

/** A log position: the first entry has index 1, 0 means "before the first entry". */
export type LogIndex = number & { readonly [brand]: 'LogIndex' };

/** A node's name, unique in its cluster. */
export type NodeId = string & { readonly [brand]: 'NodeId' };

export function asTerm(value: number): Term {
  return value as Term;
}

export function asLogIndex(value: number): LogIndex {
  return value as LogIndex;
}

export function asNodeId(value: string): NodeId {
  return value as NodeId;
}
