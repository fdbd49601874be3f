/** The two profiles. What each single rule changes stands with the rule it changes: `rule … off` in the other files. */
import test from 'ava';
import { asTerm } from '../../src/raft/brands.js';
import { standardRules, vanillaRules } from '../../src/raft/options.js';
import { follower, followerOf, leader, R, T, type TestNode } from './harness.js';

const vanilla = { rules: vanillaRules };

/** The least and the most of what many seeds give. */
function rangeOf(valueOf: (seed: number) => number): [least: number, most: number] {
  const values = Array.from({ length: 300 }, (_, seed) => valueOf(seed));
  return [Math.min(...values), Math.max(...values)];
}

function stand(seed: number): TestNode {
  const node = follower({ ...vanilla, seed });
  node.fire('election');
  return node;
}

function isWholeTimeout([least, most]: [number, number]): boolean {
  return least >= T && least < T + 0.02 * R && most > T + 0.98 * R && most < T + R;
}

test('standard has every rule, vanilla but those of the machine, and neither can be changed', (t) => {
  t.deepEqual(Object.keys(standardRules), Object.keys(vanillaRules));
  t.true(Object.values(standardRules).every((on) => on));
  const { broadcastHeartbeats, fineTimers, drainBeforeSuspect, controlLane, ...rules } = vanillaRules;
  t.true(broadcastHeartbeats && fineTimers && drainBeforeSuspect && controlLane);
  t.false(Object.values(rules).some((on) => on));
  t.true(Object.isFrozen(standardRules) && Object.isFrozen(vanillaRules));
});

test('§5.2 vanilla: the first timeout, of a brand-new node too, is from [T, T+R], and nothing is waited for after a restart', (t) => {
  t.true(isWholeTimeout(rangeOf((seed) => follower({ ...vanilla, seed }).remainingMs('election'))));
  const node = follower({ ...vanilla, term: 3 });
  t.is(node.started.event('started').restartWaitMs, 0);
  t.true(node.peer('n2').asksVote().message('voteReply').granted);
});

test('§5.2 vanilla: the timeout makes a candidate of the next term; one timer from [T, T+R] is vote timeout and retry in one', (t) => {
  t.true(isWholeTimeout(rangeOf((seed) => stand(seed).remainingMs('vote'))));
  const node = stand(1);
  t.deepEqual([node.state.role, node.state.currentTerm], ['candidate', asTerm(1)]);
  const outcome = node.fire('vote');
  t.deepEqual([node.state.role, node.state.currentTerm], ['candidate', asTerm(2)]);
  t.like(outcome.event('roundLost'), { phase: 'vote', reason: 'timedOut', term: 1 });
  t.is(outcome.all('voteRequest').length, 2);
  t.true(
    isWholeTimeout(
      rangeOf((seed) => {
        const late = stand(seed);
        late.fire('vote');
        return late.remainingMs('vote');
      }),
    ),
  );
});

test('§5.2 vanilla: a lost vote waits for its timer, and late grants of it no longer count in the next term', (t) => {
  const node = follower(vanilla);
  node.fire('election');
  const late = node.peer('n2').voteReply();
  const { generation } = node.timer('vote');
  t.false(node.peer('n3').answersVote({ reason: 'votedForAnother' }).has('roundLost'));
  t.false(node.peer('n2').answersVote({ reason: 'votedForAnother' }).has('roundLost'));
  t.is(node.timer('vote').generation, generation);
  node.fire('vote');
  t.deepEqual(node.receive(late).effects, []);
});

test('§5.2 vanilla: a follower and a leader yield to any later term at once, and no leader checks its quorum', (t) => {
  const asked = followerOf('n2', vanilla);
  t.true(asked.peer('n3').asksVote().message('voteReply').granted);
  const lead = leader(vanilla);
  t.deepEqual(lead.armed(), ['heartbeat']);
  lead.peer('n2').asksVote({ term: 2 });
  t.deepEqual([lead.state.role, lead.state.currentTerm], ['follower', asTerm(2)]);
});

test('§5.2 vanilla: an exit notice is nothing', (t) => {
  t.deepEqual(followerOf('n2', vanilla).exitOf('n2', { term: 1 }).effects, []);
});

/** A life that the clocks tell differently. */
function stalledLife(runningClock: boolean): unknown {
  const node = followerOf('n2', { rules: { runningClock } });
  node.advance(2 * T, 1);
  node.peer('n3').asksPreVote();
  node.fire('election');
  node.stand();
  node.peer('n3').answersVote();
  node.advance(2 * T, 1);
  node.propose('x');
  node.fire('quorumCheck');
  return node.effects;
}

test('rule runningClock is the drivers’: the core does the same with it and without', (t) => {
  t.deepEqual(stalledLife(true), stalledLife(false));
});
