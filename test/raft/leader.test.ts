/** The leading half: becoming leader, heartbeats, replication, commit, the quorum check, proposals. */
import test from 'ava';
import { asTerm, type LogIndex } from '../../src/raft/brands.js';
import { isLeaderActive, isLeaderConfirmed } from '../../src/raft/lease.js';
import type { AppendEntries } from '../../src/raft/messages.js';
import type { Progress } from '../../src/raft/progress.js';
import {
  at,
  candidate,
  command,
  commands,
  configurationEntry,
  follower,
  h,
  isNear,
  leader,
  members,
  R,
  T,
  type Outcome,
  type Setup,
  type TestNode,
} from './harness.js';

const five: Setup = { voters: ['n1', 'n2', 'n3', 'n4', 'n5'] };

/** Everything the node has sent a peer so far that is AppendEntries. */
function appendsTo(node: TestNode, to: string): AppendEntries[] {
  return node.effects.flatMap((effect) =>
    effect.type === 'send' && effect.message.type === 'appendEntries' && effect.message.to === to
      ? [effect.message]
      : [],
  );
}

/** The newest batch of entries on its way to a peer. */
function batchTo(node: TestNode, to: string): AppendEntries {
  const batch = appendsTo(node, to).findLast(({ entries }) => entries.length > 0);
  if (batch === undefined) throw new Error(`nothing was sent to ${to}`);
  return batch;
}

function acknowledge(node: TestNode, ...peers: readonly string[]): Outcome {
  const outcomes = peers.map((peer) => node.peer(peer).answersAppend(batchTo(node, peer)));
  const last = outcomes.at(-1);
  if (last === undefined) throw new Error('nobody acknowledged');
  return last;
}

function progressOf(node: TestNode, id: string): Progress {
  const progress = node.state.leadership?.peers.find((peer) => peer.id === id);
  if (progress === undefined) throw new Error(`no progress of ${id}`);
  return progress;
}

function index(value: number): LogIndex {
  return at(0, value).index;
}

// Becoming leader.

test('pitfall 14: a new leader sends to all at once, and not after h: its first entry, at the end of its log', (t) => {
  const node = candidate({ ...five, term: 2, log: [1, 2], learners: ['n6'] });
  node.peer('n2').answersVote();
  const outcome = node.peer('n3').answersVote();
  const sent = outcome.all('appendEntries');
  t.deepEqual(
    sent.map(({ to }) => String(to)),
    ['n2', 'n3', 'n4', 'n5', 'n6'],
  );
  for (const message of sent)
    t.like(message, { term: 3, prevLog: at(2, 2), leaderCommit: 0, entries: [at(3, 3)] });
  t.deepEqual(node.armed(), ['heartbeat', 'quorumCheck']);
  t.true(isNear(node.remainingMs('heartbeat'), h));
  t.true(isNear(node.remainingMs('quorumCheck'), T));
  t.deepEqual([node.state.leaderId, node.state.termLeader], [node.state.id, node.state.id]);
});

test('§10.2.1 a new leader sends its first entry before it writes it, writes before it commits, and writes no term again', (t) => {
  const node = candidate();
  const outcome = node.peer('n2').answersVote();
  const order = outcome.effects.flatMap(({ type }) => (type === 'send' || type === 'persist' ? [type] : []));
  t.deepEqual(order, ['send', 'send', 'persist']);
  t.deepEqual(
    outcome.writes.map(({ hardState, entries }) => [hardState, entries.length]),
    [[null, 1]],
  );
});

test('§4.3 §5.4.2 the first entry of a term repeats the configuration in force; a joint one stays joint', (t) => {
  const joint = members(['n1', 'n2', 'n3'], ['n1', 'n4'], ['n6']);
  const node = leader({ term: 1, entries: [configurationEntry(1, 1, joint)] });
  t.deepEqual(node.state.log.entries.at(-1), configurationEntry(2, 2, joint));
  t.deepEqual(
    node.state.leadership?.peers.map(({ id }) => String(id)),
    ['n2', 'n3', 'n4', 'n6'],
  );
});

test('§5.3 a new leader takes every peer’s log for its own, and for matching nowhere', (t) => {
  const node = leader({ term: 2, log: [1, 2] });
  for (const peer of ['n2', 'n3']) {
    t.is(progressOf(node, peer).nextIndex, index(3));
    t.is(progressOf(node, peer).matchIndex, index(0));
    t.is(progressOf(node, peer).contact, null);
  }
});

