/** T that adapts: what is seen, who tells whom, when it rises and falls, and what is promised meanwhile. */
import test from 'ava';
import {
  isLeaderActive,
  isLeaderConfirmed,
  leaseRemainingMs,
  quorumPromiseMs,
} from '../../src/raft/lease.js';
import type { AppendEntries, GapReport, Message } from '../../src/raft/messages.js';
import { canonicalKey, cloneState } from '../../src/raft/snapshot.js';
import {
  configurationEntry,
  follower,
  followerOf,
  h,
  isNear,
  leader,
  members,
  slot,
  stateOf,
  T,
  type Outcome,
  type Setup,
  type TestNode,
} from './harness.js';

const maxMs = 1000;
const holdMs = 2000;
const halfLifeMs = 200;
const adaptive: Setup = {
  voters: ['n1', 'n2', 'n3', 'n4', 'n5'],
  options: { adaptiveTimeout: { minMs: T, maxMs, holdMs, halfLifeMs }, quorumPatience: 3 },
};
const leeway = slot / 8;

/** What a gap makes of T: three times what it is longer than a heartbeat's interval, and that interval. */
const bridging = (gapMs: number): number => h + 3 * (gapMs - h);

function report({ timeoutMs = T, heardMs = 0, answeredMs = 0, ageMs = 0 } = {}): GapReport {
  return {
    electionTimeoutMs: timeoutMs,
    heard: { gapMs: heardMs, ageMs: heardMs === 0 ? 0 : ageMs },
    answered: { gapMs: answeredMs, ageMs: answeredMs === 0 ? 0 : ageMs },
  };
}

function newest(node: TestNode, to: string): AppendEntries {
  const message = node.effects
    .flatMap((effect): Message[] => (effect.type === 'send' ? [effect.message] : []))
    .findLast((sent) => sent.type === 'appendEntries' && sent.to === to);
  if (message?.type !== 'appendEntries') throw new Error(`nothing was sent to ${to}`);
  return message;
}

/** Each answers the newest message it was sent. */
function answer(node: TestNode, peers: readonly string[], told: GapReport = report()): Outcome[] {
  return peers.map((peer) => node.peer(peer).answersAppend(newest(node, peer), { report: told }));
}

/** Beats and answers, with nothing to report, for a while. */
function beat(node: TestNode, forMs: number, told: (() => GapReport) | null = report): Outcome[] {
  const outcomes: Outcome[] = [];
  const endMs = node.nowMs + forMs;
  while (node.nowMs < endMs && node.state.role === 'leader') {
    outcomes.push(node.fire('heartbeat'));
    if (told !== null) outcomes.push(...answer(node, ['n2', 'n3', 'n4', 'n5'], told()));
  }
  return outcomes;
}

const changesIn = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'timeoutChanged' ? [`${event.fromMs}→${event.toMs}`] : [])),
  );

test('a fixed T is told to nobody, whatever an answer reports, and no T of a message is taken', (t) => {
  const node = leader();
  const sent = newest(node, 'n2');
  t.is(sent.electionTimeoutMs, null);
  node.peer('n2').answersAppend(sent, { report: report({ timeoutMs: 900, heardMs: 80, answeredMs: 80 }) });
  t.is(node.state.timeoutMs, T);
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), node.nowMs + T);

  const other = followerOf('n2');
  const reply = other.peer('n2').appends({ timeoutMs: 900 }).message('appendEntriesReply');
  t.is(reply.report, null);
  t.is(leaseRemainingMs(other.state, other.time), T);
});

test('a follower takes T from its leader, within its own bounds, and says in its answer that it did', (t) => {
  const node = followerOf('n2', adaptive);
  for (const [toldMs, takenMs] of [
    [300, 300],
    [T - 1, T],
    [9999, maxMs],
    [200, 200],
  ] as const) {
    const reply = node.peer('n2').appends({ timeoutMs: toldMs }).message('appendEntriesReply');
    t.is(node.state.timeoutMs, takenMs);
    t.is(reply.report?.electionTimeoutMs, takenMs);
    node.advance(1);
  }
});

