import test from 'ava';
import type { NodeStatus } from '../../src/actor/protocol.js';
import type { SupervisedNode } from '../../src/cluster/protocol.js';
import type { ClusterEvent } from '../../src/cluster/events.js';
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import { eventLine } from '../../src/report/event-line.js';
import { statusTable, type NodeView } from '../../src/report/status-table.js';

const [n1, n2] = [asNodeId('n1'), asNodeId('n2')] as const;

const supervised: SupervisedNode = {
  id: n1,
  lifecycle: 'up',
  incarnation: 3,
  restarts: 2,
  threadId: 17,
  failure: null,
};
const status: NodeStatus = {
  id: n1,
  incarnation: 3,
  role: 'follower',
  learner: false,
  term: asTerm(7),
  votedFor: null,
  leaderId: n2,
  confirmed: false,
  lastLogIndex: asLogIndex(12),
  lastLogTerm: asTerm(7),
  commitIndex: asLogIndex(11),
  electionTimeoutMs: 150,
  lastContactMs: 12.4,
  restartWaitMs: 0,
  peers: [],
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
};

function cellsOf(view: NodeView, selected: string | null = null): string[] {
  const line = statusTable([view], selected).split('\n').at(-2) ?? '';
  return line
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('a row is a node: role, term, leader, commit index, last contact, restarts', (t) => {
  t.deepEqual(cellsOf({ supervised, status }), ['n1', 'follower', '7', 'n2', '11', '12 ms ago', '2']);
  t.is(cellsOf({ supervised, status }, 'n1')[0], '▸ n1');
});

test('the role says what keeps a node from taking part', (t) => {
  const role = (changes: Partial<NodeStatus>): string | undefined =>
    cellsOf({ supervised, status: { ...status, ...changes } })[1];
  t.is(role({ role: 'leader', confirmed: true }), 'leader');
  t.is(role({ role: 'leader', confirmed: false }), 'leader, unconfirmed');
  t.is(role({ learner: true }), 'learner');
  t.is(role({ participating: false }), 'store failed');
  t.deepEqual(cellsOf({ supervised: { ...supervised, lifecycle: 'hung' }, status: null }), [
    'n1',
    'hung',
    '',
    '',
    '',
    '',
    '2',
  ]);
});

const stamp = { id: 1, cause: null, node: n1, incarnation: 1, atMs: 0 };

test('an event is a line that names its node, or the cluster, or nothing worth a line', (t) => {
  const events: readonly ClusterEvent[] = [
    { ...stamp, type: 'crashed' },
    { ...stamp, type: 'healed', node: null },
    { ...stamp, type: 'linkCut', node: null, from: n1, to: n2, oneWay: false },
    {
      ...stamp,
      type: 'suspected',
      term: asTerm(2),
      leaderId: n2,
      silentMs: 161.23,
      sharedSilentMs: 161.23,
      timeoutMs: 160,
      cause: {
        id: 1,
        kind: 'timer',
        deadlineMs: 1,
        timer: 'election',
        from: null,
        sentMs: null,
        arrivedMs: null,
        handledMs: 1,
      },
    },
  ];
  t.deepEqual(events.map(eventLine), [
    'n1 crashed',
    'cluster is healed: all links and disks are well, and no thread bears a burden',
    'cluster n1 → n2 is cut, both ways',
    'n1 gives n2 up after 161.2 ms of silence',
  ]);
  const written = { type: 'written', durationMs: 1, hardState: true, entries: 0 };
  t.is(eventLine({ ...stamp, ...written } as unknown as ClusterEvent), null);
});