test('established: a quorum of 5 has answered in this term; a mismatch counts, a learner or a second answer does not', (t) => {
  const node = leader({ ...five, learners: ['n6'], term: 1, log: [1] });
  t.false(node.peer('n6').answersAppend(batchTo(node, 'n6')).has('established'));
  t.false(
    node
      .peer('n2')
      .answersAppend(batchTo(node, 'n2'), { hint: { term: null, index: index(1) } })
      .has('established'),
  );
  t.false(acknowledge(node, 'n2').has('established'));
  const outcome = acknowledge(node, 'n3');
  t.deepEqual(outcome.event('established'), { type: 'established', term: asTerm(2) });
  t.false(acknowledge(node, 'n4').has('established'));
});

test('ready: the first entry of its own term is committed, once', (t) => {
  const node = leader({ term: 1, log: [1] });
  const outcome = acknowledge(node, 'n2');
  t.deepEqual(outcome.event('ready'), { type: 'ready', term: asTerm(2), index: index(2) });
  t.is(outcome.event('committed').index, index(2));
  node.propose('x');
  t.false(acknowledge(node, 'n2').has('ready'));
});

// Heartbeats.

/** Whom the next one goes to. */
function beatTo(node: TestNode): string[] {
  const sent = node.fire('heartbeat').all('appendEntries');
  return sent.filter(({ entries }) => entries.length === 0).map(({ to }) => String(to));
}

test('§5.2 the heartbeat: an empty AppendEntries to every peer at once, at its match, whatever is in flight', (t) => {
  const node = leader({ learners: ['n4'] });
  acknowledge(node, 'n2');
  node.propose('x');
  const outcome = node.fire('heartbeat');
  const beats = outcome.all('appendEntries').filter(({ entries }) => entries.length === 0);
  t.deepEqual(
    beats.map(({ to, prevLog, leaderCommit }) => [String(to), prevLog, Number(leaderCommit)]),
    [
      ['n2', at(1, 1), 1],
      ['n3', at(0, 0), 1],
      ['n4', at(0, 0), 1],
    ],
  );
  t.deepEqual(outcome.timers, ['+heartbeat']);
});

test('without the broadcast one peer after the other gets its heartbeat, all of them within h', (t) => {
  const node = leader({ ...five, rules: { broadcastHeartbeats: false } });
  const startMs = node.state.timers.heartbeat.deadlineMs;
  const turns = Array.from({ length: 8 }, () => beatTo(node));
  t.deepEqual(turns.slice(0, 4).flat().toSorted(), ['n2', 'n3', 'n4', 'n5']);
  t.deepEqual(turns.slice(4), turns.slice(0, 4));
  t.true(isNear(node.state.timers.heartbeat.deadlineMs, startMs + 2 * h));
});

test('the heartbeat is stamped on both clocks when it is sent', (t) => {
  const node = leader();
  const [beat] = node.fire('heartbeat').all('appendEntries');
  t.deepEqual(beat?.sent, node.time);
});

test('the heartbeat keeps its beat when it fires late by less than one, and starts a new one further behind', (t) => {
  const node = leader();
  const { deadlineMs } = node.timer('heartbeat');
  node.advance(h + 7);
  node.expire('heartbeat', node.timer('heartbeat').generation);
  t.true(isNear(node.timer('heartbeat').deadlineMs, deadlineMs + h));
  node.advance(3 * h);
  node.expire('heartbeat', node.timer('heartbeat').generation);
  t.true(isNear(node.remainingMs('heartbeat'), h));
});

test('the answer to a heartbeat proves contact and moves neither match nor next, mismatch or not', (t) => {
  const node = leader({ term: 1, log: [1, 1] });
  acknowledge(node, 'n2');
  const beats = node.fire('heartbeat').all('appendEntries');
  for (const hint of [null, { term: null, index: index(1) }]) {
    for (const beat of beats.filter(({ entries }) => entries.length === 0)) {
      const before = { ...progressOf(node, beat.to) };
      const outcome = node.peer(beat.to).answersAppend(beat, { hint });
      t.deepEqual(outcome.sent, []);
      const { matchIndex, nextIndex, contact, heartbeatsAnswered } = progressOf(node, beat.to);
      t.deepEqual([matchIndex, nextIndex], [before.matchIndex, before.nextIndex]);
      t.is(heartbeatsAnswered, before.heartbeatsAnswered + 1);
      t.deepEqual(contact, beat.sent);
    }
  }
});

