/** How verdicts and timelines put figures and lists. */
import { usualQuorumPatience, usualStallGraceMs } from '../options.js';
import type { RefusalReason } from '../raft/messages.js';
import type { CoreOptions } from '../raft/options.js';

/** With a unit, and no more digits than a reader of a sentence wants: `171 ms`, `9.2 ms`, `0.36 ms`. */
export function inMs(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 100) return `${ms.toFixed(0)} ms`;
  return `${size >= 1 || size === 0 ? ms.toFixed(size === 0 ? 0 : 1) : ms.toFixed(2)} ms`;
}

/** `n2`, `n2 and n3`, `n2, n3 and n4`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `first`, `second`, …; from 1. */
export function ordinal(position: number): string {
  return ['first', 'second', 'third', 'fourth', 'fifth'][position - 1] ?? `${position}th`;
}

/** T of a cluster: `150`, or `adaptive, 15 to 2000` where it adapts. A result of before it could has no bounds. */
export function timeoutWord(
  options: Pick<CoreOptions, 'electionTimeoutMs'> & Partial<Pick<CoreOptions, 'adaptiveTimeout'>>,
): string {
  const { electionTimeoutMs, adaptiveTimeout = null } = options;
  return adaptiveTimeout === null
    ? `${electionTimeoutMs}`
    : `adaptive, ${electionTimeoutMs} to ${adaptiveTimeout.maxMs}`;
}

/** `patience 3`, `stall grace 150`, where they are not the usual ones; a result of before they could be has none. */
export function patienceWords(
  options: Partial<Pick<CoreOptions, 'adaptiveTimeout' | 'quorumPatience' | 'stallGraceMs'>>,
): readonly string[] {
  const { adaptiveTimeout = null } = options;
  const usual = usualQuorumPatience(adaptiveTimeout !== null);
  const usualGraceMs = usualStallGraceMs(adaptiveTimeout);
  const { quorumPatience = usual, stallGraceMs = usualGraceMs } = options;
  return [
    ...(quorumPatience === usual ? [] : [`patience ${quorumPatience}`]),
    ...(stallGraceMs === usualGraceMs ? [] : [`stall grace ${stallGraceMs}`]),
  ];
}

/** Of whoever refused, behind “refused by n4:”. */
export function refusalClause(reason: RefusalReason): string {
  switch (reason) {
    case 'notInConfiguration':
      return 'not a voter as far as known there';
    case 'staleTerm':
      return 'its term was no news';
    case 'leaderActive':
      return 'there is a leader';
    case 'leaseLive':
      return 'the lease runs';
    case 'staleLog':
      return 'the log there is newer';
    case 'votedForAnother':
      return 'the vote was given already';
  }
}
