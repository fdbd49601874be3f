/** What may stand in a log or a store, checked where it comes in: from a disk, a peer or a client. */
import { maxValueDepth, maxValueParts } from '../limits.js';
import type { HardState } from '../raft/effects.js';
import type { Entry, JsonValue } from '../raft/log.js';

/** Terms and indexes stay below this, so that adding to them is exact. */
export const maxCount: number = 2 ** 48;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A term, an index or a number of things: an integer from 0 on. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount;
}

/** What JSON carries without loss: no `undefined`, no NaN, no class instance, no cycle. */
export function isJsonValue(value: unknown): value is JsonValue {
  let left = maxValueParts;
  const isJson = (part: unknown, depth: number): boolean => {
    left -= 1;
    if (left < 0 || depth > maxValueDepth) return false;
    if (typeof part === 'number') return Number.isFinite(part);
    if (typeof part !== 'object') return typeof part === 'string' || typeof part === 'boolean';
    if (part === null) return true;
    // Copied first: `every` would pass over the holes of a sparse array.
    const children: unknown[] | null = Array.isArray(part)
      ? Array.from<unknown>(part)
      : isRecord(part)
        ? Object.values(part)
        : null;
    return children !== null && children.every((child) => isJson(child, depth + 1));
  };
  return isJson(value, 0);
}

export function isHardState(value: unknown): value is HardState {
  return (
    isRecord(value) &&
    isCount(value['currentTerm']) &&
    (value['votedFor'] === null || typeof value['votedFor'] === 'string')
  );
}

export function isEntry(value: unknown): value is Entry {
  return (
    isRecord(value) &&
    isCount(value['index']) &&
    value['index'] >= 1 &&
    isCount(value['term']) &&
    value['term'] >= 1 &&
    isPayload(value['payload'])
  );
}

/**
 * Entries that continue a log from `after` on: indexes without a gap, terms that never fall.
 * `after` is a log position, or (0, 0) for an empty log.
 */
export function continues(entries: readonly Entry[], after: { index: number; term: number }): boolean {
  let { index, term } = after;
  return entries.every((entry) => {
    const follows = entry.index === index + 1 && entry.term >= term;
    ({ index, term } = entry);
    return follows;
  });
}

function isPayload(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value['type'] === 'command') return isJsonValue(value['value']);
  return value['type'] === 'configuration' && isConfiguration(value['configuration']);
}

function isConfiguration(value: unknown): boolean {
  return (
    isRecord(value) &&
    isIdList(value['voters']) &&
    (value['oldVoters'] === null || isIdList(value['oldVoters'])) &&
    isIdList(value['learners'])
  );
}

/** Each id once: a repeated one would be counted twice. */
function isIdList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((id) => typeof id === 'string') &&
    new Set<unknown>(value).size === value.length
  );
}
