import test from 'ava';
import { runFigure16 } from '../../src/analysis/figure-16.js';

test.serial(
  'figure 16 on threads: survivors whose logs differ elect after the silence and two slow writes',
  async (t) => {
    t.timeout(120_000);
    const progress: string[] = [];
    const { options, rows } = await runFigure16(
      { engine: 'threads', ranges: ['150-300'], trials: 2, seed: 16 },
      { onProgress: ({ range, done, of }) => progress.push(`${range} ${done}/${of}`) },
    );
    t.is(options.engine, 'threads');
    t.deepEqual(progress, ['150-300 1/2', '150-300 2/2']);
    t.is(rows.length, 1);
    for (const { profile, electedMs, known, unelected, deviation, quiet } of rows[0]?.curves ?? []) {
      t.is(unelected, 0);
      t.is(electedMs.length, 2);
      // The crash is at most h behind the last broadcast, a millisecond or two of that is the call's; writes take 1 ms each.
      t.true((electedMs[0] ?? 0) > 150 - 75 - 5 + 2, `${profile}: ${electedMs[0]}`);
      t.true((known?.min ?? 0) > (electedMs[0] ?? Number.POSITIVE_INFINITY) - 1);
      t.true((deviation?.distanceByChance ?? 0) > 0.9);
      t.true(quiet?.electedMs.every((ms) => electedMs.includes(ms)));
    }
  },
);

test.serial('figure 16 on threads stops its clusters when it is told to end', async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const run = runFigure16(
    { engine: 'threads', ranges: ['150-300'], trials: 100, seed: 16 },
    { signal: controller.signal, onProgress: () => controller.abort(reason) },
  );
  await t.throwsAsync(run, { is: reason });
});
