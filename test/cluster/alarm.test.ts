/** The alarm on the real event loop. */
import { performance } from 'node:perf_hooks';
import test from 'ava';
import { alarmsOn } from '../../src/cluster/alarm.js';

const setAlarm = alarmsOn(() => performance.now());

test.serial(
  'an alarm never rings before it is due, fractions included, nor from within the call',
  async (t) => {
    for (const delayMs of [0, 0.3, 1.7, 2.2, 5.5, 12.25]) {
      const dueMs = performance.now() + delayMs;
      let inside = true;
      const rangAtMs = await new Promise<number>((resolve) => {
        setAlarm(dueMs, () => {
          t.false(inside);
          resolve(performance.now());
        });
        inside = false;
      });
      t.true(rangAtMs >= dueMs, `${delayMs} ms rang ${dueMs - rangAtMs} ms early`);
    }
  },
);

test.serial('a cancelled alarm does not ring, whether it still sleeps or spins already', async (t) => {
  const now = performance.now();
  const ring = (): void => t.fail();
  for (const delayMs of [0, 1, 5]) setAlarm(now + delayMs, ring)();
  const spinning = setAlarm(now + 1.5, ring);
  await new Promise((resolve) => setImmediate(resolve));
  spinning();
  await new Promise<void>((resolve) => setAlarm(now + 10, resolve));
  t.pass();
});
