/** Ranked successors: who is told which rank, what a rank does, and what it does not. */
import test from 'ava';
import type { Message } from '../../src/raft/messages.js';
import {
  command,
  configurationEntry,
  follower,
  followerOf,
  h,
  isNear,
  leader,
  members,
  r,
  R,
  slot,
  T,
  type Outcome,
  type Setup,
  type TestNode,
} from './harness.js';

const five: Setup = { voters: ['n1', 'n2', 'n3', 'n4', 'n5'] };

/** What the peers were told in their order, each by its first message; `-` for no rank. */
function ranksIn(outcome: Outcome): string {
  const sent = outcome.all('appendEntries');
  return sent
    .filter(({ to }, at) => sent.findIndex((other) => other.to === to) === at)
    .map(({ successorRank }) => successorRank ?? '-')
    .join(' ');
}

/** All of them answer the newest message that they were sent. */
function answer(node: TestNode, ...peers: readonly string[]): void {
  for (const peer of peers) {
    const request = node.effects
      .flatMap((effect): Message[] => (effect.type === 'send' ? [effect.message] : []))
      .findLast((message) => message.type === 'appendEntries' && message.to === peer);
    if (request?.type === 'appendEntries') node.peer(peer).answersAppend(request);
  }
}

test('a new leader of five ranks its successors with its first message, in the order of the configuration', (t) => {
  const node = follower(five);
  node.stand();
  node.peer('n2').answersVote();
  t.is(ranksIn(node.peer('n3').answersVote()), '0 1 2 3');
});

test('a new leader of five ranks who answered its vote before the others: the dead leader stands last', (t) => {
  const node = follower(five);
  node.stand();
  node.peer('n5').answersVote();
  node.peer('n3').answersVote({ reason: 'staleLog' });
  t.is(ranksIn(node.peer('n4').answersVote()), '3 0 1 2');
});

test('who answered the vote is as silent as the others when it has not answered by the next heartbeat', (t) => {
  const node = follower(five);
  node.stand();
  node.peer('n4').answersVote();
  node.peer('n5').answersVote();
  answer(node, 'n3');
  t.is(ranksIn(node.fire('heartbeat')), '1 0 2 3');
});

test('those that answered within T go before the silent ones, at exactly T one is silent', (t) => {
  const node = leader(five);
  answer(node, 'n4', 'n5');
  t.is(ranksIn(node.fire('heartbeat')), '2 3 0 1');
  answer(node, 'n5');
  node.advance(T - h);
  // What n4 has answered was sent a heartbeat earlier; of the silent ones it has the longest log.
  t.is(ranksIn(node.fire('heartbeat')), '2 3 1 0');
});

test('among those that answer, the longer log goes first: it can win', (t) => {
  const node = leader(five);
  answer(node, 'n2', 'n3', 'n4', 'n5');
  node.propose('x');
  answer(node, 'n4');
  t.is(ranksIn(node.fire('heartbeat')), '1 2 0 3');
});

test('pitfall 17: learners have no rank, and lose it when they are no voters any more', (t) => {
  const node = leader({ ...five, learners: ['n6'] });
  t.is(ranksIn(node.fire('heartbeat')), '0 1 2 3 -');
});

test('pitfall 22: the voters of both halves of a joint configuration are ranked', (t) => {
  const joint = members(['n1', 'n2', 'n3'], ['n1', 'n4', 'n5']);
  const node = leader({ entries: [configurationEntry(1, 1, joint)], term: 1 });
  t.is(ranksIn(node.fire('heartbeat')), '0 1 2 3');
});

test('rule rankedSuccessors off: nobody is told a rank', (t) => {
  const node = leader({ ...five, rules: { rankedSuccessors: false } });
  t.is(ranksIn(node.fire('heartbeat')), '- - - -');
});

test('a follower gives its leader up after T, the slots of those before it and an eighth of its own', (t) => {
  for (const rank of [0, 1, 3]) {
    const node = follower();
    node.peer('n2').appends({ term: 1, rank });
    t.true(isNear(node.remainingMs('election'), T + slot * (rank + 1 / 8)), `${rank}`);
    const outcome = node.fire('election');
    t.like(outcome.event('roundOpened'), { phase: 'preVote', term: 2 });
  }
});

