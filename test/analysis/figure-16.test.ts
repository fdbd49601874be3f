import test from 'ava';
import { figure16Bounds, runFigure16 } from '../../src/analysis/figure-16.js';
import { ElectorateError } from '../../src/errors.js';

test('figure 16 has ten rows by default, in the order of the paper, with the paper beside each', async (t) => {
  const { schema, rows, options } = await runFigure16({ trials: 2, seed: 1 });
  t.is(schema, 'electorate.figure-16/1');
  t.deepEqual(options, {
    engine: 'simulation',
    trials: 2,
    seed: 1,
    profiles: ['vanilla', 'standard'],
  });
  t.deepEqual(
    rows.map(({ range }) => range),
    '150-150 150-151 150-155 150-175 150-200 150-300 12-24 25-50 50-100 100-200'.split(' '),
  );
  for (const { paper, curves } of rows) {
    t.is(paper.percentilesMs.length, 101);
    t.is(paper.percentilesMs[0], paper.summary.min);
    t.is(paper.percentilesMs[50], paper.summary.p50);
    t.is(paper.percentilesMs[100], paper.summary.max);
    t.deepEqual(
      curves.map(({ profile }) => profile),
      ['vanilla', 'standard'],
    );
  }
  t.deepEqual(
    rows.filter(({ ideal }) => ideal !== null).map(({ range }) => range),
    ['150-200', '150-300', '50-100', '100-200'],
  );
});

test('figure 16 is as many trials as in the paper by default, and the rows expected to match do', async (t) => {
  const { rows, options } = await runFigure16({
    ranges: ['150-150', '150-200', '150-300', '100-200'],
    profiles: ['vanilla'],
    seed: 1,
  });
  t.is(options.trials, null);
  const [without, ...expected] = rows;
  t.is(without?.curves[0]?.trials, 100);
  t.is(without?.curves[0]?.unelected, 100);
  t.deepEqual(without?.curves[0]?.electedMs, []);
  t.is(without?.curves[0]?.elected, null);
  t.is(without?.curves[0]?.deviation, null);
  for (const { range, departure, curves } of expected) {
    t.is(departure, null);
    const deviation = curves[0]?.deviation;
    t.is(curves[0]?.trials, 1000);
    t.is(curves[0]?.quiet, null);
    t.is(curves[0]?.electedMs.length, 1000);
    // Of a thousand trials; of ten thousand, the simulation's own test asks for the bound itself.
    const { mean = 1, meanHalf95 = 0 } = deviation ?? {};
    t.true(Math.abs(mean) - meanHalf95 < figure16Bounds.mean, `${range}: ${mean} ± ${meanHalf95}`);
    t.true((deviation?.distance ?? 1) < figure16Bounds.distance);
    t.true(meanHalf95 > 0.01 && meanHalf95 < 0.06);
  }
});

test('a row of figure 16 is the same whatever else is asked for, and plain JSON', async (t) => {
  const alone = await runFigure16({ ranges: ['12-24'], profiles: ['standard'], trials: 20, seed: 5 });
  const among = await runFigure16({ ranges: ['150-300', '12-24'], trials: 20, seed: 5 });
  t.deepEqual(alone.rows[0]?.curves[0], among.rows[1]?.curves[1]);
  t.deepEqual(JSON.parse(JSON.stringify(among)), among);
  const other = await runFigure16({ ranges: ['12-24'], profiles: ['standard'], trials: 20, seed: 6 });
  t.notDeepEqual(other.rows[0]?.curves[0]?.electedMs, alone.rows[0]?.curves[0]?.electedMs);
});

test('figure 16 refuses ranges that the paper has not, and numbers that are none', async (t) => {
  for (const [options, message] of [
    [{ ranges: ['150-301'] }, /`ranges` to be among 150-150, .*got '150-301'/u],
    [{ engine: 'paper' as 'threads' }, /`engine` to be 'simulation' or 'threads', got 'paper'/u],
    [{ trials: 0 }, /`trials` to be a whole number from 1 to 1000000, got 0/u],
    [{ seed: -1 }, /`seed`/u],
    [{ profiles: ['fast' as 'vanilla'] }, /`profiles` to be 'vanilla' or 'standard', got 'fast'/u],
  ] as const) {
    await t.throwsAsync(runFigure16(options), {
      instanceOf: ElectorateError,
      code: 'invalidOption',
      message,
    });
  }
});

test('figure 16 ends with the reason of its signal', async (t) => {
  const reason = new Error('enough');
  await t.throwsAsync(runFigure16({ trials: 1 }, { signal: AbortSignal.abort(reason) }), { is: reason });
  const controller = new AbortController();
  const run = { signal: controller.signal, onProgress: () => controller.abort(reason) };
  await t.throwsAsync(runFigure16({ trials: 1000 }, run), { is: reason });
});
