/** The alarm on the real event loop. */
import { performance } from 'node:perf_hooks';
import { getActiveResourcesInfo } from 'node:process';
import test from 'ava';
import { alarmsOn } from '../../src/cluster/alarm.js';

test.serial(
  'an alarm never rings before it is due, fractions included, nor from within the call',
  async (t) => {
    const setAlarm = alarmsOn(() => performance.now());
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

test.serial('an alarm cancelled while it spins does not ring when its time comes', async (t) => {
  let nowMs = 0;
  const setAlarm = alarmsOn(() => nowMs);
  const rung: string[] = [];
  const cancel = setAlarm(1.5, () => rung.push('cancelled'));
  setAlarm(1.5, () => rung.push('left alone'));
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  cancel();
  nowMs = 2;
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  t.deepEqual(rung, ['left alone']);
});

test.serial('an alarm that is due later than any timer holds sleeps as long as one does', async (t) => {
  let looks = 0;
  const setAlarm = alarmsOn(() => {
    looks += 1;
    return 0;
  });
  const warnings: Error[] = [];
  const note = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  const cancel = setAlarm(2 ** 32, () => t.fail());
  t.teardown(cancel);
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  t.is(looks, 1);
  // One that overflowed would have come after a millisecond.
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.is(looks, 1);
  t.deepEqual(warnings, []);
});

test.serial('an alarm cancelled while it sleeps leaves no timer', async (t) => {
  const setAlarm = alarmsOn(() => 0);
  const before = timers();
  const cancel = setAlarm(60_000, () => t.fail());
  await nextTurn();
  t.is(timers(), before + 1);
  cancel();
  t.is(timers(), before);
});

function timers(): number {
  return getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
