/** The later of two readings, clock by clock. */
import test from 'ava';
import { laterOf } from '../../src/raft/time.js';

test('the later of two readings is taken clock by clock, for every small pair', (t) => {
  for (const [a, b, c, d] of [0, 1, 2].flatMap((w) =>
    [0, 1, 2].flatMap((x) => [0, 1, 2].flatMap((y) => [0, 1, 2].map((z) => [w, x, y, z] as const))),
  )) {
    const later = laterOf({ nowMs: a, runningMs: b }, { nowMs: c, runningMs: d });
    t.deepEqual(later, { nowMs: Math.max(a, c), runningMs: Math.max(b, d) });
  }
});
