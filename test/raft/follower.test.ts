/** The receiving half of replication: whose entries are taken, when they match, and what that promises. */
import test from 'ava';
import { asTerm } from '../../src/raft/brands.js';
import { InvariantError } from '../../src/raft/invariant.js';
import {
  at,
  candidate,
  command,
  commands,
  configurationEntry,
  follower,
  followerOf,
  isNear,
  leader,
  members,
  quietFollower,
  R,
  T,
  type TestNode,
  slot,
} from './harness.js';

function termsOf(node: TestNode): number[] {
  return node.state.log.entries.map(({ term }) => term);
}

// Whose term.

test('§5.1 AppendEntries of an earlier term is refused with mine, at follower, candidate and leader, and changes nothing', (t) => {
  for (const node of [quietFollower({ term: 3 }), candidate({ term: 2 }), leader({ term: 2 })]) {
    const before = node.snapshot();
    const outcome = node.peer('n2').appends({ term: 2, entries: [command(2, 1)] });
    t.like(outcome.message('appendEntriesReply'), { success: false, hint: null, term: 3, requestTerm: 2 });
    t.deepEqual(node.snapshot(), before);
    t.deepEqual(outcome.timers, []);
  }
});

test('§5.1 AppendEntries of a later term is followed: term adopted and written, vote cleared, leader known', (t) => {
  for (const node of [
    quietFollower({ term: 3, votedFor: 'n3' }),
    candidate({ term: 2 }),
    leader({ term: 2 }),
  ]) {
    const outcome = node.peer('n2').appends({ term: 9 });
    t.deepEqual(
      outcome.writes.map(({ hardState }) => hardState),
      [{ currentTerm: asTerm(9), votedFor: null }],
    );
    t.like(outcome.event('leaderKnown'), { leaderId: 'n2', term: 9 });
    t.like(outcome.message('appendEntriesReply'), { success: true, term: 9 });
    t.is(node.state.role, 'follower');
    t.deepEqual(node.armed(), ['election']);
  }
});

test('§5.2 candidate that hears the leader of its term follows it, vote kept, and its round is over', (t) => {
  const node = candidate();
  const outcome = node.peer('n2').appends({ term: 1 });
  t.like(outcome.event('steppedDown'), { from: 'candidate', reason: 'leaderHeard' });
  t.like(outcome.event('roundLost'), { phase: 'vote', reason: 'leaderHeard' });
  t.deepEqual(
    [node.state.role, node.state.votedFor, node.state.leaderId],
    ['follower', node.state.id, node.peer('n2').id],
  );
  t.deepEqual(outcome.writes, []);
  t.deepEqual(node.peer('n3').answersVote().effects, []);
});

test('§5.2 candidate that followed n2 in the last term follows n3 in its own: that is no second leader', (t) => {
  const node = followerOf('n2');
  node.stand();
  const outcome = node.peer('n3').appends({ term: 2 });
  t.false(outcome.has('invariantViolated'));
  t.like(outcome.event('leaderKnown'), { leaderId: 'n3', term: 2 });
});

test('§5.2 two leaders in one term, seen by a follower or by one of them: reported, and both are sent to the next term', (t) => {
  for (const node of [followerOf('n2'), leader()]) {
    const outcome = node.peer('n3').appends({ term: 1, entries: [command(1, 1)] });
    t.regex(outcome.event('invariantViolated').rule, /at most one leader per term/);
    t.regex(outcome.event('invariantViolated').detail, /n3 and n[12] both lead term 1/);
    t.like(outcome.message('appendEntriesReply', 'n3'), { success: false, term: 2 });
    t.deepEqual(
      outcome.writes.map(({ hardState }) => hardState),
      [{ currentTerm: asTerm(2), votedFor: null }],
    );
    t.deepEqual([node.state.role, node.state.leaderId, node.state.termLeader], ['follower', null, null]);
    t.deepEqual(node.armed(), ['election']);
  }
  const lead = leader();
  t.is(lead.peer('n3').appends({ term: 1 }).event('steppedDown').reason, 'electionSafetyBroken');
});

test('§5.2 the leader of a term is remembered after it is given up: a second one in that term is found', (t) => {
  const node = followerOf('n2');
  node.fire('election');
  t.is(node.state.leaderId, null);
  t.true(node.peer('n3').appends({ term: 1 }).has('invariantViolated'));
});

