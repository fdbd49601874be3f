/** Whatever is raced with a lifeline settles, once, and leaves nothing behind. */
import { getEventListeners } from 'node:events';
import test from 'ava';
import { Lifeline } from '../../src/cluster/lifeline.js';
import { ElectorateError } from '../../src/errors.js';

const gone = new ElectorateError('nodeDown', 'gone');
const never = new Promise<never>(() => undefined);

test('an answer or a failure passes through, whatever ends later', async (t) => {
  const lifeline = new Lifeline();
  const { signal } = new AbortController();
  t.is(await lifeline.race(Promise.resolve(7), { signal }), 7);
  await t.throwsAsync(lifeline.race(Promise.reject(new Error('no')), { signal }), { message: 'no' });
  t.is(getEventListeners(signal, 'abort').length, 0);
  t.is(lifeline.size, 0);
  lifeline.end(gone);
});

test('the end rejects what is under way and what comes later; the first end counts', async (t) => {
  const lifeline = new Lifeline();
  t.is(lifeline.ended, null);
  const racing = [lifeline.race(never), lifeline.race(never)];
  lifeline.end(gone);
  lifeline.end(new ElectorateError('clusterStopped', 'later'));
  for (const race of [...racing, lifeline.race(never)]) t.is(await t.throwsAsync(race), gone);
  t.is(lifeline.ended, gone);
});

test('each caller may say what the end means to it', async (t) => {
  const lifeline = new Lifeline();
  const race = lifeline.race(never, {
    onEnd: (cause) => new ElectorateError('outcomeUnknown', 'lost', { cause }),
  });
  lifeline.end(gone);
  await t.throwsAsync(race, { code: 'outcomeUnknown' });
});

test('a signal rejects with its own reason, before or during the race', async (t) => {
  const lifeline = new Lifeline();
  const controller = new AbortController();
  const { signal } = controller;
  const race = lifeline.race(never, { signal });
  t.is(getEventListeners(signal, 'abort').length, 1);
  const reason = new Error('enough');
  controller.abort(reason);
  t.is(await t.throwsAsync(race), reason);
  t.is(await t.throwsAsync(lifeline.race(never, { signal })), reason);
  t.is(getEventListeners(signal, 'abort').length, 0);
});
