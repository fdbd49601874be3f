/** What the tests of both stores share. */
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import type { HardState } from '../../src/raft/effects.js';
import type { Entry, JsonValue } from '../../src/raft/log.js';
import { ownerOf, type StoreBatch, type StoredState, type StoreOwner } from '../../src/storage/store.js';

export const owner: StoreOwner = ownerOf('group', 'n1');

export function command(index: number, term: number, value: JsonValue = index): Entry {
  return { index: asLogIndex(index), term: asTerm(term), payload: { type: 'command', value } };
}

export function vote(term: number, votedFor: string | null): HardState {
  return { currentTerm: asTerm(term), votedFor: votedFor === null ? null : asNodeId(votedFor) };
}

export function batch(parts: Partial<StoreBatch>): StoreBatch {
  return { hardState: null, truncateFrom: null, entries: [], ...parts };
}

/** What a store must hold after `batch`: the specification of `write`. */
export function after(state: StoredState, { hardState, truncateFrom, entries }: StoreBatch): StoredState {
  const kept = state.entries.slice(0, (truncateFrom ?? Number.POSITIVE_INFINITY) - 1);
  return { hardState: hardState ?? state.hardState, entries: [...kept, ...entries] };
}

export const nothing: StoredState = { hardState: vote(0, null), entries: [] };

/** A life's writes: votes, appends and truncations that a core could ask for, drawn from small numbers. */
export function batchesFrom(
  choices: readonly { votes: boolean; cut: number; append: number }[],
): StoreBatch[] {
  let state = nothing;
  return choices.map(({ votes, cut, append }, step) => {
    const term = step + 1;
    const from = Math.max(1, state.entries.length + 1 - cut);
    const written = batch({
      hardState: votes || state.hardState.currentTerm === 0 ? vote(term, 'n2') : null,
      truncateFrom: from <= state.entries.length ? asLogIndex(from) : null,
      entries: Array.from({ length: append }, (_, offset) => command(from + offset, term)),
    });
    state = after(state, written);
    return written;
  });
}
