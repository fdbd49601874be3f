/** Figure 16 of the Raft paper as text: its curves, tables of what was measured beside it, and why some rows differ. */
import {
  figure16Bounds,
  type Figure16Curve,
  type Figure16Result,
  type Figure16RowResult,
} from '../analysis/figure-16.js';
import { idealCdf } from '../analysis/ideal.js';
import { stallMs } from '../analysis/trial.js';
import type { Profile } from '../options.js';
import { figure16RetryMs } from '../simulation/figure-16.js';
import { cdfPlot, shareOf, type PlottedCurve } from './cdf-plot.js';
import { formatChange, formatMs } from './format.js';
import { machineLine, runtimeLine } from './machine-line.js';
import { textTable } from './text-table.js';

export type Figure16Table = readonly [head: readonly string[], rows: readonly (readonly string[])[]];

const marks: Readonly<Record<Profile, string>> = { vanilla: '●', standard: '○' };

/** Several lines, the last without a line break. */
export function figure16Report(result: Figure16Result): string {
  const { options, rows } = result;
  const [first, ...others] = options.profiles;
  const parts = [...figure16Heading(result), '', ...rows.flatMap((row) => [plotRow(row), ''])];
  if (first !== undefined) parts.push(textTable(...deviationTable(rows, first)), '', ...notes(rows, first));
  for (const profile of others) {
    if (first !== undefined) parts.push('', textTable(...gainTable(rows, first, profile)));
  }
  if (options.engine === 'simulation' || first === undefined) return parts.join('\n');
  const quiet = withoutStalls(rows);
  parts.push('', quietLine(rows), textTable(...deviationTable(quiet, first)));
  for (const profile of others) parts.push(textTable(...gainTable(quiet, first, profile)));
  return parts.join('\n');
}

/** The same rows with those trials alone that no stall of the machine touched. */
function withoutStalls(rows: readonly Figure16RowResult[]): Figure16RowResult[] {
  return rows.map((row) => ({
    ...row,
    curves: row.curves.map((curve) => ({ ...curve, ...curve.quiet })),
  }));
}

function quietLine(rows: readonly Figure16RowResult[]): string {
  const curves = rows.flatMap((row) => row.curves);
  const all = curves.reduce((sum, { electedMs }) => sum + electedMs.length, 0);
  const quiet = curves.reduce((sum, curve) => sum + (curve.quiet?.electedMs.length ?? 0), 0);
  return `Without the trials in which a timer or a write came ${stallMs} ms late: ${quiet} of ${all} are left.`;
}

/** What was measured, with which options, and where. */
export function figure16Heading(result: Figure16Result): [title: string, options: string, place: string] {
  const { options, rows, elapsedMs, machine } = result;
  const trials = rows.reduce(
    (sum, { curves }) => sum + curves.reduce((all, curve) => all + curve.trials, 0),
    0,
  );
  const simulated = options.engine === 'simulation';
  return [
    'Figure 16 of the Raft paper: ms without a leader, five servers of which one has crashed, two of four electable',
    `${trials.toLocaleString('en')} trials in ${(elapsedMs / 1000).toFixed(1)} s, ${simulated ? 'simulated' : 'on threads'}, writes of 1 to 9 ms, h = T/2, r = ${figure16RetryMs}, seed ${options.seed}`,
    simulated ? runtimeLine(machine) : machineLine(machine),
  ];
}

function plotRow({ range, paper, ideal, curves }: Figure16RowResult): string {
  const { percentilesMs } = paper;
  const measured = curves.filter(({ electedMs }) => electedMs.length > 0);
  const drawn: PlottedCurve[] = [
    ...measured.map(({ profile, electedMs }) => ({ mark: marks[profile], shareAt: shareOf(electedMs) })),
    { mark: '+', shareAt: shareOf(percentilesMs) },
    ...(ideal === null ? [] : [{ mark: '·', shareAt: (ms: number): number => idealCdf(ideal.input, ms) }]),
  ];
  const legend = [
    ...measured.map(({ profile }) => `${marks[profile]} ${profile}`),
    '+ paper',
    ...(ideal === null ? [] : ['· ideal']),
  ];
  const fromMs = Math.min(percentilesMs[0] ?? 0, ...measured.map(({ electedMs }) => electedMs[0] ?? 0));
  const toMs = Math.max(percentilesMs[99] ?? 1, ...measured.map(({ elected }) => elected?.p99 ?? 0));
  return `${rangeOf(range)} ms   ${legend.join('   ')}\n${cdfPlot(drawn, { fromMs, toMs })}`;
}

