/** The replicated log of one node, in memory: entries from index 1, and which configuration they put in force. */
import { asLogIndex, asTerm, type LogIndex, type Term } from './brands.js';
import type { Configuration } from './configuration.js';
import { invariant } from './invariant.js';

/** What a client may propose: anything JSON can carry. Never mutated, never looked into. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type Payload =
  | { readonly type: 'configuration'; readonly configuration: Configuration }
  | { readonly type: 'command'; readonly value: JsonValue };

/** Immutable once made: entries are shared freely between log, messages and writes. */
export interface Entry {
  readonly index: LogIndex;
  readonly term: Term;
  readonly payload: Payload;
}

/** The end of a log, or the place before a batch of entries. */
export interface LogPosition {
  readonly term: Term;
  readonly index: LogIndex;
}

/** Log A is older than B when its last term is smaller, or equal with a smaller last index (§5.4.1). */
export function isOlder(a: LogPosition, b: LogPosition): boolean {
  return a.term < b.term || (a.term === b.term && a.index < b.index);
}

/** A configuration and the entry that gave it; (0, 0) for the one a node was started with. */
export interface ConfigurationInForce {
  readonly position: LogPosition;
  readonly configuration: Configuration;
}

/** Plain data: can be cloned, hashed and printed. */
export interface RaftLog {
  readonly entries: Entry[];
  /** Oldest first; the last is in force (from the moment it is appended, §4.1), the first is the boot configuration. */
  readonly configurations: ConfigurationInForce[];
}

const emptyPosition: LogPosition = Object.freeze({ term: asTerm(0), index: asLogIndex(0) });

/** @throws InvariantError when `entries` are not contiguous from 1 or their terms decrease. */
export function createLog(boot: Configuration, entries: readonly Entry[]): RaftLog {
  const log: RaftLog = { entries: [], configurations: [{ position: emptyPosition, configuration: boot }] };
  appendToLog(log, entries);
  return log;
}

export function lastIndexOf(log: RaftLog): LogIndex {
  return asLogIndex(log.entries.length);
}

export function lastPositionOf(log: RaftLog): LogPosition {
  const last = log.entries.at(-1);
  return last === undefined ? emptyPosition : { term: last.term, index: last.index };
}

/** The term of the entry at `index`; 0 at index 0; undefined past the end. */
export function termAt(log: RaftLog, index: LogIndex): Term | undefined {
  return index === 0 ? asTerm(0) : log.entries[index - 1]?.term;
}

/** At most `limit` entries from `index` on. */
export function entriesFrom(log: RaftLog, index: LogIndex, limit: number): Entry[] {
  return log.entries.slice(index - 1, index - 1 + limit);
}

/** The first index that carries the same term as the entry at `index`. */
export function firstIndexOfTermAt(log: RaftLog, index: LogIndex): LogIndex {
  const term = termAt(log, index);
  let first = index;
  while (first > 1 && termAt(log, asLogIndex(first - 1)) === term) first = asLogIndex(first - 1);
  return first;
}

export function appendToLog(log: RaftLog, entries: readonly Entry[]): void {
  for (const entry of entries) {
    invariant(
      entry.index === log.entries.length + 1,
      () => `entry ${entry.index} appended behind ${log.entries.length}`,
    );
    invariant(
      entry.term >= (log.entries.at(-1)?.term ?? 0),
      () => `term ${entry.term} appended behind a later one`,
    );
    log.entries.push(entry);
    if (entry.payload.type === 'configuration') {
      log.configurations.push({
        position: { term: entry.term, index: entry.index },
        configuration: entry.payload.configuration,
      });
    }
  }
}

/** Removes every entry from `index` on; a configuration among them reverts to the one before it. */
export function truncateLog(log: RaftLog, index: LogIndex): void {
  invariant(
    index >= 1 && index <= log.entries.length,
    () => `truncation at ${index} of ${log.entries.length} entries`,
  );
  log.entries.length = index - 1;
  while ((log.configurations.at(-1)?.position.index ?? 0) >= index) log.configurations.pop();
}

export function configurationInForce(log: RaftLog): ConfigurationInForce {
  const inForce = log.configurations.at(-1);
  invariant(inForce !== undefined, 'a log always knows its boot configuration');
  return inForce;
}
