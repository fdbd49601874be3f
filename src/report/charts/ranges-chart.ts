/** Several distributions below each other: from the least to the p99, with the median and the mean. */
import * as Plot from '@observablehq/plot';
import type { Summary } from '../../analysis/statistics.js';
import { formatMs } from '../format.js';
import { timeScale } from './cdf-chart.js';
import { drawBoth, type Chart, type LegendItem } from './chart.js';

export interface RangesChartOptions extends Pick<Chart, 'name' | 'title' | 'description'> {
  readonly rows: readonly {
    readonly label: string;
    readonly summary: Summary;
    readonly idealMs: number | null;
  }[];
  readonly xLabel: string;
}

/** Pixels of one row, its label above it. */
const rowHeight = 46;

const legend: readonly LegendItem[] = [
  {
    label: 'least to p99',
    swatch: '<path d="M2 6H26M2 2V10M26 2V10" style="stroke:var(--measured);stroke-width:2"/>',
  },
  {
    label: 'median',
    swatch: '<circle cx="14" cy="6" r="5" style="fill:var(--measured);stroke:var(--paper)"/>',
  },
  {
    label: 'mean',
    swatch:
      '<path d="M14 0L20 6L14 12L8 6Z" style="fill:var(--paper);stroke:var(--measured);stroke-width:2"/>',
  },
  { label: 'ideal mean', swatch: '<path d="M14-1V13" style="stroke:var(--ideal);stroke-width:3"/>' },
];

/** Ends of an upright stroke through a row. */
const above = ({ y }: { readonly y: number }): number => y - 0.16;
const below = ({ y }: { readonly y: number }): number => y + 0.16;

export function rangesChart({ name, title, description, rows, xLabel }: RangesChartOptions): Chart {
  const drawn = rows.map((row, i) => ({ ...row, ...row.summary, y: i + 0.62 }));
  const ideals = drawn.flatMap(({ y, idealMs }) => (idealMs === null ? [] : [{ y, idealMs }]));
  const scale = timeScale([
    ...drawn.flatMap(({ min, p50, p99, mean }) => [min, p50, p99, mean]),
    ...ideals.map(({ idealMs }) => idealMs),
  ]);
  return {
    name,
    title,
    description,
    legend: ideals.length === 0 ? legend.slice(0, 3) : legend,
    reading: {
      nearest: 'xy',
      x: drawn.map(({ p50 }) => p50),
      y: drawn.map(({ y }) => y),
      texts: drawn.map(({ label, p50, p99, mean, idealMs }) => {
        const best = idealMs === null ? '' : `, ideal mean ${formatMs(idealMs)}`;
        return `${label}: p50 ${formatMs(p50)}, p99 ${formatMs(p99)}, mean ${formatMs(mean)} ms${best}`;
      }),
    },
    ...drawBoth(({ narrow }) => ({
      height: 76 + rows.length * rowHeight,
      marginLeft: 12,
      x: { ...scale, label: xLabel, ticks: narrow ? 5 : 10, labelArrow: 'none' },
      y: { domain: [rows.length, 0], axis: null },
      marks: [
        Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 10 }),
        Plot.link(drawn, {
          x1: 'min',
          x2: 'p99',
          y1: 'y',
          y2: 'y',
          stroke: 'var(--measured)',
          strokeWidth: 2,
        }),
        ...(['min', 'p99'] as const).map((end) =>
          Plot.link(drawn, {
            x1: end,
            x2: end,
            y1: above,
            y2: below,
            stroke: 'var(--measured)',
            strokeWidth: 2,
          }),
        ),
        Plot.link(ideals, {
          x1: 'idealMs',
          x2: 'idealMs',
          y1: above,
          y2: below,
          stroke: 'var(--ideal)',
          strokeWidth: 3,
        }),
        Plot.dot(drawn, {
          x: 'mean',
          y: 'y',
          r: 6,
          symbol: 'diamond',
          fill: 'var(--paper)',
          stroke: 'var(--measured)',
          strokeWidth: 2,
        }),
        Plot.dot(drawn, { x: 'p50', y: 'y', r: 5, fill: 'var(--measured)', stroke: 'var(--paper)' }),
        Plot.text(drawn, {
          frameAnchor: 'left',
          y: ({ y }: { y: number }) => y - 0.42,
          text: 'label',
          textAnchor: 'start',
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    })),
  };
}
