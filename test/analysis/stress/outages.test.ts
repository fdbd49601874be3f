import test from 'ava';
import { outagesOf } from '../../../src/analysis/stress/outages.js';

const during = { fromMs: 1000, untilMs: 2000 };

/** So many moments, `everyMs` apart. */
const beats = (fromMs: number, everyMs: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => fromMs + everyMs * at);

const none = { outages: 0, outageMs: 0, longestOutageMs: 0 };

test('clients that write more seldom than T see no outage while each write is answered within T', (t) => {
  // Two clients whose beats have come to coincide, every 20 ms, and a T of 15.
  const dueMs = [...beats(1000, 20, 50), ...beats(1001, 20, 50)];
  t.deepEqual(outagesOf({ dueMs, ackedMs: dueMs.map((atMs) => atMs + 4) }, during, 15), none);
  t.deepEqual(outagesOf({ dueMs: [1100], ackedMs: [1104] }, during, 15), none);
  t.deepEqual(outagesOf({ dueMs: [], ackedMs: [] }, during, 15), none);
});

test('an outage lasts from the first write that found no answer to the next acknowledgement', (t) => {
  const dueMs = beats(1000, 20, 50);
  const ackedMs = dueMs.filter((atMs) => atMs < 1200 || atMs >= 1500).map((atMs) => atMs + 4);
  t.deepEqual(outagesOf({ dueMs, ackedMs }, during, 100), {
    outages: 1,
    outageMs: 304,
    longestOutageMs: 304,
  });
  // The answers come all at once when it is over.
  const late = dueMs.map((atMs) => (atMs >= 1300 && atMs < 1600 ? 1600 : atMs) + 4);
  t.deepEqual(outagesOf({ dueMs, ackedMs: late }, during, 100), {
    outages: 1,
    outageMs: 304,
    longestOutageMs: 304,
  });
});

test('two outages add up, and the longer one is told', (t) => {
  const writes = { dueMs: [1010, 1210, 1310, 1410, 1910], ackedMs: [1200, 1211, 1710, 1911] };
  t.deepEqual(outagesOf(writes, during, 100), { outages: 2, outageMs: 590, longestOutageMs: 400 });
});

test('a write that is lost or slow while others are answered is no outage', (t) => {
  const dueMs = beats(1000, 20, 50);
  const ackedMs = dueMs.filter((atMs) => atMs !== 1200).map((atMs) => atMs + (atMs === 1400 ? 300 : 4));
  t.deepEqual(outagesOf({ dueMs, ackedMs }, during, 100), none);
});

test('a wait of exactly T is none, and moments need no order', (t) => {
  const writes = { dueMs: [1900, 1100, 1500], ackedMs: [2000, 1600, 1200] };
  t.deepEqual(outagesOf(writes, during, 100), none);
  t.is(outagesOf(writes, during, 99).outages, 3);
});

test('who was never answered was without from the first write to the end', (t) => {
  const writes = { dueMs: beats(1100, 20, 30), ackedMs: [] };
  t.deepEqual(outagesOf(writes, during, 100), { outages: 1, outageMs: 900, longestOutageMs: 900 });
});

test('what was written or answered at another time does not count', (t) => {
  const writes = { dueMs: [500, 1900, 2500], ackedMs: [700, 2050] };
  t.deepEqual(outagesOf(writes, during, 50), { outages: 1, outageMs: 100, longestOutageMs: 100 });
});
