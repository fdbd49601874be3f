/** A peak is held, then halves; the higher of two is kept. */
import test from 'ava';
import { heightOf, higherOf, noPeak } from '../../src/raft/peak.js';

const fading = { holdMs: 100, halfLifeMs: 10 };
const peak = { gapMs: 8, atMs: 1000 };

test('a peak counts in full while it is held, and then halves again and again', (t) => {
  for (const [nowMs, left] of [
    [1000, 8],
    [1100, 8],
    [1105, 6],
    [1110, 4],
    [1120, 2],
    [1140, 0.5],
  ] as const) {
    t.is(heightOf(peak, nowMs, fading), left);
  }
  t.is(heightOf(noPeak, 1e9, fading), 0);
});

test('of two peaks the one is kept of which more is left, and the later one of two equals', (t) => {
  const lower = { gapMs: 5, atMs: 1090 };
  t.is(higherOf(peak, lower, 1100, fading), peak);
  t.is(higherOf(peak, lower, 1110, fading), lower);
  const later = { gapMs: 8, atMs: 1050 };
  t.is(higherOf(peak, later, 1060, fading), later);
  t.is(higherOf(later, peak, 1060, fading), later);
  t.is(higherOf(noPeak, peak, 1e9, fading), peak, 'what is left of a faded one is still more than none');
});
