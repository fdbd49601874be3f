/** What a leader knows of one peer: match and next, over every small combination. */
import test from 'ava';
import { asLogIndex, asNodeId } from '../../src/raft/brands.js';
import { advance, createProgress, retreat, type Progress } from '../../src/raft/progress.js';

const span = [0, 1, 2, 3, 4, 5];

function progressAt(match: number, next: number): Progress {
  return {
    ...createProgress(asNodeId('b'), asLogIndex(9)),
    matchIndex: asLogIndex(match),
    nextIndex: asLogIndex(next),
  };
}

/** Every state a leader can be in: next is above match. */
const reachable = span.flatMap((match) => span.map((gap) => [match, match + 1 + gap] as const));

test('§5.3 a new leader expects the peer’s log to match its own, and knows nothing', (t) => {
  const progress = createProgress(asNodeId('b'), asLogIndex(9));
  t.is(progress.nextIndex, asLogIndex(10));
  t.is(progress.matchIndex, asLogIndex(0));
  t.is(progress.contact, null);
  t.is(progress.inFlight, null);
});

test('§5.3 a success moves match to what was matched and next above it, and neither back', (t) => {
  for (const [match, next] of reachable) {
    for (const matched of span) {
      const progress = progressAt(match, next);
      advance(progress, matched);
      t.is(progress.matchIndex, asLogIndex(Math.max(match, matched)));
      t.is(progress.nextIndex, asLogIndex(Math.max(next, matched + 1)));
    }
  }
});

test('§5.3 a mismatch moves next to the hint, always back by one at least where match allows, and leaves match alone', (t) => {
  for (const [match, next] of reachable) {
    for (const hint of [...span, 20]) {
      const progress = progressAt(match, next);
      retreat(progress, hint);
      t.is(progress.matchIndex, asLogIndex(match));
      t.is(progress.nextIndex, asLogIndex(Math.max(match + 1, Math.min(hint, next - 1))));
      t.true(progress.nextIndex < next || next === match + 1);
    }
  }
});
