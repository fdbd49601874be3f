import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import { allocate } from '../../src/actor/garbage.js';
import { watchGarbage } from '../../src/actor/garbage-watch.js';

/** From before the first to after the last of many objects, kept until then. */
function litter(): [fromMs: number, untilMs: number] {
  const fromMs = sharedNowMs();
  const kept = Array.from({ length: 20 }, () => allocate(2));
  const untilMs = sharedNowMs();
  return kept.length > 0 ? [fromMs, untilMs] : [0, 0];
}

test.serial('what was collected in a time is part of it, and of no other', async (t) => {
  const watch = watchGarbage();
  const [fromMs, untilMs] = litter();
  await setImmediate();
  const collectedMs = watch.overlapMs(fromMs, untilMs);
  t.true(collectedMs > 0);
  t.true(collectedMs <= untilMs - fromMs);
  t.is(watch.overlapMs(fromMs - 1000, fromMs - 500), 0);
  t.is(watch.overlapMs(fromMs, untilMs), collectedMs, 'asked again');
  watch.close();
});

test.serial('once closed it hears of nothing more', async (t) => {
  const watch = watchGarbage();
  watch.close();
  const [fromMs, untilMs] = litter();
  await setImmediate();
  t.is(watch.overlapMs(fromMs, untilMs), 0);
});
