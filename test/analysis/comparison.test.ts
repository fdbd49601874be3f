import test from 'ava';
import { compareElections, type RunComparison } from '../../src/analysis/comparison.js';
import {
  parseElectionSamples,
  samplesOf,
  type ElectionSamples,
} from '../../src/analysis/election-samples.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import type { ClusterOptions } from '../../src/options.js';

/** Two milliseconds of jitter on every delay, so that no two runs are the same. */
async function run(seed: number, cluster: ClusterOptions = {}): Promise<ElectionSamples> {
  const { rules, ...timeouts } = cluster;
  const result = await benchSimulatedElections({
    trials: 200,
    linkDelay: { type: 'uniform', minMs: 0.1, maxMs: 2.1 },
    cluster: { nodes: 3, seed, ...timeouts, rules: { exitNotice: false, ...rules } },
  });
  return samplesOf(result);
}

const [first, second] = [await run(1), await run(2)];
const slower = await run(3, { electionTimeoutMs: 200 });

function only(a: ElectionSamples, b: ElectionSamples, maxRegression?: number): RunComparison {
  const [comparison] = compareElections([a], [b], maxRegression).runs;
  if (comparison === undefined) throw new Error('one run, one comparison');
  return comparison;
}

/** The first two trials of a run. */
function few(samples: ElectionSamples): ElectionSamples {
  return {
    label: samples.label,
    columns: Object.fromEntries(
      Object.entries(samples.columns).map(([name, column]) => [name, column.slice(0, 2)]),
    ) as unknown as ElectionSamples['columns'],
  };
}

test('two runs of the same thing show no difference', (t) => {
  const { figures, regressions, distanceP } = only(first, second);
  t.deepEqual(
    figures.filter(({ shown }) => shown !== 'none').map(({ name }) => name),
    [],
  );
  t.deepEqual(regressions, []);
  t.true(distanceP > 0.01);
});

test('a default for the worse is shown in the detection and the whole, and fails the gate', (t) => {
  const { figures, regressions, distanceP } = only(first, slower);
  const worse = figures
    .filter(({ shown }) => shown === 'worse')
    .map(({ name, statistic }) => `${name} ${statistic}`);
  t.deepEqual(worse, [
    'fault → elected mean',
    'fault → elected p50',
    'fault → elected p99',
    'detect mean',
    'fault → known mean',
  ]);
  t.is(regressions.length, 3);
  t.true(distanceP < 1e-6);
  t.true(compareElections([first], [slower]).regressed);
  const [mean] = figures;
  t.true(mean?.interval !== null && Math.abs((mean?.difference ?? 0) - 50) < 5);
});

test('a regression within the bound passes, and an improvement always', (t) => {
  t.true(compareElections([first], [slower], 0.2).regressed);
  t.false(compareElections([first], [slower], 0.5).regressed);
  const better = only(slower, first);
  t.is(better.figures[0]?.shown, 'better');
  t.deepEqual(better.regressions, []);
});

test('grids are compared cell by cell, and one bad cell is enough', (t) => {
  const comparison = compareElections([first, first], [second, slower]);
  t.deepEqual(
    comparison.runs.map(({ regressions }) => regressions.length),
    [0, 3],
  );
  t.true(comparison.regressed);
  t.throws(() => compareElections([first], [first, second]), {
    code: 'invalidOption',
    message: /got 1 and 2$/,
  });
});

test('too few trials show nothing', (t) => {
  const { figures } = only(few(first), few(slower));
  t.true(figures.every(({ shown, interval }) => shown === 'none' && interval === null));
});

test('samples are kept, and read as they were kept', (t) => {
  const text = JSON.stringify({ schema: 'electorate.election-samples/1', runs: [first] });
  t.deepEqual(parseElectionSamples(text, 'a.json'), [first]);
  t.throws(() => parseElectionSamples(text.slice(0, -9), 'a.json'), { code: 'resultUnreadable' });
  const { detect: _, ...others } = first.columns;
  const broken = JSON.stringify({
    schema: 'electorate.election-samples/1',
    runs: [{ label: '', columns: { ...others, detect: [1] } }],
  });
  t.throws(() => parseElectionSamples(broken, 'a.json'), {
    code: 'resultUnreadable',
    message: 'Expected a.json to hold `runs[0].columns.lostRounds` with as many numbers as trials',
  });
});
