/** Records of a cell, made by hand: three nodes, T = 150, h = 30, measured from 1000 to 3000. */
import type { KeptEvent, Slice, StressRecord } from '../../../src/analysis/stress/record.js';
import { resolveClusterOptions, type ClusterOptions } from '../../../src/options.js';
import { asNodeId, type NodeId } from '../../../src/raft/brands.js';

export const n1: NodeId = asNodeId('n1');
export const n2: NodeId = asNodeId('n2');
export const n3: NodeId = asNodeId('n3');

type Loose = { readonly type: KeptEvent['type'] } & Record<string, unknown>;

/** What a node observed; with `cause`, what led to it. */
export function seen(
  atMs: number,
  node: NodeId,
  event: Loose,
  cause: Record<string, unknown> = {},
): KeptEvent {
  const stamp = { id: 1, kind: 'timer', deadlineMs: null, timer: null, from: null, sentMs: null };
  const from = { ...stamp, arrivedMs: null, handledMs: atMs, ...cause };
  return { id: 1, cause: from, node, incarnation: 1, atMs, ...event } as unknown as KeptEvent;
}

/** What the supervisor did. */
export function done(atMs: number, node: NodeId | null, event: Loose): KeptEvent {
  return { id: 1, cause: null, node, incarnation: 1, atMs, ...event } as unknown as KeptEvent;
}

/** It stands in `term`, is elected 2 ms later, known to the others after 3 and ready after 4. */
export function election(
  atMs: number,
  node: NodeId,
  term: number,
  incarnation = 1,
  others: readonly NodeId[] = [n1, n2, n3],
): KeptEvent[] {
  return [
    seen(atMs, node, { type: 'roundOpened', phase: 'vote', term, round: {}, incarnation }),
    seen(atMs + 2, node, { type: 'elected', term, round: null, votes: [], incarnation }),
    ...others
      .filter((id) => id !== node)
      .map((id) => seen(atMs + 3, id, { type: 'leaderKnown', term, leaderId: node })),
    seen(atMs + 4, node, { type: 'ready', term, index: 1, incarnation }),
  ];
}

export function suspicion(
  atMs: number,
  node: NodeId,
  leaderId: NodeId,
  term: number,
  silentMs = 160,
): KeptEvent {
  return seen(atMs, node, {
    type: 'suspected',
    term,
    leaderId,
    silentMs,
    sharedSilentMs: silentMs,
    timeoutMs: silentMs,
  });
}

export function lostPreVote(atMs: number, node: NodeId, term: number): KeptEvent {
  const reason = 'quorumImpossible';
  return seen(atMs, node, { type: 'roundLost', phase: 'preVote', term, round: {}, reason, retryInMs: 5 });
}

export function stalled(untilMs: number, node: NodeId, durationMs: number, more: object = {}): KeptEvent {
  return seen(untilMs, node, { type: 'stalled', durationMs, gcMs: 0, burdenMs: 0, omitted: 0, ...more });
}

/** Of 20 ms each, all with the same figures. */
export function slices(fromMs: number, untilMs: number, figures: Partial<Slice>): Slice[] {
  const count = Math.round((untilMs - fromMs) / 20);
  return Array.from({ length: count }, (_, at) => ({
    waitedMs: {},
    throttledMs: 0,
    stealMs: 0,
    ...figures,
    fromMs: fromMs + 20 * at,
    untilMs: fromMs + 20 * (at + 1),
  }));
}

/** n1 has led in term 1 since 500; then what is told, in the order of time. */
export function recordOf(
  events: readonly KeptEvent[],
  changes: Partial<StressRecord> & { readonly options?: ClusterOptions } = {},
): StressRecord {
  const { options, ...rest } = changes;
  return {
    cluster: resolveClusterOptions({ nodes: 3, store: 'memory', seed: 1, ...options }),
    measured: { fromMs: 1000, untilMs: 3000 },
    events: [...election(500, n1, 1), ...events].toSorted((a, b) => a.atMs - b.atMs),
    slices: [],
    suspensions: [],
    cores: 2,
    busyOnPurpose: false,
    ...rest,
  };
}
