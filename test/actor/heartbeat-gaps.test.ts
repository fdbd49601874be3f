import test from 'ava';
import { HeartbeatGaps } from '../../src/actor/heartbeat-gaps.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import type { RaftState } from '../../src/raft/state.js';

const leader = asNodeId('n2');

/** T = 100; the follower heard n2 in term 3 at `heardMs`, by either clock. */
function state(heardMs: number | null, changes: Partial<RaftState> = {}): RaftState {
  return {
    role: 'follower',
    leaderId: leader,
    currentTerm: asTerm(3),
    contact: heardMs === null ? null : { nowMs: heardMs + 1000, runningMs: heardMs },
    timeoutMs: 100,
    ...changes,
  } as RaftState;
}

function gapsOf(states: readonly RaftState[]): readonly number[] {
  const gaps = new HeartbeatGaps();
  for (const each of states) gaps.see(each);
  return gaps.take();
}

test('gaps are between two signs of life on the running clock, as shares of T', (t) => {
  t.deepEqual(gapsOf([state(10), state(40), state(40), state(120)]), [0.3, 0.8]);
});

test('no gap reaches from one leader or term to another, or over a time without a leader', (t) => {
  t.deepEqual(gapsOf([state(10), state(50, { leaderId: asNodeId('n3') })]), []);
  t.deepEqual(gapsOf([state(10), state(50, { currentTerm: asTerm(4) })]), []);
  t.deepEqual(gapsOf([state(10), state(10, { leaderId: null }), state(50)]), []);
  t.deepEqual(gapsOf([state(10), state(20, { role: 'leader' }), state(50)]), []);
  t.deepEqual(gapsOf([state(null), state(50)]), []);
});

test('what was told is not told again, and what nobody asks for does not grow for ever', (t) => {
  const gaps = new HeartbeatGaps();
  for (let at = 0; at < 10_000; at += 1) gaps.see(state(at));
  t.is(gaps.take().length, 4096);
  t.deepEqual(gaps.take(), []);
});