test('the newest rank counts, and without one a timeout is drawn from [T, T+R]', (t) => {
  const node = follower();
  node.peer('n2').appends({ term: 1, rank: 3 });
  node.peer('n2').appends({ rank: 0 });
  t.true(isNear(node.remainingMs('election'), T + slot / 8));
  node.peer('n2').appends({ rank: null });
  t.is(node.state.successorRank, null);
  const drawnMs = node.remainingMs('election');
  t.true(drawnMs >= T && drawnMs <= T + R && !isNear(drawnMs, T + slot / 8));
});

test('pitfall 1: a heartbeat found in the mailbox re-arms by the rank', (t) => {
  const node = follower();
  node.peer('n2').appends({ term: 1, rank: 1 });
  node.advance(T);
  const waiting = node.time;
  node.fire('election', waiting);
  // It came T after the one before, and the node's own slot has passed since.
  t.true(isNear(node.remainingMs('election'), T));
});

test('pitfall 19: a rank is no veto: the last in line is granted its pre-vote and its vote', (t) => {
  const node = follower();
  node.peer('n2').appends({ term: 1, rank: 0 });
  node.advance(T);
  t.true(node.peer('n3').asksPreVote({ term: 2 }).message('preVoteReply').granted);
  t.true(node.peer('n3').asksVote({ term: 2 }).message('voteReply').granted);
});

test('a vote given re-arms from [T, T+R], as without ranks: whoever it went to has ranked nobody yet', (t) => {
  const node = follower();
  node.peer('n2').appends({ term: 1, rank: 2 });
  node.advance(T);
  node.peer('n3').asksVote({ term: 2 });
  const remainingMs = node.remainingMs('election');
  t.true(remainingMs >= T && remainingMs <= T + R);
});

test('exit notice: the first in line asks at once, in the same turn', (t) => {
  const node = follower(five);
  node.peer('n2').appends({ term: 1, rank: 0 });
  const outcome = node.exitOf('n2', { term: 1 });
  t.true(outcome.has('exitNoticed'));
  t.is(outcome.all('preVoteRequest').length, 4);
  t.deepEqual(node.armed(), ['preVote']);
  // Leases that the notice has not reached yet are no reason to wait for their ends.
  for (const peer of ['n2', 'n3', 'n4']) node.peer(peer).answersPreVote({ reason: 'leaseLive', leaseMs: 90 });
  t.true(node.remainingMs('election') < r);
});

test('exit notice: each other one waits for the slots of those before it', (t) => {
  for (const rank of [1, 2]) {
    const node = follower(five);
    node.peer('n2').appends({ term: 1, rank });
    t.deepEqual(node.exitOf('n2', { term: 1 }).sent, []);
    t.true(isNear(node.remainingMs('election'), slot * rank));
    t.is(node.fire('election').all('preVoteRequest').length, 4);
  }
});

test('exit notice: who has no rank waits U(0, r)', (t) => {
  const waitsMs = Array.from({ length: 20 }, (_, seed) => {
    const node = followerOf('n2', { seed });
    t.deepEqual(node.exitOf('n2', { term: 1 }).sent, []);
    return node.remainingMs('election');
  });
  t.true(waitsMs.every((waitMs) => waitMs > 0 && waitMs < r));
  t.true(new Set(waitsMs).size > 10);
});

test('brand-new nodes stand in the order of the configuration, spread over R, the first of them at once', (t) => {
  for (const [id, waitMs] of [
    ['n1', 0],
    ['n2', R / 5],
    ['n5', (4 * R) / 5],
  ] as const) {
    t.true(isNear(follower({ ...five, id }).remainingMs('election'), waitMs), id);
  }
  const { voters, oldVoters } = members(['n2', 'n3'], ['n3', 'n1']);
  const joint = follower({ voters, oldVoters: oldVoters ?? [] });
  t.true(isNear(joint.remainingMs('election'), (3 * R) / 4));
});

test('rule rankedSuccessors off: a brand-new node draws its first timeout from [0, R]', (t) => {
  const waitsMs = Array.from({ length: 20 }, (_, seed) =>
    follower({ ...five, seed, rules: { rankedSuccessors: false } }).remainingMs('election'),
  );
  t.true(waitsMs.every((waitMs) => waitMs > 0 && waitMs < R));
  t.true(new Set(waitsMs).size > 10);
});

test('a learner that becomes a voter has no rank until it is told one', (t) => {
  const node = follower({ voters: ['n2', 'n3'], learners: ['n1'] });
  node.peer('n2').appends({ term: 1 });
  t.is(node.state.successorRank, null);
  node
    .peer('n2')
    .appends({ entries: [command(1, 1), configurationEntry(1, 2, members(['n1', 'n2', 'n3']))] });
  t.deepEqual(node.armed(), ['election']);
});
