import test from 'ava';
import type { NodeEvent, NodeStatus } from '../../src/actor/protocol.js';
import {
  analyzeTrial,
  describeContest,
  wasDeposedBefore,
  withHost,
  withObserver,
  withRouter,
  withThreads,
  type TrialContext,
} from '../../src/analysis/trial.js';
import { asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';

const [n1, n2, n3] = [asNodeId('n1'), asNodeId('n2'), asNodeId('n3')] as const;
/** n1 led term 4 and was crashed at 1000. */
const context: TrialContext = {
  crashed: n1,
  crashedAtMs: 1000,
  term: asTerm(4),
  survivors: [n2, n3],
};

type Loose = { readonly type: NodeEvent['type'] } & Record<string, unknown>;

/** An event as it crosses a port. Several with one `cause` belong to one turn. */
function at(atMs: number, node: NodeId, event: Loose, cause: Record<string, unknown> = {}): NodeEvent {
  const stamp = { kind: 'timer', deadlineMs: null, timer: null, from: null, sentMs: null, arrivedMs: null };
  const from = { id: Math.round(atMs * 10), ...stamp, handledMs: atMs, ...cause };
  return { id: 1, cause: from, node, incarnation: 1, atMs, ...event } as unknown as NodeEvent;
}

const round = (counter: number): Record<string, unknown> => ({ incarnation: 1, counter });

/** n2 suspects at 1160, wins its pre-vote at 1161 and its vote at 1163; ready at 1164.5, known to n3 at 1163.5. */
const straight: readonly NodeEvent[] = [
  at(1160, n2, { type: 'timerFired', timer: 'election', deadlineMs: 1159.9, lateMs: 0.1, lostMs: 0 }),
  at(1160, n2, {
    type: 'suspected',
    term: 4,
    leaderId: n1,
    silentMs: 170,
    sharedSilentMs: 170,
    timeoutMs: 170,
  }),
  at(1160, n2, { type: 'roundOpened', phase: 'preVote', term: 5, round: round(1) }),
  at(1161, n2, { type: 'roundWon', phase: 'preVote', term: 5, round: round(1), grants: [n2, n3] }),
  at(1161, n2, { type: 'roundOpened', phase: 'vote', term: 5, round: round(2) }),
  at(1161.5, n2, { type: 'written', durationMs: 0.5, hardState: true, entries: 0 }),
  at(1162, n3, { type: 'written', durationMs: 0.4, hardState: true, entries: 0 }),
  at(
    1163,
    n2,
    { type: 'elected', term: 5, round: round(2), votes: [n2, n3] },
    {
      kind: 'voteReply',
      from: n3,
      sentMs: 1162.75,
      arrivedMs: 1162.9,
    },
  ),
  at(1163.5, n3, { type: 'leaderKnown', term: 5, leaderId: n2 }),
  at(1163.7, n2, { type: 'written', durationMs: 0.6, hardState: false, entries: 1 }),
  at(1164, n2, { type: 'established', term: 5 }),
  at(1164.5, n2, { type: 'ready', term: 5, index: 9 }),
];

test('a straight election splits into phases that add up exactly', (t) => {
  const trial = analyzeTrial(context, straight);
  t.deepEqual(trial && { ...trial, timeline: null }, {
    crashed: n1,
    winner: n2,
    rounds: 1,
    splitVotes: 0,
    phases: { detect: 160, lostRounds: 0, preVote: 1, vote: 2, establish: 1, ready: 0.5 },
    electedMs: 163,
    establishedMs: 164,
    readyMs: 164.5,
    knownMs: 163.5,
    outageMs: null,
    timerLatenessMs: 0.1,
    lostMs: 0,
    routerLagMs: null,
    observerLagMs: null,
    host: null,
    marks: [],
    termSteps: 1,
    refusals: {},
    messages: null,
    bytes: null,
    timeline: null,
    cost: {
      delaysMs: [0.25],
      candidateWritesMs: [0.5],
      voterWritesMs: [0.4],
      logWritesMs: [0.6],
      noticesMs: [],
    },
  });
});

test('the order in which nodes report does not matter', (t) => {
  const byNode = straight.toSorted((a, b) => (a.node < b.node ? 1 : -1));
  t.deepEqual(analyzeTrial(context, byNode), analyzeTrial(context, straight));
});

test('a trial is not over before the winner is ready and every survivor knows it', (t) => {
  for (const missing of ['ready', 'leaderKnown'] as const) {
    t.is(
      analyzeTrial(
        context,
        straight.filter((event) => event.type !== missing),
      ),
      null,
    );
  }
});

test('an earlier leader’s events of the old term are nobody’s victory', (t) => {
  const old = [
    at(900, n2, { type: 'ready', term: 4, index: 8 }),
    at(900, n3, { type: 'leaderKnown', term: 4, leaderId: n2 }),
  ];
  t.is(analyzeTrial(context, old), null);
});

test('the vanilla profile has no pre-vote phase, and a split vote costs a round', (t) => {
  const trial = analyzeTrial(context, [
    at(1150, n2, {
      type: 'suspected',
      term: 4,
      leaderId: n1,
      silentMs: 160,
      sharedSilentMs: 160,
      timeoutMs: 160,
    }),
    at(1150, n2, { type: 'roundOpened', phase: 'vote', term: 5, round: round(1) }),
    at(1150.2, n3, {
      type: 'suspected',
      term: 4,
      leaderId: n1,
      silentMs: 160,
      sharedSilentMs: 160,
      timeoutMs: 160,
    }),
    at(1150.2, n3, { type: 'roundOpened', phase: 'vote', term: 5, round: round(1) }),
    at(1150.4, n2, {
      type: 'voteRefused',
      phase: 'vote',
      term: 5,
      round: round(1),
      candidateId: n3,
      reason: 'votedForAnother',
      leaseRemainingMs: null,
    }),
    at(1150.5, n3, {
      type: 'voteRefused',
      phase: 'vote',
      term: 5,
      round: round(1),
      candidateId: n2,
      reason: 'votedForAnother',
      leaseRemainingMs: null,
    }),
    at(1310, n3, { type: 'timerFired', timer: 'vote', deadlineMs: 1309, lateMs: 9, lostMs: 0 }),
    at(1310, n3, { type: 'roundOpened', phase: 'vote', term: 6, round: round(2) }),
    at(1312, n3, { type: 'elected', term: 6, round: round(2), votes: [n2, n3] }),
    at(1313, n2, { type: 'leaderKnown', term: 6, leaderId: n3 }),
    at(1314, n3, { type: 'established', term: 6 }),
    at(1314, n3, { type: 'ready', term: 6, index: 9 }),
  ]);
  t.like(trial, {
    winner: n3,
    rounds: 3,
    splitVotes: 1,
    termSteps: 2,
    phases: { detect: 150, lostRounds: 160, preVote: 0, vote: 2, establish: 2, ready: 0 },
    refusals: { votedForAnother: 2 },
    timerLatenessMs: 9,
    marks: ['timerStalled'],
  });
});

test('a stall of the machine while the winner waited is marked, though its running clock was punctual', (t) => {
  const stalled = straight.map((event) =>
    event.type === 'timerFired' ? { ...event, lateMs: 0.1, lostMs: 240 } : event,
  );
  t.like(analyzeTrial(context, stalled), { timerLatenessMs: 0.1, lostMs: 240, marks: ['timerStalled'] });
});

test('a survivor that stood still is marked by what its status says, whoever won', (t) => {
  const trial = analyzeTrial(context, straight);
  t.not(trial, null);
  if (trial === null) return;
  const before = [status(n1, 0), status(n2, 10), status(n3, 20)];
  const after = (lostMs: number): ReturnType<typeof status>[] => [status(n2, 10), status(n3, 20 + lostMs)];
  t.like(withThreads(trial, before, after(0)), { lostMs: 0, marks: [] });
  t.like(withThreads(trial, before, after(90)), { lostMs: 90, marks: ['survivorStalled'] });
  t.deepEqual(withThreads(trial, before, [{ ...status(n3, 200), incarnation: 2 }]), trial, 'another life');
});

function status(id: NodeId, lostMs: number): Pick<NodeStatus, 'id' | 'incarnation' | 'lostMs'> {
  return { id, incarnation: 1, lostMs };
}

test('an exit notice counts as giving the leader up', (t) => {
  const trial = analyzeTrial(context, [
    at(1000.5, n3, { type: 'exitNoticed', term: 4, leaderId: n1 }),
    ...straight.filter((event) => event.type !== 'suspected'),
  ]);
  t.like(trial, { phases: { detect: 0.5, lostRounds: 159.5 }, electedMs: 163, cost: { noticesMs: [0.5] } });
});

test('a suspicion from before the crash is detection 0, and marked', (t) => {
  const early = at(990, n2, {
    type: 'suspected',
    term: 4,
    leaderId: n1,
    silentMs: 170,
    sharedSilentMs: 170,
    timeoutMs: 170,
  });
  t.like(analyzeTrial(context, [early, ...straight]), {
    phases: { detect: 0, lostRounds: 160 },
    electedMs: 163,
    marks: ['suspectedBeforeCrash'],
  });
});

test('a campaign that was under way at the crash has no negative phase', (t) => {
  const under = straight.map((event) =>
    event.atMs <= 1161 ? ({ ...event, atMs: event.atMs - 161.5 } as NodeEvent) : event,
  );
  t.like(analyzeTrial(context, under), {
    phases: { detect: 0, lostRounds: 0, preVote: 0, vote: 163, establish: 1, ready: 0.5 },
    marks: ['suspectedBeforeCrash'],
  });
});

test('a suspicion that ended with the leader heard again is no detection', (t) => {
  const false1 = [
    at(980, n3, {
      type: 'suspected',
      term: 4,
      leaderId: n1,
      silentMs: 150,
      sharedSilentMs: 150,
      timeoutMs: 150,
    }),
    at(981, n3, {
      type: 'roundLost',
      phase: 'preVote',
      term: 5,
      round: round(1),
      reason: 'leaderHeard',
      retryInMs: null,
    }),
  ];
  t.like(analyzeTrial(context, [...false1, ...straight]), { phases: { detect: 160 }, marks: [] });
});

test('a leader that was lost before it was ready has won nothing, and is marked', (t) => {
  const lost = [
    at(1100, n3, {
      type: 'suspected',
      term: 4,
      leaderId: n1,
      silentMs: 150,
      sharedSilentMs: 150,
      timeoutMs: 150,
    }),
    at(1100, n3, { type: 'roundOpened', phase: 'preVote', term: 5, round: round(1) }),
    at(1101, n3, { type: 'roundWon', phase: 'preVote', term: 5, round: round(1), grants: [n2, n3] }),
    at(1101, n3, { type: 'roundOpened', phase: 'vote', term: 5, round: round(2) }),
    at(1102, n3, { type: 'elected', term: 5, round: round(2), votes: [n2, n3] }),
  ];
  const later = straight.map((event) =>
    'term' in event ? ({ ...event, term: asTerm(6) } as NodeEvent) : event,
  );
  t.like(analyzeTrial(context, [...lost, ...later]), {
    winner: n2,
    rounds: 2,
    splitVotes: 0,
    termSteps: 2,
    phases: { detect: 100, lostRounds: 60, preVote: 1, vote: 2 },
    marks: ['leaderLost'],
  });
});

test('a router that was behind is marked, one that kept up is only reported', (t) => {
  const trial = analyzeTrial(context, straight);
  t.not(trial, null);
  if (trial === null) return;
  t.like(withRouter(trial, { lagMs: 6, messages: 12 }), {
    routerLagMs: 6,
    messages: 12,
    marks: ['routerStalled'],
  });
  t.like(withRouter(trial, { lagMs: 0.2, messages: 12 }), { routerLagMs: 0.2, marks: [] });
});

test('who waited in vain is told how far it got', (t) => {
  const without = (...types: readonly string[]): string =>
    describeContest(
      context,
      straight.filter((event) => !types.includes(event.type)),
    );
  t.is(describeContest(context, []), '0 campaigns, nobody elected');
  t.is(without('elected', 'ready'), '1 campaigns, nobody elected');
  t.is(without('ready', 'leaderKnown'), '1 campaigns, n2 elected in term 5 but not ready, unknown to n3');
  t.is(without(), '1 campaigns, n2 elected in term 5, unknown to nobody');
});

test('a crash behind the election of another leader is known for what it is', (t) => {
  t.false(wasDeposedBefore(context, straight));
  t.true(wasDeposedBefore({ ...context, crashedAtMs: 1163.1 }, straight));
  t.false(wasDeposedBefore({ ...context, crashedAtMs: 1163.1, term: asTerm(5) }, straight));
});

test('a winner that was replaced before all knew it has won, and is marked', (t) => {
  const replaced = [
    ...straight.filter((event) => event.type !== 'leaderKnown'),
    at(1400, n3, { type: 'elected', term: 6, round: round(2), votes: [n2, n3] }),
    at(1401, n2, { type: 'leaderKnown', term: 6, leaderId: n3 }),
  ];
  t.like(analyzeTrial(context, replaced), {
    winner: n2,
    termSteps: 1,
    knownMs: 400,
    marks: ['winnerReplaced'],
  });
});

test('a trial whose observer stood still is marked, and carries what its clients saw', (t) => {
  const trial = analyzeTrial(context, straight);
  if (trial === null) return t.fail('no trial');
  t.like(withObserver(trial, { lagMs: 5.1, outageMs: 190 }), { observerLagMs: 5.1, outageMs: 190 });
  t.deepEqual(withObserver(trial, { lagMs: 5.1, outageMs: null }).marks, ['observerStalled']);
  t.deepEqual(withObserver(trial, { lagMs: 5, outageMs: null }).marks, []);
});

test('a trial carries what was seen of the machine, and is marked when that stood still', (t) => {
  const trial = analyzeTrial(context, straight);
  if (trial === null) return t.fail('no trial');
  const host = { latenessMs: 5.1, stealMs: 10 };
  t.like(withHost(trial, host), { host, marks: ['hostStalled'] });
  t.deepEqual(withHost(trial, { latenessMs: 5, stealMs: null }).marks, []);
  t.deepEqual(withHost(trial, null).marks, []);
});
