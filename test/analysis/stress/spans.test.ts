import test from 'ava';
import { commonOf, lengthOf, unionOf, without, type Span } from '../../../src/analysis/stress/spans.js';

const span = (fromMs: number, untilMs: number): Span => ({ fromMs, untilMs });

test('a union joins what overlaps or touches, and drops what is empty', (t) => {
  t.deepEqual(unionOf([span(5, 9), span(1, 3), span(3, 4), span(7, 8), span(20, 20)]), [
    span(1, 4),
    span(5, 9),
  ]);
});

test('what two have in common is counted once, however often it is covered', (t) => {
  t.deepEqual(commonOf([span(0, 10), span(5, 12)], [span(8, 20), span(9, 30)]), [span(8, 12)]);
  t.is(lengthOf([span(0, 10), span(5, 12), span(20, 21)]), 13);
});

test('holes are cut out of the middle and off the ends', (t) => {
  t.deepEqual(without([span(0, 10)], [span(-5, 1), span(4, 6), span(9, 12)]), [span(1, 4), span(6, 9)]);
  t.deepEqual(without([span(0, 10)], [span(0, 10)]), []);
});
