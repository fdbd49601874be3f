/** Which cell of a sweep is meant, and what it is called. */
import test from 'ava';
import { benchGrid } from '../../src/analysis/election-grid.js';
import { ElectorateError } from '../../src/errors.js';
import { cellLabels, findCell, gridCells } from '../../src/report/grid-cells.js';

const { results } = await benchGrid(
  (['crash', 'hang'] as const).flatMap((fault) =>
    [3, 5].map((nodes) => ({
      trials: 1,
      fault,
      cluster: { nodes, voteTimeoutMs: 10 * nodes, rules: { exitNotice: false }, seed: 1 },
    })),
  ),
  { engine: 'simulation' },
);
const grid = gridCells(results);

test('a cell is called by what tells it from the others', (t) => {
  t.is(cellLabels(grid)[2], 'fault hang, nodes 3, vote timeout 30');
  t.true(grid.common.includes('T 150') && !grid.common.includes('nodes 3'));
  t.deepEqual(cellLabels(gridCells(results.slice(0, 1))), ['']);
});

test('a cell is found by its number, or by words that only its row has', (t) => {
  t.is(findCell(grid, '3'), 2);
  t.is(findCell(grid, 'fault=hang,nodes=3'), 2);
  t.is(findCell(grid, ' Nodes = 5 , fault = crash '), 1);
  t.is(findCell(grid, 'vote-timeout=50,fault=hang'), 3);
  t.is(findCell(gridCells(results.slice(3)), undefined), 0, 'the only one');
});

for (const wanted of [undefined, '0', '5', 'fault=hang', 'nodes=7', 'size=3', 'hang', '']) {
  test(`what names no single cell is refused with all there are: ${wanted}`, (t) => {
    const error = t.throws(() => findCell(grid, wanted), { instanceOf: ElectorateError });
    t.is(error?.details['option'], 'cell');
    t.regex(error?.message ?? '', /to be one of 1 \(fault crash, nodes 3, vote timeout 30\), 2 \(/u);
  });
}
