import test from 'ava';
import { Flood, staleAnswer } from '../../src/actor/flood.js';
import { parseMessage } from '../../src/actor/parse-message.js';
import { asNodeId } from '../../src/raft/brands.js';
import { isControlMessage, type Message } from '../../src/raft/messages.js';
import { candidate, follower, followerOf, leader } from '../raft/harness.js';

const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(asNodeId) as [Message['to'], Message['to'], Message['to']];
const toN1 = { group: 'group', from: n2, to: n1, incarnation: 1 };

for (const [lane, entryCount] of [
  ['control', 0],
  ['data', 1],
] as const) {
  test(`a stale answer for the ${lane} lane is well-formed, goes there, and does nothing to any node`, (t) => {
    const message = staleAnswer(toN1, entryCount);
    t.deepEqual(parseMessage(message, new Set(['n2']), 1), { message });
    t.is(isControlMessage(message), lane === 'control');
    const nodes = [follower(), followerOf('n2'), candidate(), leader(), leader({ term: 6, log: [1, 6] })];
    for (const node of nodes) {
      const before = structuredClone(node.state);
      t.deepEqual(node.receive({ ...message, group: node.state.group }).effects, []);
      t.deepEqual(structuredClone(node.state), before, node.state.role);
    }
  });
}

test('a flood is poured on one peer after the other, as many for each lane as were asked for', (t) => {
  const sent: (readonly Message[])[] = [];
  const flood = new Flood({ group: 'group', from: n1, incarnation: 4 }, [n2, n3], 100, (messages) =>
    sent.push(messages),
  );
  t.is(flood.peers, 2);
  for (const fill of [1, 0.5, 2, 0.001]) flood.pour(fill);
  t.deepEqual(
    sent.map((messages) => [
      new Set(messages.map(({ to }) => to)),
      messages.filter(isControlMessage).length,
      messages.filter((message) => !isControlMessage(message)).length,
    ]),
    [
      [new Set([n2]), 100, 100],
      [new Set([n3]), 50, 50],
      [new Set([n2]), 200, 200],
      [new Set([n3]), 1, 1],
    ],
  );
  t.like(sent[0]?.[0], { group: 'group', from: n1, incarnation: 4 });
});

test('who is alone floods nobody', (t) => {
  const flood = new Flood({ group: 'group', from: n1, incarnation: 1 }, [], 100, () => t.fail());
  flood.pour(1);
  t.is(flood.peers, 0);
});
