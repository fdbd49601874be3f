/** The cells of a sweep by their options: how each is written, which of them tell cells apart, and which cell is meant. */
import type { ElectionBenchResult } from '../analysis/election-result.js';
import { timeoutWord } from '../analysis/wording.js';
import { refuseOption } from '../options.js';
import { delayWord } from './election-report.js';
import { beginningOf } from './fault-words.js';

type Options = ElectionBenchResult['options'];

/** Everything that may differ from cell to cell, as it is called and written. */
const columns: readonly (readonly [name: string, of: (options: Options) => string])[] = [
  ['fault', ({ fault }) => beginningOf(fault)],
  ['nodes', ({ cluster }) => String(cluster.voters.length)],
  ['profile', ({ cluster }) => cluster.profile],
  ['T', ({ cluster }) => timeoutWord(cluster)],
  ['R', ({ cluster }) => String(cluster.electionJitterMs)],
  ['h', ({ cluster }) => String(cluster.heartbeatMs)],
  ['r', ({ cluster }) => String(cluster.retryJitterMs)],
  ['slot', ({ cluster }) => String(cluster.successorSlotMs)],
  ['patience', ({ cluster }) => String(cluster.quorumPatience)],
  ['stall grace', ({ cluster }) => String(cluster.stallGraceMs)],
  ['vote timeout', ({ cluster }) => String(cluster.voteTimeoutMs ?? 'drawn')],
  ['ranked', ({ cluster }) => onOff(cluster.rules.rankedSuccessors)],
  ['exit notice', ({ cluster }) => onOff(cluster.rules.exitNotice)],
  ['wiring', ({ cluster }) => cluster.wiring],
  ['niceness', ({ cluster }) => String(cluster.niceness)],
  ['store', ({ cluster, engine }) => (engine === 'simulation' ? 'simulated' : cluster.store)],
  ['message', ({ delays }) => (delays.linkDelay === null ? 'as it is' : delayWord(delays.linkDelay))],
  ['write', ({ delays }) => (delays.storeDelay === null ? 'as it is' : delayWord(delays.storeDelay))],
  [
    'clients',
    ({ clients }) => (clients === null ? 'none' : `${clients.count} every ${clients.intervalMs} ms`),
  ],
  ['seed', ({ cluster }) => String(cluster.seed)],
];

/** A word for every column. */
export interface GridCells {
  readonly names: readonly string[];
  /** One for each result, in its order. */
  readonly cells: readonly (readonly string[])[];
  /** By column: whether cells differ in it, and not only because they differ in their profile. */
  readonly differs: readonly boolean[];
  /** What all cells have in common, e.g. `T 150`. */
  readonly common: readonly string[];
}

export function gridCells(results: readonly ElectionBenchResult[]): GridCells {
  const names = columns.map(([name]) => name);
  const cells = results.map(({ options }) => columns.map(([, of]) => of(options)));
  const profile = names.indexOf('profile');
  const distinct = (at: readonly number[]): number =>
    new Set(cells.map((cell) => at.map((column) => cell[column]).join(' '))).size;
  return {
    names,
    cells,
    differs: names.map(
      // What only follows from the profile needs no column of its own.
      (_, at) => distinct([at]) > 1 && (at === profile || distinct([at, profile]) > distinct([profile])),
    ),
    common: names.flatMap((name, at) => (distinct([at]) > 1 ? [] : [`${name} ${cells[0]?.[at]}`])),
  };
}

/** What tells one cell from the others, e.g. `fault hang, nodes 3`; empty for one alone. */
export function cellLabels({ names, cells, differs }: GridCells): string[] {
  return cells.map((cell) =>
    cell.flatMap((word, at) => (differs[at] === true ? [`${names[at]} ${word}`] : [])).join(', '),
  );
}

/**
 * The index of the cell that somebody means: by its number from 1, or by words of its row like `fault=hang,nodes=3`.
 * @param wanted undefined: the only one there is
 * @throws ElectorateError `invalidOption` unless it is exactly one
 */
export function findCell(grid: GridCells, wanted: string | undefined): number {
  const labels = cellLabels(grid);
  const found = labels.flatMap((_, at) => (isMeant(grid, at, wanted) ? [at] : []));
  const [only] = found;
  if (only === undefined || found.length > 1)
    return refuseOption('cell', wanted ?? 'none', `to be one of ${listOf(labels)}`);
  return only;
}

function isMeant({ names, cells }: GridCells, at: number, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (/^\d+$/u.test(wanted)) return Number(wanted) === at + 1;
  return wanted.split(',').every((pair) => {
    const [name = '', value = ''] = pair.split('=').map((word) => word.trim());
    const column = names.findIndex((of) => of.toLowerCase() === name.toLowerCase().replaceAll('-', ' '));
    return column !== -1 && cells[at]?.[column] === value;
  });
}

/** As many as can be read. */
function listOf(labels: readonly string[]): string {
  const shown = labels.slice(0, 12).map((label, at) => `${at + 1} (${label})`);
  return `${shown.join(', ')}${labels.length > shown.length ? `, … ${labels.length}` : ''}`;
}

function onOff(rule: boolean): string {
  return rule ? 'on' : 'off';
}
