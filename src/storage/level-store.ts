/**
 * The store of a node on disk: one LevelDB. Every batch is one synchronous write, so what was acknowledged survives
 * whatever leaves the disk alone. Values are JSON behind a checksum over key and value: LevelDB does not check its
 * own when it reads.
 */
import { mkdir, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ClassicLevel } from 'classic-level';
import { ElectorateError, messageOf, type ErrorCode } from '../errors.js';
import { asTerm } from '../raft/brands.js';
import type { Entry } from '../raft/log.js';
import { findDamage } from './level-journal.js';
import { continues, isEntry, isHardState } from './parse-stored.js';
import { isOwner, type Store, type StoreBatch, type StoreOwner, type StoredState } from './store.js';

/** A node is one of many in its process: buffers of kilobytes, not of LevelDB's megabytes. */
const levelOptions = { cacheSize: 64 * 1024, writeBufferSize: 256 * 1024, maxOpenFiles: 64 };

const ownerKey = 'owner';
const hardStateKey = 'hardState';
/** Entries stand in order: their indexes have a fixed number of digits. */
const entryKey = (index: number): string => `entry:${String(index).padStart(16, '0')}`;

type Level = ClassicLevel;
type Operation = { type: 'put'; key: string; value: string } | { type: 'del'; key: string };

/**
 * Opens the store at `path`, or makes it in a new or empty folder, whose parent exists. Until it has been closed, nobody else can.
 * @param founded an earlier life had it open: what it should hold and does not is lost, and it is not made anew
 * @throws ElectorateError `storeLocked`, `storeForeign`, `storeCorrupt`, `storeLost` or `dataDirUnusable`; nothing was overwritten
 */
export async function openLevelStore(
  path: string,
  owner: StoreOwner,
  { founded = false }: { readonly founded?: boolean } = {},
): Promise<Store> {
  await inspectFolder(path, founded);
  if (await isOpenHere(path)) throw refusal('storeLocked', path, 'this process has it open already');
  const level: Level = new ClassicLevel(path, levelOptions);
  try {
    await level.open();
  } catch (error) {
    throw openError(path, error);
  }
  try {
    const initial = await readAll(level, path, owner, founded);
    let endIndex = initial.entries.length + 1;
    return {
      initial,
      async write(batch): Promise<void> {
        try {
          await writeBatch(level, operationsOf(batch, endIndex));
        } catch (error) {
          throw new ElectorateError('storeFailed', `A write to ${path} failed: ${messageOf(error)}`, {
            details: { path },
            cause: error,
          });
        }
        endIndex = (batch.truncateFrom ?? endIndex) + batch.entries.length;
      },
      close: () => level.close(),
    };
  } catch (error) {
    await level.close();
    throw error;
  }
}

/**
 * Operation by operation, and not as a list: a thread that is terminated in the middle of a call loses what that has yet
 * to read from its objects, and the call would write garbage for it. Of plain strings nothing is read later.
 */
async function writeBatch(level: Level, operations: readonly Operation[]): Promise<void> {
  const chained = level.batch();
  for (const operation of operations) {
    if (operation.type === 'put') chained.put(operation.key, operation.value);
    else chained.del(operation.key);
  }
  await chained.write({ sync: true });
}

/** @param endIndex one past the last entry stored */
function operationsOf(batch: StoreBatch, endIndex: number): Operation[] {
  const operations: Operation[] = [];
  if (batch.hardState !== null) operations.push(put(hardStateKey, batch.hardState));
  const keptIndex = (batch.truncateFrom ?? endIndex) + batch.entries.length;
  for (const entry of batch.entries) operations.push(put(entryKey(entry.index), entry));
  // What was truncated and not overwritten.
  for (let index = keptIndex; index < endIndex; index += 1) {
    operations.push({ type: 'del', key: entryKey(index) });
  }
  return operations;
}

/** LevelDB makes itself at home in any folder, and drops damaged journal records silently: both are refused first. */
async function inspectFolder(path: string, founded: boolean): Promise<void> {
  let names: string[];
  try {
    // Not with `recursive`, which spins for ever in some folders that allow no files.
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    names = await readdir(path);
  } catch (error) {
    throw refusal('dataDirUnusable', path, messageOf(error), error);
  }
  const stranger = names.find(
    (name) => !/^(?:CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(?:log|ldb|sst|dbtmp))$/u.test(name),
  );
  if (stranger !== undefined) throw refusal('storeForeign', path, `\`${stranger}\` is no file of a store`);
  const journals = names.filter((name) => name.endsWith('.log'));
  const hasTables = names.some((name) => name.endsWith('.ldb'));
  const isMade = names.includes('CURRENT');
  if (!isMade && (journals.length > 0 || hasTables)) {
    throw refusal('storeCorrupt', path, 'its file `CURRENT` is missing');
  }
  // LevelDB would start another one and forget what was only there. Its absence is innocent in one case: the store
  // was interrupted while it was made.
  if (isMade && journals.length === 0 && (founded || hasTables)) {
    throw refusal('storeCorrupt', path, 'its journal is missing');
  }
  for (const name of journals) {
    const at = findDamage(await readJournal(join(path, name)));
    if (at !== null) throw refusal('storeCorrupt', path, `\`${name}\` is damaged at byte ${at}`);
  }
}

