/** The durable store of one node: the one interface behind which LevelDB and memory are told apart. */
import type { HardState, PersistEffect } from '../raft/effects.js';
import type { Entry } from '../raft/log.js';
import { isRecord } from './parse-stored.js';

/** What a node's earlier lives left behind. */
export interface StoredState {
  readonly hardState: HardState;
  /** Contiguous from index 1. */
  readonly entries: readonly Entry[];
}

/** Whose store it is: written when it is made, checked whenever it is opened. */
export interface StoreOwner {
  readonly format: number;
  readonly group: string;
  readonly node: string;
}

/** Version 1 of what both stores write. */
export function ownerOf(group: string, node: string): StoreOwner {
  return { format: 1, group, node };
}

export function isOwner(value: unknown, owner: StoreOwner): boolean {
  return (
    isRecord(value) &&
    value['format'] === owner.format &&
    value['group'] === owner.group &&
    value['node'] === owner.node
  );
}

/** What one `persist` effect writes. */
export type StoreBatch = Omit<PersistEffect, 'type'>;

/**
 * Contract: one owner, one thread; `write` is never called while another write is under way.
 * A write is atomic and, once its promise has resolved, durable: on `disk` it survives everything but losing the
 * disk, in `memory` it survives the thread but not the process. A rejected write may or may not have happened:
 * the caller takes no further part until it has been opened again.
 */
export interface Store {
  /** What was there when the store was opened. Read once, before the first write. */
  readonly initial: StoredState;
  write(batch: StoreBatch): Promise<void>;
  /** Safe to call twice. */
  close(): Promise<void>;
}
