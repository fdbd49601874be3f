import test from 'ava';
import { checkNodes, chosenNodes } from '../../src/contention/node-choice.js';
import { parseContention } from '../../src/contention/parse-contention.js';
import { asNodeId, type NodeId } from '../../src/raft/brands.js';

const ids = (...names: string[]): NodeId[] => names.map(asNodeId);
const nodes = ids('n1', 'n2', 'n3');

function check(text: string, of = nodes): void {
  checkNodes(parseContention(text), of);
}

test('nodes are checked against the cluster', (t) => {
  t.notThrows(() => check('hog:1/2@n3:n1+memory:1@follower+disk:1+burners:1'));
  t.throws(() => check('disk:1+hog:1/2@n2:n4'), {
    code: 'invalidOption',
    message: /nodes of n1, n2, n3 only, and not `n4`/,
  });
  t.throws(() => check('memory:1@follower', ids('n1')), { message: /no follower in a cluster of one/ });
});

test('the leader and the first follower are those of the moment', (t) => {
  const [first, second] = ids('n1', 'n2');
  if (first === undefined || second === undefined) return t.fail();
  t.deepEqual(chosenNodes('leader', second, nodes), ids('n2'));
  t.deepEqual(chosenNodes('follower', second, nodes), ids('n1'));
  t.deepEqual(chosenNodes('follower', first, nodes), ids('n2'));
  t.deepEqual(chosenNodes('all', first, nodes), nodes);
  t.deepEqual(chosenNodes(ids('n3'), first, nodes), ids('n3'));
});
