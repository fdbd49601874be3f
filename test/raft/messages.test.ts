/** Which messages overtake bulk. */
import test from 'ava';
import { isControlMessage } from '../../src/raft/messages.js';
import { command, follower } from './harness.js';

test('pitfall 12: votes, empty heartbeats and the answers to either are control; what carries or answers entries is not', (t) => {
  const peer = follower().peer('n2');
  const [empty, full] = [peer.appendEntries(), peer.appendEntries({ entries: [command(0, 1)] })];
  for (const message of [empty, peer.appendReply(empty), peer.preVoteReply(), peer.voteReply()]) {
    t.true(isControlMessage(message));
  }
  const node = follower();
  for (const message of [...node.fire('election').sent, ...node.peer('n2').answersPreVote().sent]) {
    t.true(isControlMessage(message));
  }
  t.false(isControlMessage(full));
  t.false(isControlMessage(peer.appendReply(full)));
  t.false(isControlMessage(peer.appendReply(full, { term: 9 })));
});
