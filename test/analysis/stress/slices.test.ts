import test from 'ava';
import { slicesOf } from '../../../src/analysis/stress/slices.js';
import type { PressureSample } from '../../../src/contention/pressure.js';

function sample(
  atMs: number,
  changes: Partial<PressureSample> & { readonly n1?: number } = {},
): PressureSample {
  const { n1 = 0, ...rest } = changes;
  return {
    atMs,
    threads: [{ thread: 'n1', ranMs: 1, waitedMs: n1 }],
    throttledMs: 0,
    stealMs: 0,
    ...rest,
  };
}

test('a slice is what lies between two samples', (t) => {
  t.deepEqual(slicesOf([sample(0), sample(20, { n1: 5, throttledMs: 3 }), sample(50)]), [
    { fromMs: 0, untilMs: 20, waitedMs: { n1: 5 }, throttledMs: 3, stealMs: 0 },
    { fromMs: 20, untilMs: 50, waitedMs: { n1: 0 }, throttledMs: 0, stealMs: 0 },
  ]);
  t.deepEqual(slicesOf([sample(0)]), []);
});

test('a wait that is told at its end belongs to the slices before as well', (t) => {
  const slices = slicesOf([sample(0), sample(20, { n1: 4 }), sample(40), sample(60, { n1: 50 })]);
  t.deepEqual(
    slices.map(({ waitedMs }) => waitedMs['n1']),
    [14, 20, 20],
  );
});

test('what was taken is spread over the time since it was last looked at', (t) => {
  const samples = [0, 20, 40, 60, 80, 100, 120].map((atMs) =>
    sample(atMs, { stealMs: atMs === 120 ? 50 : 0 }),
  );
  t.deepEqual(
    slicesOf(samples).map(({ stealMs }) => stealMs),
    [0, 10, 10, 10, 10, 10],
  );
});

test('what was taken while the one who looks stood still itself is not told of the short slices beside', (t) => {
  const samples = [0, 20, 40, 340, 360].map((atMs) => sample(atMs, { stealMs: atMs === 360 ? 300 : 0 }));
  const taken = slicesOf(samples).map(({ stealMs }) => Math.round(stealMs));
  t.deepEqual(taken, [17, 17, 250, 17]);
});

test('where the system says nothing, nothing is known', (t) => {
  const [slice] = slicesOf([sample(0), sample(20, { threads: [], throttledMs: null, stealMs: null })]);
  t.deepEqual(slice, { fromMs: 0, untilMs: 20, waitedMs: {}, throttledMs: 0, stealMs: 0 });
});