test('entries that are unanswered for more than h are sent again with the next heartbeat, not before', (t) => {
  const node = leader();
  const resent = (): number =>
    node
      .fire('heartbeat')
      .all('appendEntries')
      .filter(({ entries }) => entries.length > 0).length;
  t.is(resent(), 0, 'after h exactly');
  acknowledge(node, 'n3');
  t.is(resent(), 1);
  t.like(batchTo(node, 'n2'), { prevLog: at(0, 0), entries: [at(1, 1)] });
  t.is(resent(), 0, 'it is on its way again');
});

// Replication.

test('§5.3 a batch is as long as maxAppendEntries; the next leaves with the answer, and nothing when all is there', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  for (const value of [1, 2, 3, 4, 5]) node.propose(value, value);
  t.like(batchTo(node, 'n2'), { prevLog: at(1, 1), entries: [at(1, 2)] });
  t.is(batchTo(node, 'n2').entries.length, 1, 'one batch on its way at a time');
  const [next] = acknowledge(node, 'n2').all('appendEntries');
  t.like(next, { prevLog: at(1, 2), entries: [at(1, 3), at(1, 4), at(1, 5)] });
  t.is(next?.entries.length, 3);
  acknowledge(node, 'n2');
  t.deepEqual(acknowledge(node, 'n2').sent, []);
  t.is(progressOf(node, 'n2').matchIndex, index(6));
});

test('§5.3 a second answer to a batch does not send the next one a second time, however often it comes', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  for (const value of [1, 2, 3]) node.propose(value, value);
  const first = batchTo(node, 'n2');
  t.is(acknowledge(node, 'n2').all('appendEntries').length, 1);
  for (let copy = 0; copy < 3; copy += 1) t.deepEqual(node.peer('n2').answersAppend(first).sent, []);
  t.is(acknowledge(node, 'n2').all('appendEntries').length, 0);
  t.is(progressOf(node, 'n2').matchIndex, index(4));
});

test('§5.3 a mismatch takes next to the hint and resends from there at once; match stays', (t) => {
  const node = leader({ term: 4, log: [1, 1, 4, 4] });
  const outcome = node
    .peer('n2')
    .answersAppend(batchTo(node, 'n2'), { hint: { term: asTerm(1), index: index(2) } });
  t.like(outcome.message('appendEntries'), { to: 'n2', prevLog: at(1, 1) });
  t.deepEqual(
    batchTo(node, 'n2').entries.map((entry) => Number(entry.index)),
    [2, 3, 4],
  );
  t.is(progressOf(node, 'n2').matchIndex, index(0));
  t.is(progressOf(node, 'n2').nextIndex, index(2));
});

test('§5.3 a hint below match goes no further back than match + 1; one that does not go back still goes one back', (t) => {
  const node = leader({ term: 4, log: [1, 1, 4, 4] });
  node.peer('n2').answersAppend(batchTo(node, 'n2'), { hint: { term: asTerm(1), index: index(9) } });
  t.is(progressOf(node, 'n2').nextIndex, index(4));
  const other = leader();
  acknowledge(other, 'n2');
  other.propose('x');
  other.peer('n2').answersAppend(batchTo(other, 'n2'), { hint: { term: null, index: index(1) } });
  t.is(progressOf(other, 'n2').nextIndex, index(2));
});

test('§5.3 the mismatch of a batch that was overtaken is ignored: it does not take next back a second time', (t) => {
  const node = leader({ term: 4, log: [1, 1, 4, 4] });
  const first = batchTo(node, 'n2');
  const hint = { term: null, index: index(3) };
  node.peer('n2').answersAppend(first, { hint });
  t.is(progressOf(node, 'n2').nextIndex, index(3));
  const outcome = node.peer('n2').answersAppend(first, { hint: { term: null, index: index(1) } });
  t.is(progressOf(node, 'n2').nextIndex, index(3));
  t.deepEqual(outcome.sent, []);
});

test('§5.3 match is what the answered message held, never what the follower may have besides, and never goes back', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  for (const value of [1, 2, 3]) node.propose(value, value);
  const first = batchTo(node, 'n2');
  acknowledge(node, 'n2');
  t.is(progressOf(node, 'n2').matchIndex, index(2));
  acknowledge(node, 'n2');
  t.is(progressOf(node, 'n2').matchIndex, index(4));
  node.peer('n2').answersAppend(first);
  t.is(progressOf(node, 'n2').matchIndex, index(4));
  t.is(progressOf(node, 'n2').nextIndex, index(5));
});