test('§4.1 a leader is accepted whether or not it is in the configuration', (t) => {
  for (const voters of [['n1', 'n2', 'n3'], null]) {
    const node = quietFollower({ voters });
    t.like(node.peer('n9').appends({ term: 1 }).event('leaderKnown'), { leaderId: 'n9' });
  }
});

// Contact.

test('contact: the timer is re-armed at the arrival + a fresh draw from [T, T+R], not at the handling', (t) => {
  const node = followerOf('n2');
  node.advance(30);
  const arrived = node.time;
  node.advance(25);
  const outcome = node.peer('n2').appends({}, arrived);
  t.deepEqual(outcome.timers, ['+election']);
  t.true(node.remainingMs('election') >= T - 25 && node.remainingMs('election') < T + R - 25);
  t.deepEqual(node.state.contact, arrived);
  // With a rank nothing is drawn, and 25 ms are 25 ms.
  node.peer('n2').appends({ rank: 0 }, arrived);
  t.true(isNear(node.remainingMs('election'), T + slot / 8 - 25));
});

test('contact: an AppendEntries that arrived earlier than another moves neither contact nor promise back', (t) => {
  const node = followerOf('n2');
  const early = node.time;
  node.advance(30);
  const late = node.time;
  node.peer('n2').appends();
  node.peer('n2').appends({}, early);
  t.deepEqual(node.state.contact, late);
  t.true(node.remainingMs('election') >= T);
  node.advance(T - 1);
  t.is(node.peer('n3').asksPreVote().message('preVoteReply').leaseRemainingMs, 1);
});

test('contact: the term decides, not the log check: a mismatch is contact too', (t) => {
  const node = followerOf('n2');
  node.advance(T - 1);
  const outcome = node.peer('n2').appends({ prev: at(1, 5) });
  t.false(outcome.message('appendEntriesReply').success);
  t.deepEqual(outcome.timers, ['+election']);
  node.advance(T - 1);
  t.is(node.peer('n3').asksPreVote().message('preVoteReply').reason, 'leaseLive');
});

test('contact: an earlier term is none: the promise and the deadline stay', (t) => {
  const node = followerOf('n2', { term: 4 });
  node.advance(T - 1);
  t.deepEqual(node.peer('n2').appends({ term: 3 }).timers, []);
  node.advance(1);
  t.is(node.peer('n3').asksPreVote().message('preVoteReply').reason, null);
});

test('a leader is announced once: heartbeats of the same leader and term are no news', (t) => {
  const node = followerOf('n2');
  t.deepEqual(node.peer('n2').appends().events, []);
  t.true(node.peer('n3').appends({ term: 2 }).has('leaderKnown'));
});

test('near miss: reported from 80 % of T of silence on, with the gap; not below', (t) => {
  const node = followerOf('n2');
  node.advance(0.8 * T - 0.001);
  t.false(node.peer('n2').appends().has('heartbeatNearMiss'));
  node.advance(0.8 * T + 0.001);
  const nearMiss = node.peer('n2').appends().event('heartbeatNearMiss');
  t.true(isNear(nearMiss.gapMs, 0.8 * T + 0.001));
  t.true(isNear(nearMiss.share, 0.8 + 0.001 / T));
});

test('pitfall 25: an open pre-vote is closed when the leader is heard: late grants do not depose it, and k is 0', (t) => {
  const node = followerOf('n2');
  node.fire('election');
  node.fire('preVote');
  node.fire('election');
  const round = node.state.round?.round;
  const grant = node.peer('n3').preVoteReply();
  const outcome = node.peer('n2').appends();
  t.like(outcome.event('roundLost'), { phase: 'preVote', reason: 'leaderHeard', round });
  t.deepEqual(node.armed(), ['election']);
  t.true(node.remainingMs('election') >= T);
  t.is(node.state.failedRounds, 0);
  t.deepEqual(node.receive(grant).effects, []);
  t.is(node.state.role, 'follower');
});

test('pitfall 25: a retry wait is over when the leader is heard: the next timeout is a whole one', (t) => {
  const node = followerOf('n2');
  node.fire('election');
  node.fire('preVote');
  node.peer('n2').appends();
  t.true(node.remainingMs('election') >= T);
  t.deepEqual(node.armed(), ['election']);
});

test('a learner follows and appends without any timer', (t) => {
  const node = follower({ voters: ['n2', 'n3'], learners: ['n1'] });
  const outcome = node.peer('n2').appends({ term: 1, entries: [command(1, 1)], commit: 1 });
  t.true(outcome.message('appendEntriesReply').success);
  t.is(node.state.commitIndex, at(1, 1).index);
  t.deepEqual(outcome.timers, []);
});

