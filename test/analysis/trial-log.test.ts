import test from 'ava';
import { benchGrid } from '../../src/analysis/election-grid.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { TrialLog } from '../../src/analysis/trial-log.js';

const options = { trials: 7, cluster: { nodes: 3, seed: 1, rules: { exitNotice: false } } };
const { trials } = await benchSimulatedElections(options);

test('all trials are kept in their order, and the timelines of the slowest', (t) => {
  for (const count of [0, 1, 3, 7, 100]) {
    const log = new TrialLog(count);
    for (const trial of trials) log.add(trial);
    t.is(log.length, 7);
    const kept = log.finish();
    t.deepEqual(
      kept.map(({ electedMs }) => electedMs),
      trials.map(({ electedMs }) => electedMs),
    );
    const slowest = new Set(trials.toSorted((a, b) => b.electedMs - a.electedMs).slice(0, count));
    t.deepEqual(
      kept.filter(({ timeline }) => timeline !== null).map(({ electedMs }) => electedMs),
      trials.filter((trial) => slowest.has(trial)).map(({ electedMs }) => electedMs),
    );
  }
});

test('the bench keeps as many timelines as it is told to', async (t) => {
  const result = await benchSimulatedElections({ ...options, timelines: 2 });
  t.is(result.trials.filter(({ timeline }) => timeline !== null).length, 2);
  await t.throwsAsync(benchSimulatedElections({ ...options, timelines: -1 }), {
    code: 'invalidOption',
    message: 'Expected `timelines` to be a whole number from 0, got -1',
  });
});

test('each cell of a grid keeps as many of its own', async (t) => {
  const { results } = await benchGrid([{ ...options, timelines: 1 }, options], { engine: 'simulation' });
  t.deepEqual(
    results.map(({ trials: made }) => made.filter(({ timeline }) => timeline !== null).length),
    [1, 7],
  );
});