test('§5.1 an answer with a higher term takes the leader down: term written, heartbeats stop, proposals end unknown', (t) => {
  const node = leader();
  node.propose('x', 4);
  const outcome = node.peer('n2').answersAppend(batchTo(node, 'n2'), { term: 8 });
  t.like(outcome.event('steppedDown'), { from: 'leader', reason: 'higherTerm' });
  t.deepEqual(outcome.replies, [{ type: 'outcomeUnknown' }]);
  t.deepEqual(
    outcome.writes.map(({ hardState }) => hardState),
    [{ currentTerm: asTerm(8), votedFor: null }],
  );
  t.deepEqual(node.armed(), ['election']);
  t.true(node.remainingMs('election') >= T && node.remainingMs('election') < T + R);
  t.is(node.state.leadership, null);
});

test('pitfall 23: a success that answers an earlier leadership moves nothing, commits nothing and is no contact', (t) => {
  const node = leader();
  const old = { ...batchTo(node, 'n2'), entries: commands([1, 1]) };
  node.peer('n3').answersAppend(batchTo(node, 'n3'), { term: 2 });
  node.stand();
  node.peer('n3').answersVote();
  t.is(node.state.role, 'leader');
  t.is(node.state.currentTerm, asTerm(3));
  t.deepEqual(node.peer('n2').answersAppend(old).effects, []);
  t.is(progressOf(node, 'n2').matchIndex, index(0));
  t.is(progressOf(node, 'n2').contact, null);
});

test('an answer of a stranger, of a message from the future or past the log’s end, or to a follower, is dropped', (t) => {
  const node = leader();
  const batch = batchTo(node, 'n2');
  t.deepEqual(node.peer('n9').answersAppend(batch).effects, []);
  t.deepEqual(node.peer('n2').answersAppend({ ...batch, entries: commands([1, 1]) }).effects, []);
  const sent = { nowMs: node.nowMs + 1, runningMs: node.runningMs };
  t.deepEqual(node.peer('n2').answersAppend({ ...batch, sent }).effects, []);
  t.is(progressOf(node, 'n2').contact, null);
  t.deepEqual(follower({ term: 1 }).peer('n2').answersAppend(batch).effects, []);
});

test('contact of a peer: the newest send stamp it answered, whatever the order of its answers', (t) => {
  const node = leader();
  const first = batchTo(node, 'n2');
  const [second] = node.fire('heartbeat').all('appendEntries');
  if (second === undefined) return t.fail();
  node.advance(5);
  node.peer('n2').answersAppend(second);
  node.peer('n2').answersAppend(first);
  t.deepEqual(progressOf(node, 'n2').contact, second.sent);
});

// Commit.

test('§5.3 leader of 5 commits what three hold, itself counted behind its own flush', (t) => {
  const node = leader(five);
  acknowledge(node, 'n2');
  t.is(node.state.commitIndex, index(0));
  const outcome = acknowledge(node, 'n3');
  t.is(node.state.commitIndex, index(1));
  t.like(outcome.event('committed'), { index: 1, term: 1 });
});

test('§5.4.2 pitfall 15: leader of 3 does not commit an earlier term’s entry by counting, only below one of its own', (t) => {
  const node = leader({ term: 2, log: [1, 2, 2, 2] });
  node.peer('n2').answersAppend(batchTo(node, 'n2'), { hint: { term: asTerm(1), index: index(1) } });
  const earlier = batchTo(node, 'n2');
  t.is(earlier.entries.length, 3);
  t.false(node.peer('n2').answersAppend(earlier).has('committed'), 'a quorum holds entry 3 of term 2');
  t.is(progressOf(node, 'n2').matchIndex, index(3));
  t.is(node.state.commitIndex, index(0));
  acknowledge(node, 'n2');
  t.is(node.state.commitIndex, index(5));
});

test('§4.3 pitfall 22: in a joint configuration an entry is committed when quorums of both halves hold it', (t) => {
  const joint = { voters: ['n1', 'n2', 'n3'], oldVoters: ['n1', 'n4', 'n5'] };
  const node = leader(joint);
  acknowledge(node, 'n2', 'n3');
  t.is(node.state.commitIndex, index(0));
  acknowledge(node, 'n4');
  t.is(node.state.commitIndex, index(1));
  const other = leader(joint);
  acknowledge(other, 'n4', 'n5');
  t.is(other.state.commitIndex, index(0));
});

