/** The result of a sweep as one table: a row a cell, and what differs between them in front. */
import type { ElectionGridResult } from '../analysis/election-grid.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import { delayWord } from './election-report.js';
import { beginningOf } from './fault-words.js';
import { formatChange, formatMs } from './format.js';
import { machineLine, runtimeLine } from './machine-line.js';
import { textTable } from './text-table.js';

type Options = ElectionBenchResult['options'];

/** Everything that may differ from cell to cell, as it is called and written. */
const columns: readonly (readonly [name: string, of: (options: Options) => string])[] = [
  ['fault', ({ fault }) => beginningOf(fault)],
  ['nodes', ({ cluster }) => String(cluster.voters.length)],
  ['profile', ({ cluster }) => cluster.profile],
  ['T', ({ cluster }) => String(cluster.electionTimeoutMs)],
  ['R', ({ cluster }) => String(cluster.electionJitterMs)],
  ['h', ({ cluster }) => String(cluster.heartbeatMs)],
  ['r', ({ cluster }) => String(cluster.retryJitterMs)],
  ['slot', ({ cluster }) => String(cluster.successorSlotMs)],
  ['vote timeout', ({ cluster }) => String(cluster.voteTimeoutMs ?? 'drawn')],
  ['ranked', ({ cluster }) => onOff(cluster.rules.rankedSuccessors)],
  ['exit notice', ({ cluster }) => onOff(cluster.rules.exitNotice)],
  ['wiring', ({ cluster }) => cluster.wiring],
  ['store', ({ cluster, engine }) => (engine === 'simulation' ? 'simulated' : cluster.store)],
  ['message', ({ delays }) => (delays.linkDelay === null ? 'as it is' : delayWord(delays.linkDelay))],
  ['write', ({ delays }) => (delays.storeDelay === null ? 'as it is' : delayWord(delays.storeDelay))],
  [
    'clients',
    ({ clients }) => (clients === null ? 'none' : `${clients.count} every ${clients.intervalMs} ms`),
  ],
  ['seed', ({ cluster }) => String(cluster.seed)],
];

/** Several lines, the last without a line break. */
export function gridReport({ results }: ElectionGridResult): string {
  const [first] = results;
  if (first === undefined) return 'No cells';
  const cells = results.map(({ options }) => columns.map(([, of]) => of(options)));
  const profile = columns.findIndex(([name]) => name === 'profile');
  const distinct = (at: readonly number[]): number =>
    new Set(cells.map((cell) => at.map((column) => cell[column]).join(' '))).size;
  const differs = columns.map(
    // What only follows from the profile needs no column of its own.
    (_, at) => distinct([at]) > 1 && (at === profile || distinct([at, profile]) > distinct([profile])),
  );
  const common = columns.flatMap(([name], at) => (distinct([at]) > 1 ? [] : [`${name} ${cells[0]?.[at]}`]));
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
      [...shown(columns.map(([name]) => name)), ...figureNames, ...(withOutage ? outageNames : [])],
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

function onOff(rule: boolean): string {
  return rule ? 'on' : 'off';
}