test('a log that does not match is contact, and its T is taken; a stale leader’s is not', (t) => {
  const node = followerOf('n2', { ...adaptive, term: 2 });
  node.peer('n2').appends({ term: 2, timeoutMs: 300, prev: { term: 2, index: 7 } as never });
  t.is(node.state.timeoutMs, 300);
  node.peer('n3').appends({ term: 1, timeoutMs: 500 });
  t.is(node.state.timeoutMs, 300);
});

test('a message that was overtaken takes nothing back; the first one of another leader counts, whenever it was sent', (t) => {
  const node = followerOf('n2', adaptive);
  node.peer('n2').appends({ timeoutMs: 300, sentMs: 500 });
  node.peer('n2').appends({ timeoutMs: T, sentMs: 499 });
  t.is(node.state.timeoutMs, 300);
  node.peer('n3').appends({ term: 2, timeoutMs: 250, sentMs: 1 });
  t.is(node.state.timeoutMs, 250);
});

test('the contact that brings a longer T is promised the longer T, and waited for as long', (t) => {
  const node = followerOf('n2', adaptive);
  node.advance(h);
  node.peer('n2').appends({ timeoutMs: 300, rank: 0 });
  t.is(leaseRemainingMs(node.state, node.time), 300);
  t.true(isNear(node.remainingMs('election'), 300 + leeway));
});

test('a shorter T shortens no lease that was given: who stands then waits for its end', (t) => {
  const node = followerOf('n2', adaptive);
  node.peer('n2').appends({ timeoutMs: 500, rank: 0 });
  node.advance(h);
  node.peer('n2').appends({ timeoutMs: T, rank: 0 });
  t.is(leaseRemainingMs(node.state, node.time), 500 - h);
  t.false(node.fire('election').has('suspected'));
  t.is(leaseRemainingMs(node.state, node.time), 500 - h - T - leeway);
  t.true(node.fire('election').has('suspected'));
});

test('a leader that was announced dead has no say in T any more', (t) => {
  const node = followerOf('n2', adaptive);
  node.exitOf('n2', { term: 1 });
  node.peer('n2').appends({ timeoutMs: 300 });
  t.is(node.state.timeoutMs, T);
});

test('restart wait: for the floor, as the highest T promised before is on no disk', (t) => {
  const node = follower({ ...adaptive, term: 3 });
  t.is(leaseRemainingMs(node.state, node.time), T);
});

test('a follower reports the worst silence on its running clock; while it stood still it has missed nothing', (t) => {
  const node = followerOf('n2', adaptive);
  const heard = (): GapReport['heard'] | undefined =>
    node.peer('n2').appends().message('appendEntriesReply').report?.heard;
  node.advance(80);
  t.deepEqual(heard(), { gapMs: 80, ageMs: 0 });
  node.advance(300, 10);
  t.deepEqual(heard(), { gapMs: 80, ageMs: 300 });
  node.advance(90);
  t.deepEqual(heard(), { gapMs: 90, ageMs: 0 });
});

test('a gap counts for a while, whether or not an answer got through, and then not at all', (t) => {
  const node = followerOf('n2', adaptive);
  node.advance(80);
  node.peer('n2').appends();
  for (let ms = 0; ms < holdMs; ms += h) {
    node.advance(h);
    node.peer('n2').appends();
  }
  const report1 = node.peer('n2').appends().message('appendEntriesReply').report;
  t.deepEqual(report1?.heard, { gapMs: 80, ageMs: holdMs });
  node.advance(halfLifeMs, 1);
  // Half of it is nothing that the floor does not bridge.
  const report2 = node.peer('n2').appends().message('appendEntriesReply').report;
  t.deepEqual(report2?.heard, { gapMs: 0, ageMs: 0 });
});

test('what the floor bridges with its margin is not reported, nor what no T could bridge: that is a failure', (t) => {
  const node = followerOf('n2', adaptive);
  const gapMs = (silentMs: number): number | undefined => {
    node.advance(silentMs);
    return node.peer('n2').appends().message('appendEntriesReply').report?.heard.gapMs;
  };
  const bridged = (T - h) / 3 + h;
  t.is(gapMs(bridged), 0);
  t.is(gapMs(maxMs + 1), 0);
  t.true(isNear(gapMs(bridged + 1) ?? 0, bridged + 1));
});