test('§4.2.1 a learner’s copy never counts', (t) => {
  const node = leader({ learners: ['n4', 'n5'] });
  acknowledge(node, 'n4', 'n5');
  t.is(node.state.commitIndex, index(0));
});

test('a sole voter commits and answers in the turn of the proposal, behind the write', (t) => {
  const node = follower({ voters: ['n1'] });
  const outcome = node.propose('x', 3);
  t.deepEqual(outcome.replies, [{ type: 'committed', index: index(2), term: asTerm(1) }]);
  const order = outcome.effects.map(({ type }) => type);
  t.true(order.indexOf('persist') < order.indexOf('reply'));
});

// Quorum check.

test('§6.2 leader that no quorum answered within T of its election steps down in its term, vote kept', (t) => {
  const node = leader(five);
  acknowledge(node, 'n2');
  const outcome = node.fire('quorumCheck');
  t.like(outcome.event('steppedDown'), { from: 'leader', reason: 'quorumLost', term: 1 });
  t.deepEqual([node.state.currentTerm, node.state.votedFor], [asTerm(1), node.state.id]);
  t.deepEqual(outcome.writes, []);
  t.deepEqual(node.armed(), ['election']);
  t.true(node.remainingMs('election') >= T && node.remainingMs('election') < T + R);
  t.is(node.state.leaderId, null);
});

test('§6.2 pitfall 3: the check of a leader of 5 is armed for T after the quorum-th newest contact, not the oldest', (t) => {
  const node = leader(five);
  const beats = node.fire('heartbeat').all('appendEntries');
  for (const beat of beats.filter(({ to }) => to === 'n2' || to === 'n3'))
    node.peer(beat.to).answersAppend(beat);
  const sentMs = node.runningMs;
  const outcome = node.fire('quorumCheck');
  t.deepEqual(outcome.timers, ['+quorumCheck']);
  t.true(isNear(node.timer('quorumCheck').deadlineMs, sentMs + T));
  t.is(node.state.role, 'leader');
});

test('§6.2 what counts is when the answered message was sent, not when its answer came', (t) => {
  const node = leader();
  node.advance(T - 1);
  acknowledge(node, 'n2');
  t.is(node.fire('quorumCheck').event('steppedDown').reason, 'quorumLost');
});

test('§6.2 the check is on the running clock: a stalled leader is not deposed by the stall', (t) => {
  const node = leader();
  node.advance(10 * T, 1);
  t.is(node.timer('quorumCheck').clock, 'running');
  t.true(isNear(node.remainingMs('quorumCheck'), T - 1));
});

test('§6.2 with a patience of 2 a leader that no quorum answers waits for 2 T, has no authority from T on, and gives way', (t) => {
  const node = leader({ ...five, options: { quorumPatience: 2 } });
  const sinceMs = node.runningMs;
  t.deepEqual(node.fire('quorumCheck').timers, ['+quorumCheck']);
  t.true(isNear(node.runningMs - sinceMs, T));
  t.false(isLeaderConfirmed(node.state, node.time));
  t.false(isLeaderActive(node.state, node.time));
  const asked = leader({ ...five, options: { quorumPatience: 2 } });
  asked.advance(T);
  t.is(asked.peer('n2').asksPreVote().event('steppedDown').reason, 'quorumLost');
  t.is(node.fire('quorumCheck').event('steppedDown').reason, 'quorumLost');
  t.true(isNear(node.runningMs - sinceMs, 2 * T));
});

test('§6.2 with patience an answer that comes after T keeps its leader', (t) => {
  const node = leader({ ...five, options: { quorumPatience: 2 } });
  const beats = node.fire('heartbeat').all('appendEntries');
  const sentMs = node.runningMs;
  node.advance(T + 1);
  for (const beat of beats.filter(({ to }) => to === 'n2' || to === 'n3'))
    node.peer(beat.to).answersAppend(beat);
  t.false(isLeaderConfirmed(node.state, node.time), 'it was sent too long ago');
  t.deepEqual(node.fire('quorumCheck').timers, ['+quorumCheck']);
  t.true(isNear(node.timer('quorumCheck').deadlineMs, sentMs + 2 * T));
});

