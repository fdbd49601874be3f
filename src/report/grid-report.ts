/** The result of a sweep as one table: a row a cell, and what differs between them in front. */
import type { ElectionGridResult } from '../analysis/election-grid.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import { formatChange, formatMs } from './format.js';
import { gridCells } from './grid-cells.js';
import { machineLine, runtimeLine } from './machine-line.js';
import { textTable } from './text-table.js';

/** Several lines, the last without a line break. */
export function gridReport({ results }: ElectionGridResult): string {
  const [first] = results;
  if (first === undefined) return 'No cells';
  const { names, cells, differs, common } = gridCells(results);
  const shown = <T>(list: readonly T[]): T[] => list.filter((_, at) => differs[at]);
  const withOutage = results.some(({ summary }) => summary.outageMs !== null);
  const trials = results.reduce((sum, result) => sum + result.trials.length, 0);
  const simulated = first.options.engine === 'simulation';
  return [
    `Time without a leader, ms: ${results.length} cells in turns, ${simulated ? 'simulated, ' : ''}${trials} trials`,
    common.join(', '),
    simulated ? runtimeLine(first.machine) : machineLine(first.machine),
    '',
    textTable(
      [...shown(names), ...figureNames, ...(withOutage ? outageNames : [])],
      results.map((result, at) => [
        ...shown(cells[at] ?? []),
        ...figuresOf(result),
        ...(withOutage ? outageOf(result) : []),
      ]),
    ),
    '',
    `p50 to mean: of the moment of election; vs ideal: of its mean${withOutage ? '; outage: until a write sent into it is acknowledged' : ''}.`,
  ].join('\n');
}

const figureNames = ['p50', 'p90', 'p99', 'mean', '95 % CI', 'split votes', 'marked', 'vs ideal'];

function figuresOf({ summary, ideal, trials }: ElectionBenchResult): string[] {
  const { p50, p90, p99, mean, meanCi95 } = summary.electedMs;
  return [
    ...[p50, p90, p99, mean].map(formatMs),
    meanCi95 === null ? '' : `± ${formatMs(meanCi95[1] - mean)}`,
    String(summary.splitVotes),
    String(trials.filter(({ marks }) => marks.length > 0).length),
    ideal === null ? 'no closed form' : formatChange(ideal.meanExcess),
  ];
}

const outageNames = ['outage p50', 'p99'];

function outageOf({ summary: { outageMs } }: ElectionBenchResult): string[] {
  return outageMs === null ? ['', ''] : [formatMs(outageMs.p50), formatMs(outageMs.p99)];
}
