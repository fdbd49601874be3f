/** Every sentence of the check, broken once: a check that finds nothing proves nothing. */
import test from 'ava';
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import type { TimerName } from '../../src/raft/inputs.js';
import { brokenInvariants } from '../../src/raft/invariants.js';
import type { RaftState } from '../../src/raft/state.js';
import { candidate, follower, followerOf, leader, type TestNode } from './harness.js';

const timerNames: readonly TimerName[] = ['election', 'preVote', 'vote', 'heartbeat', 'quorumCheck'];

function inPreVote(): TestNode {
  const node = follower();
  node.fire('election');
  return node;
}

function outOfStore(): TestNode {
  const node = followerOf('n2');
  node.storeFails();
  return node;
}

const kinds = [
  ['a follower', () => followerOf('n2')],
  ['a follower in a pre-vote', inPreVote],
  ['a candidate', candidate],
  ['a leader', leader],
  ['a learner', () => follower({ voters: ['n2'], learners: ['n1'] })],
  ['a node whose store failed', outOfStore],
] as const;

for (const [name, make] of kinds) {
  test(`${name}: any timer armed or cleared that should not be is found`, (t) => {
    t.deepEqual(brokenInvariants(make().state), []);
    for (const timer of timerNames) {
      const { state } = make();
      state.timers[timer].armed = !state.timers[timer].armed;
      t.regex(brokenInvariants(state).join('; '), /timers: /u, timer);
    }
  });
}

for (const [sentence, make, breakIt] of [
  ['a leader, and nobody else, has a leadership', leader, (state) => (state.leadership = null)],
  [
    'a leader, and nobody else, has a leadership',
    candidate,
    (state) => (state.leadership = leader().state.leadership),
  ],
  ['a leader follows itself', leader, (state) => (state.leaderId = state.termLeader = asNodeId('n2'))],
  ['a candidate follows nobody', candidate, (state) => (state.leaderId = state.termLeader = asNodeId('n2'))],
  ['a candidate or leader voted for itself', candidate, (state) => (state.votedFor = asNodeId('n2'))],
  ['a candidate or leader voted for itself', leader, (state) => (state.votedFor = null)],
  ['a vote is a candidate’s', follower, (state) => (state.round = candidate().state.round)],
  ['a pre-vote is a follower’s', candidate, (state) => (state.round = inPreVote().state.round)],
  ['an open pre-vote has its timer', inPreVote, (state) => (state.round = null)],
  ['what is committed is in the log', follower, (state) => (state.commitIndex = asLogIndex(1))],
  ['no turn ends with an unwritten term or vote', follower, (state) => (state.hardStateDirty = true)],
  [
    'whoever is followed leads the current term',
    () => followerOf('n2'),
    (state) => (state.termLeader = null),
  ],
] as const satisfies readonly (readonly [string, () => TestNode, (state: RaftState) => unknown])[]) {
  test(`found when broken: ${sentence} (${make().state.role})`, (t) => {
    const { state } = make();
    breakIt(state);
    t.true(brokenInvariants(state).includes(sentence));
  });
}

test('the timers a leader should have depend on the rule quorumCheck', (t) => {
  const { state } = leader({ rules: { quorumCheck: false } });
  t.deepEqual(brokenInvariants(state), []);
  state.timers.quorumCheck.armed = true;
  t.is(brokenInvariants(state).length, 1);
  t.is(state.currentTerm, asTerm(1));
});
