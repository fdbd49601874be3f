/** The ten panels of figure 16: what was simulated or measured, the ideal, and the paper's own samples. */
import type { Figure16Result, Figure16RowResult } from '../analysis/figure-16.js';
import { idealCdf, idealElection } from '../analysis/ideal.js';
import type { Profile } from '../options.js';
import { shareOf } from './cdf-plot.js';
import { cdfChart, empiricalCdf, ranksOf, type CdfLine } from './charts/cdf-chart.js';
import type { Chart } from './charts/chart.js';
import { rangeOf } from './figure-16-report.js';
import { formatMs } from './format.js';
import { svgFile, svgSheet } from './svg-file.js';

const styles: Readonly<Record<Profile, CdfLine['style']>> = { vanilla: 'measured', standard: 'second' };

/** One chart a row, in the order of the paper. */
export function figure16Charts({ rows }: Figure16Result): Chart[] {
  return rows.map(rowChart);
}

/** Each panel as an SVG document, by its name; and all of them on one sheet, `figure-16`. */
export function figure16Pictures(result: Figure16Result): Map<string, string> {
  const charts = figure16Charts(result);
  const sheet = svgSheet('Figure 16 of the Raft paper, measured again', charts);
  return new Map([['figure-16', sheet], ...charts.map((chart) => [chart.name, svgFile(chart)] as const)]);
}

function rowChart({ range, paper, ideal, curves }: Figure16RowResult): Chart {
  const measured = curves.filter(({ electedMs }) => electedMs.length > 0);
  const percentiles = paper.percentilesMs;
  const lines: CdfLine[] = [
    ...(ideal === null ? [] : [idealLine(ideal.input)]),
    ...measured
      .map(({ profile, electedMs }) => ({
        label: profile,
        style: styles[profile],
        points: empiricalCdf(electedMs, 160),
        steps: true,
      }))
      .toReversed(),
    // On top, and dotted: where it hides the curve below, the two agree.
    {
      label: 'paper',
      style: 'reference' as const,
      points: percentiles.map((ms, percent) => [ms, percent / 100] as const),
      steps: true,
    },
  ];
  const ranks = ranksOf(percentiles.length, 200);
  const shares = measured.map(({ profile, electedMs }) => ({ profile, shareAt: shareOf(electedMs) }));
  return cdfChart({
    name: `range-${range}`,
    title: `${rangeOf(range)} ms`,
    description: `The share of the elections that were over after so many milliseconds, timeouts ${rangeOf(range)} ms.`,
    xLabel: 'ms from crash to election',
    lines,
    callouts: [],
    reading: {
      nearest: 'x',
      x: ranks.map((rank) => percentiles[rank] ?? 0),
      y: ranks,
      texts: ranks.map((rank) => {
        const ms = percentiles[rank] ?? 0;
        const others = shares.map(({ profile, shareAt }) => `${profile} ${percentOf(shareAt(ms))}`);
        const best = ideal === null ? [] : [`ideal ${percentOf(idealCdf(ideal.input, ms))}`];
        return `${formatMs(ms)} ms: paper ${rank} %, ${[...others, ...best].join(', ')}`;
      }),
    },
  });
}

function percentOf(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function idealLine(input: NonNullable<Figure16RowResult['ideal']>['input']): CdfLine {
  const { minMs, maxMs } = idealElection(input);
  const points = Array.from({ length: 121 }, (_, i): [number, number] => {
    const ms = minMs + ((maxMs - minMs) * i) / 120;
    return [ms, idealCdf(input, ms)];
  });
  return { label: 'ideal, no split vote', style: 'ideal', points, steps: false };
}
