/** How unplanned exits are answered. */
import test from 'ava';
import { Throttle } from '../../src/actor/throttle.js';
import { restartDelayMs } from '../../src/cluster/restart-policy.js';

const limits = { maxRestarts: 3, withinMs: 1000, backoffMs: 50, maxBackoffMs: 150 };

test('the wait doubles with each exit in the window, up to its bound', (t) => {
  t.is(restartDelayMs([0], limits), 50);
  t.is(restartDelayMs([0, 10], limits), 100);
  t.is(restartDelayMs([0, 10, 20], limits), 150);
});

test('no wait stays none, however many exits there were', (t) => {
  const often = Array.from({ length: 2000 }, () => 0);
  t.is(restartDelayMs(often, { ...limits, maxRestarts: 5000, backoffMs: 0 }), 0);
  t.is(restartDelayMs(often, { ...limits, maxRestarts: 5000 }), 150);
});

test('one exit more than allowed within the window is too many', (t) => {
  t.is(restartDelayMs([0, 10, 20, 999], limits), null);
  t.is(restartDelayMs([0, 10, 20, 1000], limits), 150);
  t.is(restartDelayMs([0], { ...limits, maxRestarts: 0 }), null);
});

test('exits from before the window are forgiven, in the wait as well', (t) => {
  t.is(restartDelayMs([0, 10, 20, 5000], limits), 50);
});

test('a bounded report speaks of everything since the last one', (t) => {
  const bound = new Throttle();
  t.is(bound.count(5), 1);
  t.is(bound.count(6), 0);
  t.is(bound.count(1004.9), 0);
  t.is(bound.count(1005), 3);
  t.is(bound.count(1006), 0);
});