/** What was measured beside the paper: head and rows. */
export function deviationTable(rows: readonly Figure16RowResult[], profile: Profile): Figure16Table {
  return [
    [
      `${profile}, ms`,
      'p50',
      'paper',
      'mean',
      'ideal',
      'paper',
      'deviation',
      'p99',
      'paper',
      'KS',
      'known: mean',
      '',
    ],
    rows.map((row) => {
      const { paper, ideal } = row;
      const curve = curveOf(row, profile);
      const { elected = null, known = null, deviation = null } = curve ?? {};
      return [
        rangeOf(row.range),
        elected === null ? 'nobody' : formatMs(elected.p50),
        formatMs(paper.summary.p50),
        elected === null ? '' : formatMs(elected.mean),
        ideal === null ? '' : formatMs(ideal.meanMs),
        formatMs(paper.summary.mean),
        deviation === null
          ? ''
          : `${formatChange(deviation.mean)} ± ${(deviation.meanHalf95 * 100).toFixed(1)}`,
        elected === null ? '' : formatMs(elected.p99),
        formatMs(paper.summary.p99),
        deviation === null ? '' : deviation.distance.toFixed(3),
        known === null ? '' : formatMs(known.mean),
        profile === 'vanilla' ? verdict(row, curve) : '',
      ];
    }),
  ];
}

function verdict({ departure }: Figure16RowResult, curve: Figure16Curve | undefined): string {
  if (departure !== null) return departure === 'testbedScatter' ? 'not expected (a)' : 'not expected (b)';
  const { deviation = null } = curve ?? {};
  if (deviation === null) return 'MISSED';
  const { meanHalf95, distance, distanceByChance } = deviation;
  const excess = Math.abs(deviation.mean);
  const isWithin = (meanError: number, distanceError: number): boolean =>
    excess - meanError < figure16Bounds.mean && distance - distanceError < figure16Bounds.distance;
  if (isWithin(0, 0)) return 'matches';
  return isWithin(meanHalf95, distanceByChance) ? 'within error' : 'MISSED';
}

/** What the last column of {@link deviationTable} means, line by line. */
export function notes(rows: readonly Figure16RowResult[], profile: Profile): string[] {
  const departures = new Set(rows.map(({ departure }) => departure));
  const { mean, distance } = figure16Bounds;
  const abandoned = rows
    .map((row) => ({ range: row.range, unelected: curveOf(row, profile)?.unelected ?? 0 }))
    .filter(({ unelected }) => unelected > 0)
    .map(({ range, unelected }) => `${unelected} of ${rangeOf(range)}`);
  return [
    `matches: the mean is within ${mean * 100} % of the paper's, and the Kolmogorov–Smirnov distance (KS) below ${distance};`,
    'within error: so few trials do not tell. known: all have accepted a leader.',
    ...(departures.has('testbedScatter')
      ? [
          '(a) The jitter is less than what disks and timers of the testbed scattered, of which nothing is known.',
        ]
      : []),
    ...(departures.has('candidateRearms')
      ? [
          '(b) A candidate that hears of a higher term draws a fresh timeout here; in the program that the paper measured',
          '    its timer ran on. That costs where votes often split. A model whose candidates keep their timer is within a',
          "    distance of 0.1 of the paper's samples: see test/simulation/figure-16.test.ts.",
        ]
      : []),
    ...(abandoned.length === 0 ? [] : [`Given up after a minute without a leader: ${abandoned.join(', ')}.`]),
  ];
}

/** One profile beside another and the paper: head and rows. */
export function gainTable(
  rows: readonly Figure16RowResult[],
  base: Profile,
  profile: Profile,
): Figure16Table {
  return [
    [
      `${profile}, ms`,
      'p50',
      'mean',
      'p99',
      'max',
      `mean against ${base}`,
      'p99',
      'mean against paper',
      'p99',
    ],
    rows.map((row) => {
      const [before, now] = [curveOf(row, base)?.elected ?? null, curveOf(row, profile)?.elected ?? null];
      if (now === null) return [rangeOf(row.range), 'nobody'];
      const { summary } = row.paper;
      return [
        rangeOf(row.range),
        ...[now.p50, now.mean, now.p99, now.max].map(formatMs),
        before === null ? '' : formatChange(now.mean / before.mean - 1),
        before === null ? '' : formatChange(now.p99 / before.p99 - 1),
        formatChange(now.mean / summary.mean - 1),
        formatChange(now.p99 / summary.p99 - 1),
      ];
    }),
  ];
}

export function curveOf({ curves }: Figure16RowResult, profile: Profile): Figure16Curve | undefined {
  return curves.find((curve) => curve.profile === profile);
}

/** With a dash, as in print. */
export function rangeOf(range: string): string {
  return range.replace('-', '–');
}
