/** What was to blame, contention by contention: a bar of incidents, stacked by cause. */
import * as Plot from '@observablehq/plot';
import type { BlameCause } from '../../analysis/stress/stress-result.js';
import { causeWords } from '../stress-words.js';
import { drawBoth, type Chart } from './chart.js';
import { causeLegend } from './incidents-chart.js';
import { causeColours } from './palette.js';

export interface CausesChartOptions extends Pick<Chart, 'name' | 'title' | 'description'> {
  /** How often each cause was to blame; rows without any are left out. */
  readonly rows: readonly {
    readonly contention: string;
    readonly causes: readonly { readonly cause: BlameCause; readonly total: number }[];
  }[];
}

/** Pixels of one row, its label above it. */
const rowHeight = 52;
const narrowestLetter = 14;

export function causesChart({ name, title, description, rows }: CausesChartOptions): Chart {
  const drawn = rows
    .filter(({ causes }) => causes.length > 0)
    .map(({ contention, causes }, row) => {
      let from = 0;
      const segments = causes.map(({ cause, total }) => {
        const segment = { contention, cause, row, total, from, to: from + total };
        from += total;
        return segment;
      });
      return { contention, row, total: from, segments };
    });
  const segments = drawn.flatMap((bar) => bar.segments);
  const most = Math.max(1, ...drawn.map(({ total }) => total));
  return {
    name,
    title,
    description,
    legend: causeLegend(segments.map(({ cause }) => cause)),
    reading: {
      nearest: 'xy',
      x: segments.map(({ from, to }) => (from + to) / 2),
      y: segments.map(({ row }) => row + 0.7),
      texts: segments.map(
        ({ contention, cause, total, row }) =>
          `${contention}: ${causeWords[cause].label}, ${total} of ${drawn[row]?.total ?? 0} incidents`,
      ),
    },
    ...drawBoth(({ narrow, width }) => ({
      height: 76 + drawn.length * rowHeight,
      marginLeft: 12,
      marginRight: 44,
      x: {
        domain: [0, most],
        label: 'incidents',
        ticks: Math.min(most, narrow ? 5 : 10),
        tickFormat: 'd',
        labelArrow: 'none',
      },
      y: { domain: [Math.max(1, drawn.length), 0], axis: null },
      marks: [
        Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: Math.min(most, narrow ? 5 : 10) }),
        Plot.rect(segments, {
          x1: 'from',
          x2: 'to',
          y1: ({ row }: { readonly row: number }) => row + 0.46,
          y2: ({ row }: { readonly row: number }) => row + 0.94,
          fill: ({ cause }: { readonly cause: BlameCause }) => causeColours[causeWords[cause].family],
          stroke: 'var(--paper)',
          strokeWidth: 1.5,
        }),
        Plot.text(
          segments.filter(({ total }) => (total / most) * (width - 56) >= narrowestLetter),
          {
            x: ({ from, to }: { readonly from: number; readonly to: number }) => (from + to) / 2,
            y: ({ row }: { readonly row: number }) => row + 0.7,
            text: ({ cause }: { readonly cause: BlameCause }) => causeWords[cause].letter,
            fill: 'var(--paper)',
            fontSize: 12,
            fontWeight: 700,
          },
        ),
        Plot.text(drawn, {
          x: 'total',
          y: ({ row }: { readonly row: number }) => row + 0.7,
          text: ({ total }: { readonly total: number }) => String(total),
          textAnchor: 'start',
          dx: 6,
          fill: 'var(--ink)',
        }),
        Plot.text(drawn, {
          frameAnchor: 'left',
          y: ({ row }: { readonly row: number }) => row + 0.24,
          text: 'contention',
          textAnchor: 'start',
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    })),
  };
}