test('a leader given up and heard again in its term was there: the whole silence is reported', (t) => {
  const node = followerOf('n2', adaptive);
  node.fire('election');
  t.is(node.state.leaderId, null);
  node.advance(150);
  const reply = node.peer('n2').appends().message('appendEntriesReply');
  t.true(Math.abs((reply.report?.heard.gapMs ?? 0) - (T + 150)) < T);
  t.true((reply.report?.heard.gapMs ?? 0) >= T + 150);
});

test('the silence before a new leader is a failover and no gap', (t) => {
  const node = followerOf('n2', adaptive);
  node.advance(180);
  const reply = node.peer('n3').appends({ term: 2 }).message('appendEntriesReply');
  t.is(reply.report?.heard.gapMs, 0);
});

test('a heartbeat found in the mailbox by the election timer ends a silence like any other', (t) => {
  const node = followerOf('n2', adaptive);
  node.advance(95);
  const waiting = node.time;
  node.fire('election', waiting);
  t.is(node.peer('n2').appends({}, waiting).message('appendEntriesReply').report?.heard.gapMs, 95);
});

test('a gap that a quorum of five saw raises T at once, with a heartbeat to all; one that two saw does not', (t) => {
  const node = leader(adaptive);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  node.fire('heartbeat');
  const [first, second, third, fourth] = answer(node, ['n2', 'n3', 'n4', 'n5'], report({ heardMs: 80 }));
  t.deepEqual(changesIn([first, second].flatMap((outcome) => outcome ?? [])), []);
  t.is(node.state.timeoutMs, bridging(80));
  t.like(third?.event('timeoutChanged'), { fromMs: T, toMs: bridging(80), gapMs: 80 });
  t.deepEqual(
    third
      ?.all('appendEntries')
      .map(({ to, entries, electionTimeoutMs }) => [to, entries.length, electionTimeoutMs]),
    ['n2', 'n3', 'n4', 'n5'].map((to) => [to, 0, bridging(80)]),
  );
  t.deepEqual(fourth?.all('appendEntries'), [], 'told once');
});

test('each of a quorum counts with its own worst gap: T bridges the least of the three worst', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  for (const [peer, heardMs] of [
    ['n2', 300],
    ['n3', 90],
    ['n4', 70],
    ['n5', 50],
  ] as const) {
    answer(node, [peer], report({ heardMs }));
  }
  t.is(node.state.timeoutMs, bridging(70));
});

test('T stays within its bounds, and rises by a quarter at least', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4'], report({ heardMs: 50 }));
  t.is(node.state.timeoutMs, T * 1.25, 'more than the 110 that 50 asks for');
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4'], report({ timeoutMs: T * 1.25, heardMs: 900 }));
  t.is(node.state.timeoutMs, maxMs);
});

test('pitfall 22: while joint, a gap counts that a quorum of both halves saw; a learner’s never does', (t) => {
  const joint = members(['n1', 'n2', 'n3'], ['n1', 'n4', 'n5'], ['n6']);
  const { options } = adaptive;
  const node = leader({ options: options ?? {}, entries: [configurationEntry(1, 1, joint)], term: 1 });
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n6'], report({ heardMs: 80 }));
  t.is(node.state.timeoutMs, T);
  answer(node, ['n4', 'n5'], report({ heardMs: 60 }));
  t.is(node.state.timeoutMs, bridging(60));
});

test('lease: while T rises, a leader is confirmed no longer than a quorum has promised', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  const sentMs = node.nowMs;
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ heardMs: 80 }));
  const toMs = node.state.timeoutMs;
  t.is(toMs, bridging(80));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), sentMs + T, 'told, and answered by nobody');
  answer(node, ['n2'], report({ timeoutMs: toMs, heardMs: 80 }));
  t.is(
    quorumPromiseMs(node.state, node.time, 'nowMs'),
    sentMs + T,
    'answered by two of five, itself included',
  );
  t.true(isLeaderActive(node.state, { nowMs: 0, runningMs: node.runningMs + T - 1 }));
  t.false(isLeaderActive(node.state, { nowMs: 0, runningMs: node.runningMs + T }));
  t.false(isLeaderConfirmed(node.state, { nowMs: node.nowMs + T, runningMs: 0 }));
  answer(node, ['n3'], report({ timeoutMs: toMs, heardMs: 80 }));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), sentMs + toMs, 'answered by a quorum');
  t.true(isLeaderActive(node.state, { nowMs: 0, runningMs: node.runningMs + toMs - 1 }));
});

