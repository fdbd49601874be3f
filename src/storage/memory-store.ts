/**
 * The store of a node whose thread may die but whose process may not: a journal in shared memory.
 * Layout: the committed length (one Int32), then records of a length (Uint32) and that many bytes of JSON; the
 * first names the owner, each further one is a batch. A record counts once the committed length covers it, and
 * that is published last: a thread terminated in mid-write leaves nothing behind that is half a record.
 */
import { ElectorateError, messageOf } from '../errors.js';
import { asTerm } from '../raft/brands.js';
import type { HardState } from '../raft/effects.js';
import type { Entry } from '../raft/log.js';
import { continues, isEntry, isHardState, isRecord } from './parse-stored.js';
import { isOwner, type Store, type StoreBatch, type StoreOwner, type StoredState } from './store.js';

const headerBytes = Int32Array.BYTES_PER_ELEMENT;
const lengthBytes = Uint32Array.BYTES_PER_ELEMENT;
const initialBytes = 16 * 1024;
const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * An empty journal. Made and kept by whoever outlives the node's thread (the supervisor); grows up to `maxBytes`,
 * of which only what is used takes memory. A node whose journal is gone may not come back under its id.
 */
export function createJournal(maxBytes: number = defaultMaxBytes): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.min(initialBytes, maxBytes), { maxByteLength: maxBytes });
}

/** @throws ElectorateError `storeForeign` when it is another node's, `storeCorrupt` when it can't be read */
export function openMemoryStore(journal: SharedArrayBuffer, owner: StoreOwner): Store {
  const committed = new Int32Array(journal, 0, 1);
  const [first, ...batches] = readRecords(journal, Atomics.load(committed, 0));
  if (first === undefined) appendRecord(journal, committed, owner);
  else if (!isOwner(first, owner)) {
    throw new ElectorateError('storeForeign', `The journal of \`${owner.node}\` is another node's`, {
      details: { node: owner.node },
    });
  }
  return {
    initial: replay(batches),
    // Not an async function with its turn of the event loop: what is in shared memory is as durable as it gets.
    write(batch): Promise<void> {
      try {
        appendRecord(journal, committed, batch);
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error as Error);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** @throws ElectorateError `storeFailed` when the journal is full; nothing was written then */
function appendRecord(
  journal: SharedArrayBuffer,
  committed: Int32Array,
  record: StoreOwner | StoreBatch,
): void {
  const bytes = Buffer.from(JSON.stringify(record));
  const start = headerBytes + Atomics.load(committed, 0);
  const end = start + lengthBytes + bytes.length;
  if (end > journal.byteLength) {
    if (end > journal.maxByteLength) {
      throw new ElectorateError('storeFailed', `The memory store is full: ${journal.maxByteLength} bytes`, {
        details: { maxBytes: journal.maxByteLength },
      });
    }
    journal.grow(Math.min(journal.maxByteLength, Math.max(end, journal.byteLength * 2)));
  }
  const target = Buffer.from(journal);
  target.writeUInt32LE(bytes.length, start);
  bytes.copy(target, start + lengthBytes);
  Atomics.store(committed, 0, end - headerBytes);
}

function readRecords(journal: SharedArrayBuffer, committedBytes: number): unknown[] {
  const bytes = Buffer.from(journal);
  const end = headerBytes + committedBytes;
  const records: unknown[] = [];
  try {
    for (let at = headerBytes; at < end;) {
      const from = at + lengthBytes;
      at = from + bytes.readUInt32LE(at);
      records.push(JSON.parse(bytes.toString('utf8', from, at)));
    }
  } catch (error) {
    throw corrupt(messageOf(error), error);
  }
  return records;
}

function replay(batches: readonly unknown[]): StoredState {
  let hardState: HardState = { currentTerm: asTerm(0), votedFor: null };
  const entries: Entry[] = [];
  for (const batch of batches) {
    if (!isBatch(batch)) throw corrupt('a record is no batch');
    if (batch.hardState !== null) ({ hardState } = batch);
    if (batch.truncateFrom !== null) entries.length = Math.min(entries.length, batch.truncateFrom - 1);
    entries.push(...batch.entries);
  }
  if (!continues(entries, { index: 0, term: 0 })) throw corrupt('its entries do not follow one another');
  return { hardState, entries };
}

function isBatch(value: unknown): value is StoreBatch {
  return (
    isRecord(value) &&
    (value['hardState'] === null || isHardState(value['hardState'])) &&
    (value['truncateFrom'] === null ||
      (Number.isInteger(value['truncateFrom']) && Number(value['truncateFrom']) >= 1)) &&
    Array.isArray(value['entries']) &&
    value['entries'].every(isEntry)
  );
}

function corrupt(why: string, cause?: unknown): ElectorateError {
  return new ElectorateError('storeCorrupt', `The memory store can't be read: ${why}`, { cause });
}
