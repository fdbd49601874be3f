/** Two measurements side by side, in text. */
import {
  comparisonLevel,
  type ComparedFigure,
  type Comparison,
  type RunComparison,
} from '../analysis/comparison.js';
import { formatChange, formatMs } from './format.js';
import { textTable } from './text-table.js';

/** Several lines, the last without a line break. */
export function comparisonReport({ runs, maxRegression, regressed }: Comparison): string {
  const bound = maxRegression === 0 ? '' : ` by more than ${Number((maxRegression * 100).toPrecision(6))} %`;
  const conclusion = regressed
    ? `B is worse${bound} in ${runs.flatMap(({ regressions }) => regressions).length} of the figures marked *.`
    : `No figure marked * was shown to be worse${bound}.`;
  return [...runs.map(runReport), conclusion].join('\n\n');
}

function runReport(run: RunComparison): string {
  const { a, b, figures, distance, distanceP } = run;
  return [
    ...(a.label === b.label
      ? [`A and B: ${a.label}; ${a.trials} and ${b.trials} trials`]
      : [`A: ${a.label}, ${a.trials} trials`, `B: ${b.label}, ${b.trials} trials`]),
    textTable(['', 'A', 'B', 'B − A', `${comparisonLevel * 100} % CI`, 'change', 'B is'], figures.map(row)),
    `Distributions of fault → elected: KS distance ${distance.toFixed(3)}, ` +
      `${distanceP < 0.001 ? 'p < 0.001' : `p = ${distanceP.toFixed(3)}`}.`,
    summaryLine(run),
  ].join('\n');
}

function row(figure: ComparedFigure): string[] {
  const { name, statistic, a, b, difference, interval, shown, gated, unit } = figure;
  const format = unit === 'ms' ? formatMs : (value: number): string => value.toFixed(3);
  return [
    `${name}, ${statistic}${gated ? ' *' : ''}`,
    format(a),
    format(b),
    signed(difference, format),
    interval === null ? 'too few trials' : `${signed(interval[0], format)} … ${signed(interval[1], format)}`,
    a === 0 || difference === 0 ? '' : formatChange(difference / a),
    shown === 'none' ? '' : shown,
  ];
}

function summaryLine({ figures }: RunComparison): string {
  const shown = figures.filter((figure) => figure.shown !== 'none');
  if (shown.length === 0) return 'No difference shown.';
  const named = (what: ComparedFigure['shown']): string =>
    shown
      .filter((figure) => figure.shown === what)
      .map(({ name, statistic }) => `${name} (${statistic})`)
      .join(', ');
  return (['worse', 'better'] as const)
    .filter((what) => named(what) !== '')
    .map((what) => `B is ${what} in ${named(what)}.`)
    .join('\n');
}

function signed(value: number, format: (value: number) => string): string {
  if (value === 0) return '0';
  return `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
}