test('lease: what a follower promised is what it said, even if it was told more, and never beyond the bounds', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  const sentMs = node.nowMs;
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ heardMs: 80 }));
  answer(node, ['n2', 'n3', 'n4'], report({ timeoutMs: 150 }));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), sentMs + 150);
  answer(node, ['n2', 'n3', 'n4'], report({ timeoutMs: 1e9 }));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), sentMs + maxMs);
});

test('lease: an answer that was overtaken promises nothing new', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  const older = newest(node, 'n2');
  node.fire('heartbeat');
  const sentMs = node.nowMs;
  answer(node, ['n2', 'n3', 'n4']);
  for (const peer of ['n2', 'n3', 'n4']) {
    node.peer(peer).answersAppend(older, { report: report({ timeoutMs: 400 }) });
  }
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), sentMs + T);
});

test('contact goes back on neither clock', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  const sent = newest(node, 'n2');
  answer(node, ['n2']);
  node.advance(5);
  node.peer('n2').answersAppend({ ...sent, sent: { nowMs: node.nowMs, runningMs: 1 } }, { report: report() });
  t.deepEqual(node.state.leadership?.peers[0]?.contact, { ...sent.sent, nowMs: node.nowMs });
});

test('pitfall 10: a leader whose T adapts deposes itself after three times T, and has no authority from T on', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ heardMs: 80 }));
  const sinceMs = node.runningMs;
  const toMs = node.state.timeoutMs;
  // The heartbeat with the new T is lost, and all that follow.
  t.false(node.fire('quorumCheck').has('steppedDown'));
  node.advance(T);
  t.false(isLeaderActive(node.state, node.time));
  t.false(isLeaderConfirmed(node.state, node.time));
  while (node.state.role === 'leader') node.fire('quorumCheck');
  t.true(isNear(node.runningMs - sinceMs, T + 2 * toMs));
});

test('answers that come within three times T keep their leader, and raise T', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  const sent = newest(node, 'n2');
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  t.true(isNear(node.remainingMs('quorumCheck'), T - h));
  while (node.runningMs < sent.sent.runningMs + 2.5 * T) node.fire('heartbeat');
  t.false(node.fire('quorumCheck').has('steppedDown'));
  answer(node, ['n2', 'n3']);
  t.is(node.state.role, 'leader');
  t.true(node.state.timeoutMs >= bridging(2.5 * T));
});

test('a leader that no quorum has answered for T gives way to whoever asks', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  node.advance(T);
  const outcome = node.peer('n2').asksPreVote();
  t.is(outcome.event('steppedDown').reason, 'quorumLost');
  t.true(outcome.message('preVoteReply').granted);
});

test('T falls as the gaps fade, by a quarter at least or to the floor, and never below', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  let seenMs = node.nowMs;
  const told = (): GapReport =>
    report({ timeoutMs: node.state.timeoutMs, heardMs: 200, ageMs: node.nowMs - seenMs });
  answer(node, ['n2', 'n3', 'n4', 'n5'], told());
  seenMs = node.nowMs;
  const raisedMs = bridging(200);
  t.is(node.state.timeoutMs, raisedMs);
  t.deepEqual(changesIn(beat(node, holdMs - h, told)), []);
  const changes = changesIn(beat(node, 4 * halfLifeMs, told)).map((change) => change.split('→').map(Number));
  t.is(node.state.timeoutMs, T);
  t.true(changes.length > 2);
  for (const [from = 0, to = 0] of changes) t.true(to === T || to <= 0.75 * from, `${from}→${to}`);
});

test('lease: when T falls, authority goes by what the newest contact was promised, and the quorum check is due earlier', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ heardMs: 300 }));
  const raisedMs = node.state.timeoutMs;
  beat(node, halfLifeMs, () => report({ timeoutMs: raisedMs, heardMs: 300 }));
  node.fire('quorumCheck');
  node.fire('heartbeat');
  // A quorum tells that nothing is left of it.
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ timeoutMs: raisedMs }));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), node.nowMs + raisedMs);
  t.is(node.state.timeoutMs, T);
  t.is(node.remainingMs('quorumCheck'), 3 * T);
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ timeoutMs: T }));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), node.nowMs + T);
});

