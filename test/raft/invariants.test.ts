/** Every sentence of the check, broken once: a check that finds nothing proves nothing. */
import test from 'ava';
import { asLogIndex, asNodeId } from '../../src/raft/brands.js';
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

for (const [sentence, who, make, breakIt] of [
  ['a leader, and nobody else, has a leadership', 'a leader', leader, (state) => (state.leadership = null)],
  [
    'a leader, and nobody else, has a leadership',
    'a candidate',
    candidate,
    (state) => (state.leadership = leader().state.leadership),
  ],
  [
    'a leader follows itself',
    'a leader',
    leader,
    (state) => (state.leaderId = state.termLeader = asNodeId('n2')),
  ],
  [
    'a candidate follows nobody',
    'a candidate',
    candidate,
    (state) => (state.leaderId = state.termLeader = asNodeId('n2')),
  ],
  [
    'a candidate or leader voted for itself',
    'a candidate',
    candidate,
    (state) => (state.votedFor = asNodeId('n2')),
  ],
  ['a candidate or leader voted for itself', 'a leader', leader, (state) => (state.votedFor = null)],
  ['a vote is a candidate’s', 'a follower', follower, (state) => (state.round = candidate().state.round)],
  [
    'a pre-vote is a follower’s',
    'a candidate',
    candidate,
    (state) => (state.round = inPreVote().state.round),
  ],
  ['an open pre-vote has its timer', 'a pre-vote', inPreVote, (state) => (state.round = null)],
  ['what is committed is in the log', 'a follower', follower, (state) => (state.commitIndex = asLogIndex(1))],
  [
    'no turn ends with an unwritten term or vote',
    'a follower',
    follower,
    (state) => (state.hardStateDirty = true),
  ],
  [
    'whoever is followed leads the current term',
    'a follower with a leader',
    () => followerOf('n2'),
    (state) => (state.termLeader = null),
  ],
] as const satisfies readonly (readonly [string, string, () => TestNode, (state: RaftState) => unknown])[]) {
  test(`found when broken, at ${who}: ${sentence}`, (t) => {
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
});
