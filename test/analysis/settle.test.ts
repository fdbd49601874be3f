import test from 'ava';
import type { NodeStatus } from '../../src/actor/protocol.js';
import { describeUnrest, findRest } from '../../src/analysis/settle.js';
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';

const voters = ['n1', 'n2', 'n3'].map(asNodeId);
const [n1, n2, n3] = voters as [NodeStatus['id'], NodeStatus['id'], NodeStatus['id']];

function status(id: NodeStatus['id'], changes: Partial<NodeStatus> = {}): NodeStatus {
  return {
    id,
    incarnation: 1,
    role: id === n2 ? 'leader' : 'follower',
    learner: false,
    term: asTerm(3),
    votedFor: n2,
    leaderId: n2,
    confirmed: true,
    lastLogIndex: asLogIndex(7),
    lastLogTerm: asTerm(3),
    commitIndex: asLogIndex(7),
    electionTimeoutMs: 150,
    lastContactMs: 5,
    restartWaitMs: 0,
    peers: id === n2 ? [peer(n1, 4), peer(n3, 6)] : [],
    participating: true,
    mailbox: { control: 0, data: 0, droppedControl: 0, droppedData: 0, rejected: 0 },
    lostMs: 0,
    strain: {
      maxWaiting: { control: 0, data: 0 },
      maxAgeMs: 0,
      blockedMs: 0,
      allocatedMb: 0,
      heartbeatGaps: [],
    },
    ...changes,
  };
}

function peer(id: NodeStatus['id'], heartbeatsAnswered: number): NodeStatus['peers'][number] {
  return { id, matchIndex: asLogIndex(7), heartbeatsAnswered };
}

test('at rest, the slowest voter says how many heartbeats were answered', (t) => {
  t.deepEqual(
    findRest(
      voters,
      voters.map((id) => status(id)),
    ),
    {
      leader: n2,
      term: asTerm(3),
      heartbeatsAnswered: 4,
    },
  );
});

for (const [title, changes] of [
  ['follows nobody', { leaderId: null }],
  ['is in another term', { term: asTerm(4) }],
  ['has a shorter log', { lastLogIndex: asLogIndex(6) }],
  ['has an entry of another term', { lastLogTerm: asTerm(2) }],
  ['has not learned of the last commit', { commitIndex: asLogIndex(6) }],
  ['waits after a restart', { restartWaitMs: 0.5 }],
  ['takes no part', { participating: false }],
] as const) {
  test(`no rest while one voter ${title}`, (t) => {
    t.is(findRest(voters, [status(n1), status(n2), status(n3, changes)]), null);
  });
}

test('no rest without a leader, or while a voter is down', (t) => {
  t.is(findRest(voters, [status(n1), status(n2, { role: 'follower' }), status(n3)]), null);
  t.is(findRest(voters, [status(n1), status(n2)]), null);
});

test('who waited in vain is told what each voter was', (t) => {
  t.is(
    describeUnrest(voters, [status(n1, { leaderId: null, restartWaitMs: 12.3 }), status(n2)]),
    'n1 follower of nobody in term 3, 7/7 committed, waits 12 ms after a restart; ' +
      'n2 leader of n2 in term 3, 7/7 committed; n3 does not answer',
  );
});
