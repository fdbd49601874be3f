import test from 'ava';
import { once } from 'node:events';
import { inTime, timeLimit } from '../../src/analysis/time-limit.js';
import { resolveClusterOptions } from '../../src/options.js';

test('a limit is any number of milliseconds, as timeouts that were worked out are', async (t) => {
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  // 50 times 367.8, and 1000 times 1.1, as they come out.
  for (const ms of [0, 0.4, 1.5]) {
    const limit = timeLimit(ms);
    if (!limit.aborted) await once(limit, 'abort');
    t.is((limit.reason as Error).name, 'TimeoutError');
  }
  t.false(timeLimit(28_389.999999999996).aborted);
  t.false(timeLimit(1000 * 1.1).aborted);
});

test('a limit beyond what a timer holds is not one that has passed', async (t) => {
  const limit = timeLimit(1e12);
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.false(limit.aborted);
});

test('a step of a trial has a limit whatever its timeouts are', async (t) => {
  const options = resolveClusterOptions({ electionTimeoutMs: 47.8, electionJitterMs: 320.00000000000006 });
  const { signal } = new AbortController();
  t.is(
    await inTime(
      options,
      signal,
      'settle',
      async () => 'done',
      () => '',
    ),
    'done',
  );
});
