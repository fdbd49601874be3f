/** When clients had to wait, from when they were answered. Pure. */
import type { Span } from './spans.js';

/** Gaps between two acknowledgements. In ms. */
export interface Outages {
  readonly outages: number;
  readonly outageMs: number;
  readonly longestOutageMs: number;
}

/**
 * Gaps longer than `leastMs` between one acknowledgement and the next, of whatever clients; so are those to the first one
 * and behind the last.
 */
export function outagesOf(ackedMs: readonly number[], during: Span, leastMs: number): Outages {
  const within = ackedMs.filter((atMs) => atMs >= during.fromMs && atMs <= during.untilMs);
  const moments = [during.fromMs, ...within.toSorted((a, b) => a - b), during.untilMs];
  const gaps = moments.slice(1).map((atMs, at) => atMs - (moments[at] ?? atMs));
  const outages = gaps.filter((gap) => gap > leastMs);
  return {
    outages: outages.length,
    outageMs: outages.reduce((sum, gap) => sum + gap, 0),
    longestOutageMs: Math.max(0, ...outages),
  };
}
