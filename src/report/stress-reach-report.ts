/** Whether a cluster bears what it is meant to bear: a table with the misses shown as such. */
import { reachSettings, type ReachCell } from '../analysis/stress/reach.js';
import type { StressResult } from '../analysis/stress/stress-result.js';
import { patienceWords } from '../analysis/wording.js';
import { machineLine } from './machine-line.js';
import { textTable } from './text-table.js';

const verdictWords: Readonly<Record<ReachCell['verdict'], string>> = {
  reached: 'reached',
  missed: 'MISSED',
  notShown: 'not shown',
};

/** @param results whose cells these are: where, how long and how often is told of them */
export function reachReport(cells: readonly ReachCell[], results: readonly StressResult[]): string {
  const settings = reachSettings
    .map(({ name }) => name)
    .filter((name) => cells.some(({ setting }) => setting === name));
  const rows = [...new Set(cells.map(({ row }) => row))];
  const count = (verdict: ReachCell['verdict']): number =>
    cells.filter((cell) => cell.verdict === verdict).length;
  const [first] = results;
  return [
    'What a cluster bears: false elections by contention, and failovers beside quiet ones',
    ...(first === undefined ? [] : [machineLine(first.machine)]),
    ...results.map(
      ({ plan }) =>
        `${plan.cluster.voters.length} nodes, ${settingName(plan.cluster)}, ${plan.faults === 'none' ? 'no crashes' : 'a crash a second'}: ` +
        `${plan.repeats} × ${plan.durationMs / 1000} s each, seed ${plan.cluster.seed}`,
    ),
    '',
    textTable(
      ['contention', ...settings],
      rows.map((row) => [
        row
          .replace(/\+(?=\w+:)/u, '\n+')
          .replace(', ', ',\n')
          .replace(' after ', '\nafter '),
        ...settings.map((setting) =>
          cellOf(cells.find((cell) => cell.row === row && cell.setting === setting)),
        ),
      ]),
    ),
    `${count('reached')} reached, ${count('missed')} missed, ${count('notShown')} not shown. Each: what was measured, the aim, the verdict.`,
    'Counts are of all rounds together, without those that a stall of the host explains. Not shown: no pressure in some',
    'round, nothing measured, or too few failovers for a p99.',
  ].join('\n');
}

function settingName(cluster: StressResult['plan']['cluster']): string {
  const { adaptiveTimeout, electionTimeoutMs } = cluster;
  const timeout =
    adaptiveTimeout === null ? `T ${electionTimeoutMs}` : `T adaptive from ${adaptiveTimeout.minMs}`;
  return [timeout, ...patienceWords(cluster)].join(', ');
}

function cellOf(cell: ReachCell | undefined): string {
  if (cell === undefined) return '';
  const { measured, aim, verdict } = cell;
  const aimed = aim === '' ? '' : ` (${aim})`;
  return `${measured.replace('; ', ';\n').replace(/, (?=no pressure)/u, ',\n')}\n${verdictWords[verdict]}${aimed}`;
}
