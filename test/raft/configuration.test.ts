/** Who votes, who is asked, who is replicated to. */
import test from 'ava';
import { asNodeId } from '../../src/raft/brands.js';
import {
  isSameConfiguration,
  isSoleVoter,
  isVoter,
  noConfiguration,
  otherMembers,
  otherVoters,
} from '../../src/raft/configuration.js';
import { members } from './harness.js';

const [a, b] = [asNodeId('a'), asNodeId('b')];
const joint = members(['a', 'b'], ['b', 'c', 'd'], ['e', 'a']);

test('§4.3 a voter of either half of a joint configuration is a voter; a learner or a stranger is none', (t) => {
  t.deepEqual(
    ['a', 'b', 'c', 'd', 'e', 'z'].map((id) => isVoter(joint, asNodeId(id))),
    [true, true, true, true, false, false],
  );
  t.false(isVoter(noConfiguration, a));
});

test('§4.3 the others are asked once each, though they are in both halves, and never oneself', (t) => {
  t.deepEqual(otherVoters(joint, b), ['a', 'c', 'd'].map(asNodeId));
  t.deepEqual(otherVoters(joint, asNodeId('z')), ['a', 'b', 'c', 'd'].map(asNodeId));
});

test('§4.2.1 entries go to the other voters and then to the learners, to each once', (t) => {
  t.deepEqual(otherMembers(joint, b), ['a', 'c', 'd', 'e'].map(asNodeId));
  t.deepEqual(otherMembers(joint, asNodeId('e')), ['a', 'b', 'c', 'd'].map(asNodeId));
});

test('a sole voter is a voter without another one; learners do not make it two', (t) => {
  t.true(isSoleVoter(members(['a'], null, ['b']), a));
  t.true(isSoleVoter(members(['a'], ['a']), a));
  t.false(isSoleVoter(members(['a'], ['a', 'b']), a));
  t.false(isSoleVoter(members(['a'], ['b']), a));
  t.false(isSoleVoter(members(['b'], null, ['a']), a));
  t.false(isSoleVoter(noConfiguration, a));
});

test('configurations are the same when they name the same members in the same parts, in any order', (t) => {
  const same = members(['b', 'a'], ['d', 'c', 'b'], ['a', 'e']);
  t.true(isSameConfiguration(joint, same));
  for (const other of [
    members(['a'], ['b', 'c', 'd'], ['e', 'a']),
    members(['a', 'c'], ['b', 'c', 'd'], ['e', 'a']),
    members(['a', 'b'], ['b', 'c'], ['e', 'a']),
    members(['a', 'b'], null, ['e', 'a']),
    members(['a', 'b'], [], ['e', 'a']),
    members(['a', 'b'], ['b', 'c', 'd'], ['e']),
  ]) {
    t.false(isSameConfiguration(joint, other));
    t.false(isSameConfiguration(other, joint));
  }
  t.false(isSameConfiguration(members(['a'], null), members(['a'], [])));
});
