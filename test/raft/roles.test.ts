/** The only place where a role changes: what each change asserts, called where no handler would call it. */
import test from 'ava';
import { asTerm } from '../../src/raft/brands.js';
import { InvariantError } from '../../src/raft/invariant.js';
import { adoptTerm, becomeCandidate, becomeLeader } from '../../src/raft/roles.js';
import type { Turn } from '../../src/raft/turn.js';
import { at, candidate, follower, followerOf, type TestNode } from './harness.js';

function turnOf(node: TestNode): Turn {
  return { state: node.state, time: node.time, cause: 99, effects: [] };
}

test('§4.2.3 a node does not stand inside its own promise', (t) => {
  t.throws(() => becomeCandidate(turnOf(followerOf('n2'))), {
    instanceOf: InvariantError,
    message: /lease/u,
  });
});

test('pitfall 17: who is no voter stays follower, without a leader, a term or a timer', (t) => {
  const node = followerOf('n2', { voters: ['n2', 'n3'], learners: ['n1'] });
  const turn = turnOf(node);
  becomeCandidate(turn);
  t.deepEqual([node.state.role, node.state.currentTerm, node.state.leaderId], ['follower', asTerm(1), null]);
  t.deepEqual(turn.effects, []);
});

test('§5.2 only a candidate becomes leader', (t) => {
  t.throws(() => becomeLeader(turnOf(follower())), { instanceOf: InvariantError, message: /candidate/u });
});

test('§5.1 only a higher term is adopted', (t) => {
  const node = candidate();
  for (const term of [0, 1]) {
    t.throws(() => adoptTerm(turnOf(node), asTerm(term), node.peer('n2').id), { instanceOf: InvariantError });
  }
});

test('a sole voter that a later term took down stands again when its timer fires, and asks nobody', (t) => {
  const node = follower({ voters: ['n1'], log: [1], term: 1 });
  node.peer('n9').appends({ term: 7, prev: at(0, 0) });
  t.is(node.state.role, 'follower');
  const outcome = node.fire('election');
  t.is(node.state.role, 'leader');
  t.is(node.state.currentTerm, asTerm(8));
  t.deepEqual(outcome.sent, []);
  t.true(outcome.has('roundWon'));
});

test('pitfall 2: a round is named by the life that opened it, and counts up within it', (t) => {
  const node = follower({ incarnation: 6 });
  t.deepEqual(node.fire('election').message('preVoteRequest', 'n2').round, { incarnation: 6, counter: 1 });
  t.deepEqual(node.peer('n2').answersPreVote().message('voteRequest', 'n2').round, {
    incarnation: 6,
    counter: 2,
  });
});
