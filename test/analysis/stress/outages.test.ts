import test from 'ava';
import { outagesOf } from '../../../src/analysis/stress/outages.js';

const during = { fromMs: 1000, untilMs: 2000 };

test('gaps longer than T are outages; the ends count as answers', (t) => {
  const acked = Array.from({ length: 21 }, (_, at) => 1000 + 50 * at);
  t.deepEqual(outagesOf(acked, during, 100), { outages: 0, outageMs: 0, longestOutageMs: 0 });
  const hole = acked.filter((atMs) => atMs <= 1200 || atMs >= 1500);
  t.deepEqual(outagesOf(hole, during, 100), { outages: 1, outageMs: 300, longestOutageMs: 300 });
  t.deepEqual(outagesOf([900, 1300, 2100], during, 100), {
    outages: 2,
    outageMs: 1000,
    longestOutageMs: 700,
  });
});

test('a gap of exactly T is none, and answers need no order', (t) => {
  const acked = [1900, 1100, 1000, 1200, 1300, 1800, 1700, 1600, 1500, 1400];
  t.is(outagesOf(acked, during, 100).outages, 0);
});

test('who was never answered was without all the time', (t) => {
  t.deepEqual(outagesOf([], during, 100), { outages: 1, outageMs: 1000, longestOutageMs: 1000 });
});