test('a quorum check that is due already is not put off by a lower T', (t) => {
  const node = leader(adaptive);
  node.fire('heartbeat');
  answer(node, ['n2', 'n3', 'n4', 'n5'], report({ heardMs: 300 }));
  beat(node, halfLifeMs, () => report({ timeoutMs: node.state.timeoutMs, heardMs: 300 }));
  const { generation } = node.timer('quorumCheck');
  // It has stood still for so long that every gap has faded; its timers come in any order.
  node.advance(holdMs + 9 * halfLifeMs);
  t.is(node.fire('heartbeat').event('timeoutChanged').toMs, T);
  t.is(node.expire('quorumCheck', generation).event('steppedDown').reason, 'quorumLost');
});

test('a leader counts how long it waited for its quorum, and not for a single peer', (t) => {
  const node = leader(adaptive);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  node.fire('heartbeat');
  answer(node, ['n2']);
  node.advance(90 - h);
  const [outcome] = answer(node, ['n3']);
  // The first heartbeat was answered; the quorum's contact before was the election.
  t.like(outcome?.event('timeoutChanged'), { toMs: bridging(90), gapMs: 90, seenBy: node.state.id });
});

test('the time in which a leader itself stood still is no gap of its quorum', (t) => {
  const node = leader(adaptive);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  node.fire('heartbeat');
  node.advance(300, 5);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  t.is(node.state.timeoutMs, T);
});

test('a leader deposed while its loop stood still tells the next one, whose word counts like a quorum’s', (t) => {
  const old = leader(adaptive);
  answer(old, ['n2', 'n3', 'n4', 'n5']);
  old.advance(240, 5);
  const told = old.peer('n2').appends({ term: 9 }).message('appendEntriesReply').report;
  t.deepEqual(told?.answered, { gapMs: 240, ageMs: 0 });

  const node = leader(adaptive);
  node.fire('heartbeat');
  const [outcome] = answer(node, ['n4'], told ?? report());
  t.like(outcome?.event('timeoutChanged'), { toMs: bridging(240), gapMs: 240, seenBy: 'n4' });
});

test('what a deposed leader tells is as old as it says: its word does not last longer than what was seen', (t) => {
  const node = leader(adaptive);
  const told = (ageMs: number): GapReport =>
    report({ timeoutMs: node.state.timeoutMs, answeredMs: 240, ageMs });
  node.fire('heartbeat');
  answer(node, ['n4'], told(holdMs));
  t.is(node.state.timeoutMs, bridging(240));
  const sinceMs = node.nowMs;
  beat(node, 3 * halfLifeMs, () => told(holdMs + node.nowMs - sinceMs));
  t.is(node.state.timeoutMs, T);
});

test('a leader that would have stepped down by itself was rightly given up: it tells nothing', (t) => {
  const old = leader(adaptive);
  answer(old, ['n2', 'n3', 'n4', 'n5']);
  old.advance(T);
  const told = old.peer('n2').appends({ term: 9 }).message('appendEntriesReply').report;
  t.is(told?.answered.gapMs, 0);
});

test('answers that come after the leader has stepped down for want of them: late, and not lost', (t) => {
  const node = leader(adaptive);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  const sinceMs = node.runningMs;
  node.fire('heartbeat');
  const sent = newest(node, 'n2');
  while (node.state.role === 'leader') node.fire('quorumCheck');
  node.advance(50);
  const late = (peer: string): void =>
    void node.peer(peer).answersAppend(sent, { term: 2, report: report() });
  late('n2');
  late('n2');
  const before = node.peer('n5').appends({ term: 9 }).message('appendEntriesReply').report;
  t.is(before?.answered.gapMs, 0, 'it takes a quorum');
  late('n3');
  const after = node.peer('n5').appends({ term: 9 }).message('appendEntriesReply').report;
  t.is(after?.answered.gapMs, node.runningMs - sinceMs);
});

test('late answers to what was answered before, or of another term, tell nothing', (t) => {
  const node = leader(adaptive);
  const first = newest(node, 'n2');
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  node.advance(h);
  while (node.state.role === 'leader') node.fire('quorumCheck');
  for (const peer of ['n2', 'n3', 'n4']) {
    node.peer(peer).answersAppend(first, { report: report() });
    node
      .peer(peer)
      .answersAppend({ ...first, term: 0 as never, sent: node.time }, { term: 1, report: report() });
  }
  t.is(node.peer('n5').appends({ term: 9 }).message('appendEntriesReply').report?.answered.gapMs, 0);
});

