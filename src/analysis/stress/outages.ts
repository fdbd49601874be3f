/** When clients had to wait, from when they had to write and when they were answered. Pure. */
import { isWithin } from './record.js';
import type { Span } from './spans.js';

/** What clients did, in no order. In ms on one clock. */
export interface Writes {
  /** When each was due, answered or not. */
  readonly dueMs: readonly number[];
  readonly ackedMs: readonly number[];
}

/** Times in which somebody wrote and nobody was answered. In ms. */
export interface Outages {
  readonly outages: number;
  readonly outageMs: number;
  readonly longestOutageMs: number;
}

/**
 * An outage begins when a write is due that is not answered before the next acknowledgement of any, and ends with that
 * one, or at the end; it counts when it is longer than `leastMs`. So a time in which nobody wrote is none, however seldom
 * they do; nor is a write that is slow, or lost, while others are answered.
 */
export function outagesOf({ dueMs, ackedMs }: Writes, during: Span, leastMs: number): Outages {
  const due = inOrder(dueMs, during);
  let unanswered = 0;
  let outages = 0;
  let outageMs = 0;
  let longestOutageMs = 0;
  for (const atMs of [...inOrder(ackedMs, during), during.untilMs]) {
    const waitedMs = atMs - (due[unanswered] ?? atMs);
    if (waitedMs > leastMs) {
      outages += 1;
      outageMs += waitedMs;
      longestOutageMs = Math.max(longestOutageMs, waitedMs);
    }
    while ((due[unanswered] ?? Number.POSITIVE_INFINITY) < atMs) unanswered += 1;
  }
  return { outages, outageMs, longestOutageMs };
}

function inOrder(moments: readonly number[], during: Span): number[] {
  return moments.filter((atMs) => isWithin(atMs, during)).toSorted((a, b) => a - b);
}
