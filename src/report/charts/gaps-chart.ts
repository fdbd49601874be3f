/** How near to T the silence between two heartbeats came: a row for each contention. */
import * as Plot from '@observablehq/plot';
import type { ContentionSummary } from '../../analysis/stress/stress-summary.js';
import { drawBoth, type Chart, type LegendItem } from './chart.js';

export interface GapsChartOptions extends Pick<Chart, 'name' | 'title' | 'description'> {
  readonly summaries: readonly ContentionSummary[];
}

/** Pixels of one row, its label above it. */
const rowHeight = 46;

const legend: readonly LegendItem[] = [
  {
    label: 'median',
    swatch: '<circle cx="14" cy="6" r="5" style="fill:var(--measured);stroke:var(--paper)"/>',
  },
  {
    label: 'to the p99 of the worst run',
    swatch: '<path d="M2 6H26M26 0V12" style="stroke:var(--measured);stroke-width:4"/>',
  },
  {
    label: 'to the longest',
    swatch:
      '<path d="M2 6H22M18 2L26 10M26 2L18 10" style="stroke:var(--measured);stroke-width:1.6;fill:none"/>',
  },
  { label: 'T', swatch: '<path d="M14-1V13" style="stroke:var(--alert);stroke-width:3"/>' },
  {
    label: 'near miss',
    swatch: '<path d="M14-1V13" style="stroke:var(--alert);stroke-width:2;stroke-dasharray:3 3"/>',
  },
];

export function gapsChart({ name, title, description, summaries }: GapsChartOptions): Chart {
  const rows = summaries.flatMap(({ contention, heartbeatGaps }) =>
    heartbeatGaps === null
      ? []
      : [
          {
            label: contention,
            p50: 100 * heartbeatGaps.p50,
            p99: 100 * heartbeatGaps.p99,
            max: 100 * heartbeatGaps.max,
          },
        ],
  );
  const drawn = rows.map((row, i) => ({ ...row, y: i + 0.66 }));
  const least = Math.min(...drawn.map(({ p50 }) => p50));
  const most = Math.max(100, ...drawn.map(({ max }) => max));
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].filter(
    (tick) => tick >= 0.8 * least && tick <= 1.1 * most,
  );
  return {
    name,
    title,
    description,
    legend,
    reading: {
      nearest: 'xy',
      x: drawn.map(({ p50 }) => Number(p50.toFixed(2))),
      y: drawn.map(({ y }) => y),
      texts: drawn.map(
        ({ label, p50, p99, max }) =>
          `${label}: median ${p50.toFixed(1)} % of T, p99 ${p99.toFixed(1)} %, longest ${max.toFixed(1)} %`,
      ),
    },
    ...drawBoth(() => ({
      height: 76 + rows.length * rowHeight,
      marginLeft: 12,
      x: {
        type: 'log',
        domain: [Math.max(0.01, 0.8 * least), 1.15 * most],
        label: '% of T, logarithmic',
        ticks,
        tickFormat: 'd',
        labelArrow: 'none',
      },
      y: { domain: [rows.length, 0], axis: null },
      marks: [
        Plot.gridX(ticks, { stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.ruleX([80], { stroke: 'var(--alert)', strokeWidth: 1.3, strokeDasharray: '3 3' }),
        Plot.ruleX([100], { stroke: 'var(--alert)', strokeWidth: 2 }),
        Plot.link(drawn, {
          x1: 'p50',
          x2: 'max',
          y1: 'y',
          y2: 'y',
          stroke: 'var(--measured)',
          strokeWidth: 1.6,
        }),
        Plot.dot(drawn, {
          x: 'max',
          y: 'y',
          symbol: 'times',
          r: 4,
          stroke: 'var(--measured)',
          strokeWidth: 2,
        }),
        Plot.link(drawn, {
          x1: 'p50',
          x2: 'p99',
          y1: 'y',
          y2: 'y',
          stroke: 'var(--measured)',
          strokeWidth: 5,
        }),
        Plot.dot(drawn, { x: 'p50', y: 'y', r: 6, fill: 'var(--measured)', stroke: 'var(--paper)' }),
        Plot.text(drawn, {
          frameAnchor: 'left',
          y: ({ y }: { readonly y: number }) => y - 0.42,
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