/**
 * LevelDB's own lock keeps a second opener of the same process out as well, but closes a descriptor of its lock file
 * on the way, and with that POSIX gives up the lock: another process could then come in beside the first owner.
 * So that case is found out before LevelDB does, where the system tells (Linux).
 */
async function isOpenHere(path: string): Promise<boolean> {
  const descriptors = '/proc/self/fd';
  const numbers = await readdir(descriptors).catch(() => []);
  const lock = join(await realpath(path), 'LOCK');
  const files = await Promise.all(
    numbers.map((number) => readlink(join(descriptors, number)).catch(() => '')),
  );
  return files.includes(lock);
}

/** One that is gone by now was another owner's: the lock will say so. */
async function readJournal(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
    throw refusal('dataDirUnusable', path, messageOf(error), error);
  }
}

async function readAll(
  level: Level,
  path: string,
  owner: StoreOwner,
  founded: boolean,
): Promise<StoredState> {
  const records = await readRecords(level, path);
  const storedOwner = records.get(ownerKey);
  if (storedOwner === undefined) {
    if (records.size > 0) throw refusal('storeForeign', path, 'it does not say whose it is');
    if (founded) throw refusal('storeLost', path, 'it was made before, and is empty');
    await writeBatch(level, [put(ownerKey, owner)]);
  } else if (!isOwner(storedOwner, owner)) {
    throw refusal('storeForeign', path, `it belongs to ${JSON.stringify(storedOwner)}`);
  }
  records.delete(ownerKey);

  const hardState = records.get(hardStateKey);
  records.delete(hardStateKey);
  const entries: Entry[] = [];
  for (const [key, entry] of records) {
    if (!isEntry(entry) || key !== entryKey(entry.index)) {
      throw refusal('storeCorrupt', path, `\`${key}\` is no entry`);
    }
    entries.push(entry);
  }
  if (!continues(entries, { index: 0, term: 0 })) {
    throw refusal('storeCorrupt', path, 'its entries do not follow one another');
  }
  if (hardState === undefined) {
    // An entry is never written before the term it carries.
    if (entries.length > 0) throw refusal('storeCorrupt', path, 'it has entries and no term');
    return { hardState: { currentTerm: asTerm(0), votedFor: null }, entries };
  }
  if (!isHardState(hardState)) throw refusal('storeCorrupt', path, 'its term and vote can not be read');
  return { hardState, entries };
}

/** In order of their keys. */
async function readRecords(level: Level, path: string): Promise<Map<string, unknown>> {
  const records = new Map<string, unknown>();
  try {
    for await (const [key, value] of level.iterator()) records.set(key, decode(key, value));
  } catch (error) {
    throw refusal('storeCorrupt', path, messageOf(error), error);
  }
  return records;
}

function put(key: string, value: unknown): Operation {
  const json = JSON.stringify(value);
  return { type: 'put', key, value: `${checksum(key, json)}${json}` };
}

function decode(key: string, value: string): unknown {
  const json = value.slice(checksumLength);
  if (value.slice(0, checksumLength) !== checksum(key, json)) throw new Error(`\`${key}\` is damaged`);
  return JSON.parse(json);
}

const checksumLength = 8;

function checksum(key: string, json: string): string {
  return crc32(json, crc32(key)).toString(16).padStart(checksumLength, '0');
}

/** LevelDB's own reason is the cause of what `open()` rejects with. */
function openError(path: string, error: unknown): ElectorateError {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const level = (reason as { code?: unknown }).code;
  if (level === 'LEVEL_LOCKED') return refusal('storeLocked', path, 'somebody else has it open', error);
  const missing = level === 'LEVEL_IO_ERROR' && messageOf(reason).endsWith('No such file or directory');
  const code = level === 'LEVEL_CORRUPTION' || missing ? 'storeCorrupt' : 'dataDirUnusable';
  return refusal(code, path, messageOf(reason), error);
}

function refusal(code: ErrorCode, path: string, why: string, cause?: unknown): ElectorateError {
  return new ElectorateError(code, `The store at ${path} was not opened: ${why}`, {
    details: { path },
    cause,
  });
}
