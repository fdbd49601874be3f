import test from 'ava';
import { pause, pausePrecisely } from '../../src/analysis/pause.js';

for (const [name, wait] of [
  ['pause', pause],
  ['pausePrecisely', pausePrecisely],
] as const) {
  test(`${name} is called off with the signal's own reason`, async (t) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = wait(60_000, controller.signal);
    controller.abort(reason);
    t.is(await t.throwsAsync(waiting), reason);
    t.is(await t.throwsAsync(wait(60_000, controller.signal)), reason);
  });
}

test('pausePrecisely never ends early, whatever the fraction', async (t) => {
  for (const ms of [0.3, 1.7, 4.9]) {
    const startMs = performance.now();
    await pausePrecisely(ms, new AbortController().signal);
    t.true(performance.now() - startMs >= ms);
  }
});
