import test from 'ava';
import { benchGrid } from '../../src/analysis/election-grid.js';
import { cellsOf } from '../../src/cli/sweep.js';
import { ElectorateError } from '../../src/errors.js';
import { gridReport } from '../../src/report/grid-report.js';

test('the cells of a grid take turns, each with all its trials, and share a seed', async (t) => {
  const turns: { readonly survivors: number; trials: number }[] = [];
  const result = await benchGrid(
    [3, 5].map((nodes) => ({
      trials: 15,
      cluster: { nodes, rules: { exitNotice: false, rankedSuccessors: false } },
    })),
    {
      engine: 'simulation',
      onProgress: ({ timeline }, done, of) => {
        t.is(of, 30);
        // All but the winner come to know it.
        const survivors = 1 + (timeline?.known.length ?? 0);
        const turn = turns.at(-1);
        if (turn?.survivors === survivors) turn.trials += 1;
        else turns.push({ survivors, trials: 1 });
        t.is(
          done,
          turns.reduce((sum, { trials }) => sum + trials, 0),
        );
      },
    },
  );
  const round = [2, 4].map((survivors) => ({ survivors, trials: 3 }));
  t.deepEqual(turns, [...round, ...round, ...round, ...round, ...round]);
  t.is(result.schema, 'electorate.election-grid/1');
  t.deepEqual(
    result.results.map(({ trials, options }) => [trials.length, options.cluster.voters.length]),
    [
      [15, 3],
      [15, 5],
    ],
  );
  t.is(new Set(result.results.map(({ options }) => options.cluster.seed)).size, 1);
  const times = result.results[0]?.trials.map(({ electedMs }) => electedMs) ?? [];
  t.is(new Set(times).size, 15, 'a later block does not repeat the first');
});

test('a grid is one table: a row a cell, and only what differs in front', async (t) => {
  const { results, ...rest } = await benchGrid(
    (['standard', 'vanilla'] as const).flatMap((profile) =>
      [100, 200].map((electionTimeoutMs) => ({
        trials: 5,
        cluster: { profile, electionTimeoutMs, rules: { exitNotice: false }, seed: 4 },
      })),
    ),
    { engine: 'simulation' },
  );
  const lines = gridReport({ ...rest, results }).split('\n');
  t.is(lines[0], 'Time without a leader, ms: 4 cells in turns, simulated, 20 trials');
  t.true(lines[1]?.startsWith('fault crash, nodes 5, R 150, h 30, '), lines[1]);
  const head = lines
    .find((line) => line.includes('p50'))
    ?.split('│')
    .map((cell) => cell.trim());
  // Whether successors are ranked follows from the profile.
  t.deepEqual(head?.slice(1, 5), ['profile', 'T', 'p50', 'p90']);
  t.is(lines.filter((line) => /^│ (?:standard|vanilla) /u.test(line)).length, 4);
});

test('cells are all combinations of the lists, the last one changing fastest', (t) => {
  t.deepEqual(cellsOf<{ a: number; b: string; c: boolean }>({ a: [1, 2], b: ['x', 'y'], c: true }), [
    { a: 1, b: 'x', c: true },
    { a: 1, b: 'y', c: true },
    { a: 2, b: 'x', c: true },
    { a: 2, b: 'y', c: true },
  ]);
  t.deepEqual(cellsOf<{ a: number }>({ a: 1 }), [{ a: 1 }]);
});

test('a grid refuses a wrong cell before anything is measured, and a folder for all of them', async (t) => {
  for (const [option, cells] of [
    ['nodes', [{ trials: 1 }, { cluster: { nodes: 2 } }]],
    ['dataDir', [{ cluster: { dataDir: 'x' } }]],
    ['cells', []],
  ] as const) {
    const error = await t.throwsAsync(benchGrid(cells), { instanceOf: ElectorateError });
    t.is(error?.details['option'], option);
  }
  const wirings = (['routed', 'direct'] as const).map((wiring) => ({ trials: 1, cluster: { wiring } }));
  await t.throwsAsync(benchGrid(wirings, { engine: 'simulation' }), {
    message: "Expected `wiring` to be left out of a simulation, got 'direct'",
  });
});
