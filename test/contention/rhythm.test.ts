import test from 'ava';
import type { UnderWay } from '../../src/contention/under-way.js';
import { onRhythm, passed, Rests } from '../../src/contention/rhythm.js';
import { endAll, repeat } from '../../src/contention/under-way.js';

const rhythm = { forMs: 100, everyMs: 500, random: false };

test('a fixed rhythm rests for what is left of its period', (t) => {
  const rests = new Rests(rhythm, 1);
  t.deepEqual([rests.next(), rests.next()], [400, 400]);
});

function draw(seed: number): number[] {
  const rests = new Rests({ ...rhythm, random: true }, seed);
  return Array.from({ length: 2000 }, () => rests.next());
}

test('a drawn rhythm rests as long on average, now and then for much longer, and alike for one seed', (t) => {
  const drawn = draw(1);
  t.true(drawn.every((ms) => ms >= 0));
  const mean = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
  // The mean of so many has a standard deviation of 9.
  t.true(Math.abs(mean - 400) < 30, `${mean}`);
  // Of exponential rests, 1/e² are longer than twice the mean.
  const longer = drawn.filter((ms) => ms > 800).length / drawn.length;
  t.true(Math.abs(longer - Math.exp(-2)) < 0.02, `${longer}`);
  t.deepEqual(draw(1), drawn);
  t.notDeepEqual(draw(2), drawn);
});

test('it is done again and again until the signal, and not once more', async (t) => {
  const controller = new AbortController();
  let times = 0;
  const act = (): void => {
    times += 1;
    if (times === 3) controller.abort();
  };
  await onRhythm({ forMs: 1, everyMs: 2, random: false }, 1, act, controller.signal);
  t.is(times, 3);
});

test('a signal during a rest ends it at once', async (t) => {
  const controller = new AbortController();
  const waiting = passed(60_000, controller.signal);
  controller.abort();
  t.false(await waiting);
  t.false(await passed(0, controller.signal));
  t.true(await passed(0, new AbortController().signal));
});

test('what goes wrong meanwhile is told at the end, and keeps nothing else from being ended', async (t) => {
  const failing = await new Promise<UnderWay>((resolve) => {
    const repeated = repeat({ forMs: 1, everyMs: 2, random: false }, 1, () => {
      resolve(repeated);
      throw new Error('broken');
    });
  });
  const ended: string[] = [];
  const other = (name: string): { end(): Promise<void> } => ({ end: async () => void ended.push(name) });
  const ends = await endAll([other('first'), failing, other('last')]);
  t.deepEqual(ended, ['last', 'first']);
  t.deepEqual(
    ends.map((end) => (end.status === 'rejected' ? String(end.reason) : end.status)),
    ['fulfilled', 'Error: broken', 'fulfilled'],
  );
});
