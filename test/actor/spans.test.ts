import test from 'ava';
import { Spans } from '../../src/actor/spans.js';

test('the overlap is that part of all spans which lies within', (t) => {
  const spans = new Spans();
  spans.add(10, 20);
  spans.add(30, 34);
  t.is(spans.overlapMs(0, 100), 14);
  t.is(spans.overlapMs(15, 31), 6);
  t.is(spans.overlapMs(12, 14), 2);
  t.is(spans.overlapMs(20, 30), 0);
  t.is(spans.overlapMs(40, 50), 0);
});

test('of many, the latest are remembered', (t) => {
  const spans = new Spans();
  for (let at = 0; at < 100; at += 1) spans.add(10 * at, 10 * at + 1);
  t.is(spans.overlapMs(0, 1000), 64);
  t.is(spans.overlapMs(360, 1000), 64);
});