// The log.

test('§5.3 log check, for every small log and position: success, a short log’s end, or the first index of the conflicting term', (t) => {
  for (const log of [[], [1], [1, 1], [1, 2, 2], [1, 1, 3, 3]]) {
    for (const index of [0, 1, 2, 3, 4, 5]) {
      for (const term of index === 0 ? [0] : [1, 2, 3]) {
        const node = followerOf('n2', { term: 3, log });
        const { success, hint } = node
          .peer('n2')
          .appends({ prev: at(term, index) })
          .message('appendEntriesReply');
        const own = index === 0 ? 0 : log[index - 1];
        t.is(success, own === term);
        if (own === term) t.is(hint, null);
        else if (own === undefined) t.deepEqual(hint, { term: null, index: at(0, log.length + 1).index });
        else t.deepEqual(hint, { term: asTerm(own), index: at(0, log.indexOf(own) + 1).index });
        t.deepEqual(termsOf(node), log);
      }
    }
  }
});

test('§5.3 entries are appended behind their flush, and the reply echoes term, position, count and send stamp', (t) => {
  const node = followerOf('n2', { term: 2, log: [1] });
  const outcome = node.peer('n2').appends({ prev: at(1, 1), entries: commands([1, 2], 2), sentMs: 77 });
  t.deepEqual(
    outcome.writes.map(({ hardState, truncateFrom, entries }) => [hardState, truncateFrom, entries.length]),
    [[null, null, 2]],
  );
  const order = outcome.effects.map(({ type }) => type);
  t.true(order.indexOf('persist') < order.indexOf('send'));
  t.like(outcome.message('appendEntriesReply'), {
    success: true,
    term: 2,
    requestTerm: 2,
    prevLogIndex: 1,
    entryCount: 2,
    sent: { nowMs: 77 },
    hint: null,
  });
  t.deepEqual(termsOf(node), [1, 1, 2]);
});

test('pitfall 5: a later term and its entries are one write, before the answer', (t) => {
  const node = quietFollower({ term: 1, votedFor: 'n3' });
  const outcome = node.peer('n2').appends({ term: 4, entries: [command(4, 1)] });
  t.deepEqual(
    outcome.writes.map(({ hardState, entries }) => [hardState, entries.length]),
    [[{ currentTerm: asTerm(4), votedFor: null }, 1]],
  );
});

test('§5.3 a conflict truncates from the first entry that differs, in the same write', (t) => {
  const node = followerOf('n2', { term: 3, log: [1, 2, 2, 2] });
  const outcome = node.peer('n2').appends({ prev: at(1, 1), entries: commands([2, 3], 2) });
  t.deepEqual(
    outcome.writes.map(({ truncateFrom, entries }) => [
      truncateFrom,
      entries.map(({ index }) => Number(index)),
    ]),
    [[at(0, 3).index, [3]]],
  );
  t.deepEqual(termsOf(node), [1, 2, 3]);
});

test('§5.3 pitfall 24: an overtaken message that agrees removes nothing, writes nothing and takes back no commit', (t) => {
  const node = followerOf('n2', { term: 1 });
  node.peer('n2').appends({ entries: commands([1, 1, 1]), commit: 3 });
  for (const late of [
    { entries: [command(1, 1)], commit: 1 },
    { entries: commands([1, 1, 1]), commit: 0 },
    { prev: at(1, 1), commit: 1 },
  ]) {
    const outcome = node.peer('n2').appends(late);
    t.true(outcome.message('appendEntriesReply').success);
    t.deepEqual(outcome.writes, []);
    t.false(outcome.has('committed'));
    t.deepEqual(termsOf(node), [1, 1, 1]);
    t.is(node.state.commitIndex, at(0, 3).index);
  }
});

test('§5.3 a truncation at or below what is committed is a bug that stops the node; just above it is fine', (t) => {
  const node = followerOf('n2', { term: 2, log: [1, 1, 1] });
  node.peer('n2').appends({ prev: at(1, 2), commit: 2 });
  t.throws(() => node.peer('n2').appends({ prev: at(1, 1), entries: [command(2, 2)] }), {
    instanceOf: InvariantError,
    message: /truncates at 2, committed is 2/,
  });
  const other = followerOf('n2', { term: 2, log: [1, 1, 1] });
  other.peer('n2').appends({ prev: at(1, 2), commit: 2 });
  other.peer('n2').appends({ prev: at(1, 2), entries: [command(2, 3)] });
  t.deepEqual(termsOf(other), [1, 1, 2]);
});

