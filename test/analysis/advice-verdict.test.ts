import test from 'ava';
import { judgeAdvice } from '../../src/analysis/advice-verdict.js';
import { adviseTimeouts } from '../../src/analysis/advising.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import type { Trial } from '../../src/analysis/trial.js';
import { fixedDelay } from '../../src/delay.js';

const { trials } = await benchSimulatedElections({
  trials: 100,
  linkDelay: fixedDelay(0.5),
  storeDelay: fixedDelay(1),
  cluster: { electionJitterMs: 20, rules: { exitNotice: false, rankedSuccessors: false }, seed: 1 },
});
const sorted = trials.map(({ electedMs }) => electedMs).toSorted((a, b) => a - b);
const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
const predicted = { meanMs: mean, p99Ms: sorted[98] ?? Number.NaN, splitVotes: 0.02 };
const assumed = { delaysMs: [0.5], writesMs: [1] };

test('advice holds up to 5 % of the mean and 15 % of p99', (t) => {
  const { holds, meanError, p99Error, reasons } = judgeAdvice(predicted, trials, assumed);
  t.deepEqual({ holds, reasons: [...reasons] }, { holds: true, reasons: [] });
  t.true(Math.abs(meanError) < 1e-9 && Math.abs(p99Error) < 1e-9);
  t.true(judgeAdvice({ ...predicted, meanMs: mean / 1.049 }, trials, assumed).holds);
  t.false(judgeAdvice({ ...predicted, meanMs: mean / 1.051 }, trials, assumed).holds);
  t.true(judgeAdvice({ ...predicted, p99Ms: predicted.p99Ms / 1.149 }, trials, assumed).holds);
  t.false(judgeAdvice({ ...predicted, p99Ms: predicted.p99Ms / 1.151 }, trials, assumed).holds);
  t.false(
    judgeAdvice({ ...predicted, p99Ms: predicted.p99Ms * 1.2 }, trials, assumed).holds,
    'too fast, too',
  );
});

const wrong = { ...predicted, meanMs: 2 * mean };
for (const [title, prediction, seen, costs, reason] of [
  [
    'messages',
    wrong,
    trials,
    { ...assumed, delaysMs: [0.2] },
    /a message took 0.50 ms, 0.20 ms was assumed/u,
  ],
  ['writes', wrong, trials, { ...assumed, writesMs: [9] }, /a write took 1.00 ms, 9.00 ms was assumed/u],
  ['split votes', { ...wrong, splitVotes: 0.5 }, trials, assumed, /votes were split, 50.0 were expected/u],
  ['stalls', wrong, trials.map(stallFirst), assumed, /1 of 100 trials are marked.*without them the mean is/u],
  ['nothing that is recorded', wrong, trials, assumed, /as assumed: the sample may be too small/u],
] as const) {
  test(`advice that fails says why: ${title}`, (t) => {
    const { holds, reasons } = judgeAdvice(prediction, seen, costs);
    t.false(holds);
    t.is(reasons.length, 1);
    t.regex(reasons[0] ?? '', reason);
  });
}

function stallFirst(trial: Trial, at: number): Trial {
  return at === 0 ? { ...trial, marks: ['survivorStalled'] } : trial;
}

test('with all costs given no thread is started, the closed forms hold in simulation, and a seed repeats it', async (t) => {
  for (const wishes of [{ nodes: 3 }, { nodes: 5, profile: 'vanilla' }, { nodes: 7 }] as const) {
    const options = { ...wishes, roundTripMs: 4, flushMs: 2, loopLagMs: 100, trials: 1000, seed: 3 };
    const { advice, verification, predictions } = await adviseTimeouts(options);
    const { engine, against, holds, meanError, p99Error, idle } = verification;
    t.deepEqual(
      { engine, against, holds, idle },
      { engine: 'simulation', against: 'closedForms', holds: true, idle: null },
    );
    t.true(
      Math.abs(meanError) < 0.03 && Math.abs(p99Error) < 0.08,
      `${wishes.nodes}: ${meanError}, ${p99Error}`,
    );
    t.true(advice.electionTimeoutMs - advice.heartbeatMs >= 100);
    t.true(Math.abs(predictions.simulation.meanMs / predictions.closedForms.meanMs - 1) < 0.03);
    const again = await adviseTimeouts(options);
    t.deepEqual(again.verification, verification);
  }
});

/** Given instead of measured. */
const known = { roundTripMs: 40, flushMs: 5, loopLagMs: 100 };

for (const [options, message] of [
  [{ roundTripMs: 0 }, /`roundTripMs` to be greater than 0/u],
  [{ ...known, store: 'memory' }, /`store` to be left out where nothing is measured, got 'memory'/u],
  [{ ...known, watchMs: 5 }, /`watchMs` to be left out where no stalls are watched, got 5/u],
  [{ ...known, falseElectionsPerHour: 2 }, /`falseElectionsPerHour` to be left out with `loopLagMs`/u],
  [{ trials: 0 }, /`trials` to be a whole number from 1, got 0/u],
  [{ watchMs: 1e9 }, /`watchMs` to be greater than 0 and at most 60000/u],
  [{ nodes: 1000 }, /`nodes` to be a whole number from 1 to 101/u],
] as const) {
  test(`refused before anything is started: ${JSON.stringify(options)}`, async (t) => {
    await t.throwsAsync(adviseTimeouts(options), { code: 'invalidOption', message });
  });
}

test('a script can cancel it with a reason of its own', async (t) => {
  const reason = new Error('enough');
  const error = await t.throwsAsync(
    adviseTimeouts({ watchMs: 60_000 }, { signal: AbortSignal.abort(reason) }),
  );
  t.is(error, reason);
});
