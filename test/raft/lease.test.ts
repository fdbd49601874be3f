/** The promise and the quorum contact: on which clock each is judged, and where exactly each ends. */
import test from 'ava';
import {
  dropLease,
  extendLease,
  isLeaderActive,
  isLeaderConfirmed,
  leaseRemainingMs,
  quorumContactMs,
} from '../../src/raft/lease.js';
import { follower, followerOf, leader, stateOf, T } from './harness.js';

test('a node that promised nothing has no lease; one that did has what is left of T, and none at exactly T', (t) => {
  const state = stateOf();
  t.is(leaseRemainingMs(state, { nowMs: 5, runningMs: 5 }), 0);
  extendLease(state, { nowMs: 1000, runningMs: 0 });
  for (const [nowMs, left] of [
    [1000, T],
    [1000 + T - 0.25, 0.25],
    [1000 + T, 0],
    [1000 + 2 * T, 0],
  ] as const) {
    t.is(leaseRemainingMs(state, { nowMs, runningMs: 0 }), left);
  }
});

test('what is shorter than the clocks can count is no lease: a timer armed for it would fire at once, for ever', (t) => {
  const state = stateOf();
  extendLease(state, { nowMs: 1000, runningMs: 0 });
  t.is(leaseRemainingMs(state, { nowMs: 1000 + T - 5e-7, runningMs: 0 }), 0);
  t.true(leaseRemainingMs(state, { nowMs: 1000 + T - 2e-6, runningMs: 0 }) > 0);
});

test('a lease is extended by a later contact, never shortened by an earlier one, and dropped at once', (t) => {
  const state = stateOf();
  const time = { nowMs: 1000, runningMs: 0 };
  extendLease(state, time);
  extendLease(state, { nowMs: 900, runningMs: 0 });
  t.is(leaseRemainingMs(state, time), T);
  dropLease(state);
  t.is(leaseRemainingMs(state, time), 0);
});

test('a lease is a voter’s: neither a learner nor a node without a configuration gives one', (t) => {
  for (const setup of [{ voters: ['n2'], learners: ['n1'] }, { voters: null }]) {
    const state = stateOf(setup);
    extendLease(state, { nowMs: 1000, runningMs: 0 });
    t.is(leaseRemainingMs(state, { nowMs: 1000, runningMs: 0 }), 0);
  }
});

test('rule lease off: whatever was promised, there is none', (t) => {
  const state = stateOf({ rules: { lease: false } });
  extendLease(state, { nowMs: 1000, runningMs: 0 });
  t.is(leaseRemainingMs(state, { nowMs: 1000, runningMs: 0 }), 0);
});

test('the promise outlives whom it was made to: a leader that is forgotten is still not replaced', (t) => {
  const node = followerOf('n2');
  node.state.leaderId = null;
  t.is(leaseRemainingMs(node.state, node.time), T);
});

test('quorum contact: a leader hears itself now, and nobody before its election', (t) => {
  const node = leader({ voters: ['n1', 'n2', 'n3', 'n4', 'n5'] });
  const since = node.time;
  node.advance(30, 20);
  t.is(quorumContactMs(node.state, node.time, 'nowMs'), since.nowMs);
  t.is(quorumContactMs(node.state, node.time, 'runningMs'), since.runningMs);
  const peers = node.state.leadership?.peers ?? [];
  for (const [place, ms] of [
    [0, 25],
    [1, 10],
    [2, -99],
  ] as const) {
    const peer = peers[place];
    if (peer !== undefined) peer.contact = { nowMs: since.nowMs + ms, runningMs: since.runningMs + ms / 2 };
  }
  t.is(quorumContactMs(node.state, node.time, 'nowMs'), since.nowMs + 10);
  t.is(quorumContactMs(node.state, node.time, 'runningMs'), since.runningMs + 5);
});

test('quorum contact: a node that leads nobody has none, a sole voter’s is now', (t) => {
  const node = follower();
  t.is(quorumContactMs(node.state, node.time, 'nowMs'), Number.NEGATIVE_INFINITY);
  const sole = follower({ voters: ['n1'] });
  sole.advance(T);
  t.is(quorumContactMs(sole.state, sole.time, 'nowMs'), sole.nowMs);
});

test('a leader is active while it ran less than T since its quorum contact, and confirmed while less than T passed', (t) => {
  const node = leader();
  const moment = (nowMs: number, runningMs: number): [boolean, boolean] => {
    const time = { nowMs: node.nowMs + nowMs, runningMs: node.runningMs + runningMs };
    return [isLeaderActive(node.state, time), isLeaderConfirmed(node.state, time)];
  };
  t.deepEqual(moment(T - 0.5, T - 0.5), [true, true]);
  t.deepEqual(moment(T, T - 0.5), [true, false]);
  t.deepEqual(moment(T, T), [false, false]);
  t.deepEqual(moment(T - 0.5, T), [false, true]);
});

test('rule quorumCheck off: a leader is always confirmed', (t) => {
  const node = leader({ rules: { quorumCheck: false } });
  node.advance(9 * T);
  t.true(isLeaderConfirmed(node.state, node.time));
});
