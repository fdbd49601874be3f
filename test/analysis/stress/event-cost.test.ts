import test from 'ava';
import { eventCostMs } from '../../../src/analysis/stress/event-cost.js';
import { n1, n2, stalled, suspicion } from './support.js';

test('every event goes through a message, one after the other, and costs something', (t) => {
  const seen: number[] = [];
  const events = [suspicion(10, n2, n1, 1), stalled(20, n1, 9)];
  const costMs = eventCostMs(events, ({ atMs }) => seen.push(atMs));
  t.true(costMs > 0 && costMs < 10, `${costMs} ms`);
  t.deepEqual(seen.slice(0, 4), [10, 20, 10, 20]);
  t.is(seen.length % 500, 0);
});

test('without an event there is nothing to try', (t) => {
  t.is(
    eventCostMs([], () => t.fail()),
    0,
  );
});