test('§5.3 the commit follows the leader’s, as far as this very message has shown to agree', (t) => {
  for (const [prev, entries, commit, expected] of [
    [at(1, 1), [], 3, 1],
    [at(1, 3), [], 2, 2],
    [at(1, 3), [], 9, 3],
    [at(1, 1), commands([1, 1], 2), 9, 3],
    [at(1, 1), commands([1], 2), 9, 2],
    [at(1, 3), commands([1], 4), 9, 4],
    [at(0, 0), [], 3, 0],
  ] as const) {
    const node = followerOf('n2', { term: 1, log: [1, 1, 1] });
    const outcome = node.peer('n2').appends({ prev, entries, commit });
    t.is(node.state.commitIndex, at(0, expected).index);
    if (expected > 0) t.like(outcome.event('committed'), { index: expected, term: 1 });
  }
});

test('§5.3 a mismatch commits nothing', (t) => {
  const node = followerOf('n2', { term: 2, log: [1, 1] });
  node.peer('n2').appends({ prev: at(2, 2), commit: 2 });
  t.is(node.state.commitIndex, at(0, 0).index);
});

// Configurations.

test('§4.1 a configuration is in force when appended: a node that is no voter any more stops its timer and its round', (t) => {
  const removal = configurationEntry(1, 1, members(['n2', 'n3']));
  const node = followerOf('n2');
  const outcome = node.peer('n2').appends({ entries: [removal] });
  t.like(outcome.event('configurationInForce'), {
    index: 1,
    configuration: removal.payload.type === 'configuration' ? removal.payload.configuration : null,
  });
  t.deepEqual(node.armed(), []);
  const noticed = followerOf('n2');
  noticed.exitOf('n2', { term: 1 });
  noticed.fire('election');
  t.like(
    noticed
      .peer('n2')
      .appends({ entries: [removal] })
      .event('roundLost'),
    { phase: 'preVote', reason: 'notVoter' },
  );
  t.deepEqual(noticed.armed(), []);
});

test('§4.1 a configuration that is truncated is in force no longer: the voter of the one before has its timer again', (t) => {
  const node = followerOf('n2', { term: 1 });
  node.peer('n2').appends({ entries: [configurationEntry(1, 1, members(['n2', 'n3']))] });
  t.deepEqual(node.armed(), []);
  node.peer('n3').appends({ term: 2, entries: [command(2, 1)] });
  t.deepEqual(node.armed(), ['election']);
  t.true(node.remainingMs('election') >= T);
  t.is(node.state.log.configurations.length, 1);
});

test('§4.2.1 a learner that becomes a voter gets its timer, and promises the leader it has just heard', (t) => {
  const node = follower({ voters: ['n2', 'n3'], learners: ['n1'] });
  node.peer('n2').appends({ term: 1, entries: [configurationEntry(1, 1, members(['n1', 'n2', 'n3']))] });
  t.deepEqual(node.armed(), ['election']);
  t.true(node.remainingMs('election') >= T && node.remainingMs('election') < T + R);
  t.is(node.peer('n3').asksVote({ term: 2 }).message('voteReply').reason, 'leaseLive');
});

test('§4.2.1 a learner that becomes a voter by what a leader announced dead sent before promises it nothing', (t) => {
  const node = followerOf('n2', { voters: ['n2', 'n3'], learners: ['n1'] });
  node.exitOf('n2', { term: 1 });
  node.peer('n2').appends({ entries: [configurationEntry(1, 1, members(['n1', 'n2', 'n3']))] });
  t.deepEqual(node.armed(), ['election']);
  t.is(
    node
      .peer('n3')
      .asksPreVote({ lastLog: at(1, 1) })
      .message('preVoteReply').reason,
    null,
  );
});

test('a configuration that only repeats the one in force is no news, and re-arms nothing', (t) => {
  const node = followerOf('n2');
  const outcome = node
    .peer('n2')
    .appends({ entries: [configurationEntry(1, 1, members(['n3', 'n2', 'n1']))] });
  t.false(outcome.has('configurationInForce'));
  t.deepEqual(outcome.timers, ['+election']);
});