test('§6.2 a sole voter is its own quorum: the check never takes it down', (t) => {
  const node = follower({ voters: ['n1'], learners: ['n2'] });
  for (let check = 0; check < 3; check += 1) {
    t.deepEqual(node.fire('quorumCheck').timers, ['+quorumCheck']);
    t.true(isNear(node.remainingMs('quorumCheck'), T));
  }
});

test('§4.3 pitfall 22: the check of a joint configuration asks for the older of both quorum contacts', (t) => {
  const node = leader({ voters: ['n1', 'n2', 'n3'], oldVoters: ['n4', 'n5', 'n6'] });
  const beats = node.fire('heartbeat').all('appendEntries');
  for (const beat of beats.filter(({ to }) => to !== 'n5' && to !== 'n6'))
    node.peer(beat.to).answersAppend(beat);
  t.is(node.fire('quorumCheck').event('steppedDown').reason, 'quorumLost');
});

test('rule quorumCheck off: no such timer, and a leader answers however long nobody answered it', (t) => {
  const node = leader({ rules: { quorumCheck: false } });
  t.deepEqual(node.armed(), ['heartbeat']);
  node.advance(10 * T);
  t.deepEqual(node.propose('x').replies, []);
});

// Proposals.

test('a proposal at a leader is sent to all and written, and answered when committed, in order', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  const outcome = node.propose({ set: 1 }, 11);
  t.deepEqual(outcome.replies, []);
  t.deepEqual(
    outcome.sent.map(({ to }) => String(to)),
    ['n2', 'n3'],
  );
  t.deepEqual(
    outcome.writes.map(({ entries }) => entries),
    [[command(1, 2, { set: 1 })]],
  );
  node.propose('y', 12);
  acknowledge(node, 'n2');
  const replies = acknowledge(node, 'n2').effects.flatMap((effect) =>
    effect.type === 'reply' ? [effect] : [],
  );
  t.deepEqual(replies, [
    { type: 'reply', requestId: 12, outcome: { type: 'committed', index: index(3), term: asTerm(1) } },
  ]);
  t.deepEqual(node.state.leadership?.pending, []);
});

test('several proposals that one answer commits are answered in order', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  for (const request of [5, 6, 7]) node.propose('x', request);
  acknowledge(node, 'n2');
  const replies = acknowledge(node, 'n2').effects.flatMap((effect) =>
    effect.type === 'reply' ? [effect.requestId] : [],
  );
  t.deepEqual(replies, [6, 7]);
});

test('a proposal elsewhere is answered `notLeader`, with the leader where one is known', (t) => {
  const node = follower();
  t.deepEqual(node.propose('x').replies, [{ type: 'notLeader', leaderId: null }]);
  node.peer('n2').appends({ term: 1 });
  const outcome = node.propose('x');
  t.deepEqual(outcome.replies, [{ type: 'notLeader', leaderId: node.peer('n2').id }]);
  t.is(outcome.effects.length, 1);
  t.deepEqual(candidate().propose('x').replies, [{ type: 'notLeader', leaderId: null }]);
});

test('pitfall 18: after a stall of T a leader answers `leaderUnconfirmed` until a quorum acknowledged what it sent since', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  const [before] = node.fire('heartbeat').all('appendEntries');
  if (before === undefined) return t.fail();
  node.advance(T, 1);
  t.deepEqual(node.propose('x').replies, [{ type: 'leaderUnconfirmed' }]);
  t.is(node.state.log.entries.length, 1);
  node.peer('n2').answersAppend(before);
  t.deepEqual(node.propose('x').replies, [{ type: 'leaderUnconfirmed' }], 'sent before the stall');
  const [after] = node.fire('heartbeat').all('appendEntries');
  if (after === undefined) return t.fail();
  node.peer('n2').answersAppend(after);
  t.deepEqual(node.propose('x').replies, []);
  t.is(node.state.role, 'leader');
});

test('a leader that is deposed answers every pending proposal `outcomeUnknown`, and none twice', (t) => {
  const node = leader();
  acknowledge(node, 'n2', 'n3');
  node.propose('x', 1);
  acknowledge(node, 'n2');
  node.propose('y', 2);
  node.propose('z', 3);
  const outcome = node.peer('n3').appends({ term: 5 });
  t.deepEqual(
    outcome.effects.flatMap((effect) =>
      effect.type === 'reply' ? [[effect.requestId, effect.outcome.type]] : [],
    ),
    [
      [2, 'outcomeUnknown'],
      [3, 'outcomeUnknown'],
    ],
  );
});
