import test from 'ava';
import type { NodeEvent } from '../../src/actor/protocol.js';
import { recordTimeline } from '../../src/analysis/timeline.js';
import { asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';

const [n1, n2, n3] = [asNodeId('n1'), asNodeId('n2'), asNodeId('n3')] as const;
const context = { crashed: n1, crashedAtMs: 1000, term: asTerm(4), survivors: [n2, n3] };

type Loose = { readonly type: NodeEvent['type'] } & Record<string, unknown>;

/** An event as it crosses a port; `cause` says what led to it. */
function at(atMs: number, node: NodeId, event: Loose, cause: Record<string, unknown> = {}): NodeEvent {
  const stamp = { kind: 'timer', deadlineMs: null, timer: null, from: null, sentMs: null, arrivedMs: null };
  const from = { id: Math.round(atMs * 10), ...stamp, handledMs: atMs, ...cause };
  return { id: 1, cause: from, node, incarnation: 1, atMs, ...event } as unknown as NodeEvent;
}

const round = { incarnation: 1, counter: 7 };
const asked = { phase: 'vote', term: 5, round };

/** n2 stands at 1160; n3 grants after a write, and its answer is counted at 1163. A stranger's events are in between. */
const events: readonly NodeEvent[] = [
  at(990, n2, { type: 'written', durationMs: 1, hardState: false, entries: 1 }),
  at(1160, n2, { type: 'timerFired', timer: 'election', deadlineMs: 1159.9, lateMs: 0.1, lostMs: 0.2 }),
  at(1160, n2, {
    type: 'suspected',
    term: 4,
    leaderId: n1,
    silentMs: 170.00004,
    sharedSilentMs: 170.00004,
    timeoutMs: 170,
  }),
  at(1160, n2, { type: 'roundOpened', ...asked }),
  at(1161, n2, { type: 'written', durationMs: 0.5, hardState: true, entries: 0 }),
  at(1161.5, n1, { type: 'written', durationMs: 0.5, hardState: true, entries: 0 }),
  at(
    1162.5,
    n3,
    { type: 'voteGranted', ...asked, candidateId: n2, silentMs: 171, sharedSilentMs: 171 },
    { kind: 'voteRequest', from: n2, sentMs: 1161, arrivedMs: 1161.4, handledMs: 1162 },
  ),
  at(
    1163,
    n2,
    { type: 'answered', ...asked, from: n3, granted: true, reason: null, leaseRemainingMs: null },
    { kind: 'voteReply', from: n3, sentMs: 1162.6, arrivedMs: 1162.9 },
  ),
  at(1163, n2, { type: 'roundWon', ...asked, grants: [n2, n3] }),
  at(1163, n2, { type: 'elected', term: 5, round, votes: [n2, n3] }),
  at(1163.5, n3, { type: 'leaderKnown', term: 5, leaderId: n2 }),
  at(1164, n2, { type: 'established', term: 5 }),
  at(1164.5, n2, { type: 'ready', term: 5, index: 9 }),
];

test('a timeline counts from the fault, and joins what each side saw of a request', (t) => {
  const timeline = recordTimeline(context, events);
  t.deepEqual(timeline.heard, [
    { node: n2, atMs: -10 },
    { node: n3, atMs: -9 },
  ]);
  t.deepEqual(timeline.suspicions, [{ node: n2, atMs: 160, silentMs: 170, timeoutMs: 170 }]);
  t.deepEqual(timeline.rounds, [
    {
      node: n2,
      phase: 'vote',
      term: asTerm(5),
      openedMs: 160,
      timer: { name: 'election', lateMs: 0.1, lostMs: 0.2 },
      outcome: 'won',
      endedMs: 163,
      requests: [
        {
          to: n3,
          sentMs: 161,
          arrivedMs: 161.4,
          handledMs: 162,
          decidedMs: 162.5,
          answer: 'granted',
          leaseMs: null,
          answerArrivedMs: 162.9,
          answerHandledMs: 163,
        },
      ],
    },
  ]);
  // Not the one long before, and not that of the node that was hit.
  t.deepEqual(timeline.writes, [{ node: n2, atMs: 160.5, tookMs: 0.5, hardState: true, entries: 0 }]);
  t.deepEqual(timeline.reigns, [
    { node: n2, term: asTerm(5), votes: [n2, n3], electedMs: 163, establishedMs: 164, readyMs: 164.5 },
  ]);
  t.deepEqual(timeline.known, [{ node: n3, atMs: 163.5, leader: n2, term: asTerm(5) }]);
});

test('who stood still heard the leader when it did, not later by its own standstill', (t) => {
  const stalled = events.map((event) =>
    event.type === 'suspected' || event.type === 'voteGranted'
      ? ({ ...event, silentMs: 75, sharedSilentMs: 1000 } as NodeEvent)
      : event,
  );
  t.deepEqual(recordTimeline(context, stalled).heard, [
    { node: n2, atMs: -840 },
    { node: n3, atMs: -838 },
  ]);
});

test('a refusal carries its reason and the lease, and an unanswered request is there all the same', (t) => {
  const refused = events.flatMap((event) =>
    event.type === 'voteGranted'
      ? [{ ...event, type: 'voteRefused', reason: 'leaseLive', leaseRemainingMs: 9.00004 } as NodeEvent]
      : event.type === 'answered'
        ? []
        : [event],
  );
  const [request] = recordTimeline(context, refused).rounds[0]?.requests ?? [];
  t.like(request, { answer: 'leaseLive', leaseMs: 9, answerArrivedMs: null });
  const unheard = recordTimeline(
    context,
    events.filter(({ type }) => type !== 'voteGranted' && type !== 'answered'),
  );
  t.like(unheard.rounds[0]?.requests[0], { to: n3, sentMs: null, answer: null });
});
