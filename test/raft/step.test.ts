/** The entry point: what is refused before it reaches a handler, and what a failed write ends. */
import test from 'ava';
import { asNodeId } from '../../src/raft/brands.js';
import { InvariantError } from '../../src/raft/invariant.js';
import type { Message } from '../../src/raft/messages.js';
import { candidate, command, follower, followerOf, leader, T, TestNode } from './harness.js';

// Before the handlers.

test('a message of another group, to another node or from oneself is refused and reported, whatever it is', (t) => {
  const node = followerOf('n2');
  const peer = node.peer('n2');
  const append = peer.appendEntries({ term: 9 });
  const every: Message[] = [
    append,
    peer.appendReply(append),
    peer.preVoteReply({ term: 9 }),
    peer.voteReply({ term: 9 }),
  ];
  for (const message of every) {
    for (const [wrong, reason] of [
      [{ group: 'other' }, 'wrongGroup'],
      [{ to: asNodeId('n3') }, 'misaddressed'],
      [{ from: asNodeId('n1') }, 'misaddressed'],
    ] as const) {
      const before = node.snapshot();
      const outcome = node.receive({ ...message, ...wrong });
      t.deepEqual(outcome.events, [{ type: 'messageRefused', from: wrong.from ?? message.from, reason }]);
      t.is(outcome.effects.length, 1);
      t.deepEqual(node.snapshot(), before);
    }
  }
});

test('a life starts once, and before anything else', (t) => {
  t.throws(() => new TestNode().propose('x'), { instanceOf: InvariantError });
  t.throws(() => new TestNode().storeFails(), { instanceOf: InvariantError });
  t.throws(() => follower().start(), { instanceOf: InvariantError });
});

test('events count up from 1 within a life and name the input that caused them', (t) => {
  const node = new TestNode();
  const effects = [
    ...node.start().effects,
    ...node.fire('election').effects,
    ...node.peer('n2').answersPreVote().effects,
  ];
  const observed = effects.flatMap((effect) => (effect.type === 'observe' ? [effect] : []));
  t.deepEqual(
    observed.map(({ id, cause, event }) => [id, cause, event.type]),
    [
      [1, 1, 'started'],
      [2, 2, 'roundOpened'],
      [3, 3, 'answered'],
      [4, 3, 'roundWon'],
      [5, 3, 'roundOpened'],
    ],
  );
});

test('messages carry the group, the sender, its incarnation and the addressee', (t) => {
  const node = follower({ incarnation: 4 });
  for (const message of node.fire('election').sent)
    t.like(message, { group: 'group', from: 'n1', incarnation: 4 });
});

// Failed writes.

for (const [name, make] of [
  ['follower', () => followerOf('n2')],
  [
    'follower in a pre-vote',
    () => {
      const node = follower();
      node.fire('election');
      return node;
    },
  ],
  ['candidate', () => candidate()],
  ['leader', () => leader()],
] as const) {
  test(`§3.8 a ${name} whose write failed takes no further part: no vote, no append, no candidacy, no timer`, (t) => {
    const node = make();
    const { currentTerm } = node.state;
    const outcome = node.storeFails();
    t.like(outcome.event('storeFailed'), { error: 'no space left' });
    t.deepEqual(node.armed(), []);
    t.is(node.state.role, 'follower');
    t.is(node.state.leaderId, null);
    t.deepEqual(outcome.sent, []);
    t.deepEqual(outcome.writes, []);
    node.advance(5 * T);
    for (const act of [
      () => node.peer('n3').asksPreVote(),
      () => node.peer('n3').asksVote({ term: 9 }),
      () => node.peer('n3').appends({ term: 9, entries: [command(9, 1)] }),
      () => node.expire('election', node.state.timers.election.generation),
      () => node.exitOf('n2', { term: 1 }),
      () => node.storeFails(),
    ]) {
      t.deepEqual(act().effects, []);
    }
    t.deepEqual(node.propose('x').replies, [{ type: 'storeFailed' }]);
    t.is(node.state.currentTerm, currentTerm);
  });
}

test('a failed write ends an open round and reports it; a leader’s proposals end unknown', (t) => {
  const node = candidate();
  t.like(node.storeFails().event('roundLost'), { phase: 'vote', reason: 'storeFailed' });
  const lead = leader();
  lead.propose('x', 5);
  const outcome = lead.storeFails();
  t.like(outcome.event('steppedDown'), { from: 'leader', reason: 'storeFailed' });
  t.deepEqual(outcome.replies, [{ type: 'outcomeUnknown' }]);
});