test('a new leader goes on with the T it knows, tells it at once, and lets it fade where nobody has seen a gap', (t) => {
  const node = followerOf('n5', adaptive);
  node.peer('n5').appends({ timeoutMs: 400 });
  node.stand();
  node.peer('n2').answersVote();
  const outcome = node.peer('n3').answersVote();
  t.is(node.state.role, 'leader');
  t.true(outcome.all('appendEntries').every(({ electionTimeoutMs }) => electionTimeoutMs === 400));
  // It waits so long for its quorum; but votes promise nothing, and so its authority goes by the least T (pitfall 18).
  t.is(quorumPromiseMs(node.state, node.time, 'runningMs'), node.time.runningMs + 400);
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), node.nowMs + T);
  t.is(node.remainingMs('quorumCheck'), 400);
  const sinceMs = node.nowMs;
  const told = (): GapReport => report({ timeoutMs: node.state.timeoutMs });
  const changes = changesIn(beat(node, halfLifeMs, told));
  t.true(changes.length > 0 && node.state.timeoutMs >= 200, changes.join());
  beat(node, halfLifeMs, told);
  t.is(node.state.timeoutMs, T);
  t.true(node.nowMs - sinceMs <= 2 * halfLifeMs + h);
});

test('a new leader that was deposed before it begins with what that takes', (t) => {
  const node = leader(adaptive);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  node.advance(240, 5);
  node.peer('n2').appends({ term: 9 });
  node.stand();
  for (const peer of ['n2', 'n3']) node.peer(peer).answersVote();
  t.is(node.state.role, 'leader');
  t.is(newest(node, 'n2').electionTimeoutMs, bridging(240));
  t.is(quorumPromiseMs(node.state, node.time, 'nowMs'), node.nowMs + T, 'nobody has promised more yet');
});

test('what it heard itself counts at a leader: two of three are a quorum without the one it replaced', (t) => {
  const node = followerOf('n2', { ...adaptive, voters: ['n1', 'n2', 'n3'] });
  node.advance(90);
  node.peer('n2').appends();
  node.stand();
  node.peer('n3').answersVote();
  t.is(node.state.role, 'leader');
  answer(node, ['n3'], report({ heardMs: 60 }));
  t.is(node.state.timeoutMs, bridging(60));
});

test('the T in force rules everything that was ruled by T', (t) => {
  const node = followerOf('n2', adaptive);
  node.peer('n2').appends({ timeoutMs: 400 });
  node.advance(300);
  t.false(node.peer('n2').appends({ timeoutMs: 400 }).has('heartbeatNearMiss'), '75 % of T');
  node.advance(320);
  t.is(node.peer('n2').appends({ timeoutMs: 400 }).event('heartbeatNearMiss').share, 0.8);
  const waitMs = node.remainingMs('election');
  t.true(waitMs >= 400 && waitMs <= 450);
});

test('a copy shares no gaps, and those that have faded make no difference to what a state is', (t) => {
  const state = stateOf(adaptive);
  const copy = cloneState(state);
  if (copy.gaps !== null) copy.gaps.heard = { gapMs: 90, atMs: 0 };
  t.is(state.gaps?.heard.gapMs, 0);
  const at = (nowMs: number): string => canonicalKey(copy, { nowMs, runningMs: nowMs });
  const bare = (nowMs: number): string => canonicalKey(state, { nowMs, runningMs: nowMs });
  t.not(at(holdMs), bare(holdMs));
  t.is(at(holdMs + 2 * halfLifeMs), bare(holdMs + 2 * halfLifeMs));
});

test('a leader that only less than a quorum answers learns no gap from that', (t) => {
  const node = leader(adaptive);
  answer(node, ['n2', 'n3', 'n4', 'n5']);
  for (let beats = 1; beats * h < T; beats += 1) {
    node.fire('heartbeat');
    answer(node, ['n2']);
  }
  t.is(node.state.timeoutMs, T);
  t.is(node.state.gaps?.answered.gapMs, 0);
});
