/** Cumulative shares: which share of the elections was over after so many milliseconds. */
import * as Plot from '@observablehq/plot';
import { drawBoth, type Chart } from './chart.js';
import { lineStyles, lineSwatch } from './palette.js';

export interface CdfLine {
  readonly label: string;
  readonly style: keyof typeof lineStyles;
  /** [ms, share from 0 to 1], by ms. */
  readonly points: readonly (readonly [ms: number, share: number])[];
  /** A share jumps where a sample lies, but grows steadily where it was computed. */
  readonly steps: boolean;
}

export interface CdfChartOptions extends Pick<Chart, 'name' | 'title' | 'description' | 'reading'> {
  /** The last is drawn on top. */
  readonly lines: readonly CdfLine[];
  readonly xLabel: string;
  /** Both ends of the time axis, for charts that are compared; absent: as the lines need it. */
  readonly scale?: TimeScale;
  /** Named on the chart, e.g. the median of what was measured: [ms, share, label]. */
  readonly callouts: readonly (readonly [ms: number, share: number, label: string])[];
}

export function cdfChart(options: CdfChartOptions): Chart {
  const { name, title, description, reading, lines, xLabel, callouts } = options;
  const times = lines.flatMap(({ points }) => points.map(([ms]) => ms));
  const x = options.scale ?? timeScale(times);
  return {
    name,
    title,
    description,
    reading,
    legend: lines.map(({ label, style }) => ({ label, swatch: lineSwatch(lineStyles[style]) })).toReversed(),
    ...drawBoth(({ narrow }) => ({
      x: { ...x, label: xLabel, ticks: narrow ? 5 : 10, labelArrow: 'none' },
      y: {
        domain: [0, 100],
        label: '% of the elections',
        ticks: narrow ? 5 : 10,
        labelArrow: 'none',
      },
      marks: [
        Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 10 }),
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 10 }),
        Plot.ruleY([0], { stroke: 'var(--muted)' }),
        ...lines.map(({ points, style, steps }) =>
          Plot.line(points, {
            x: '0',
            y: ([, share]: readonly [number, number]) => share * 100,
            curve: steps ? 'step-after' : 'linear',
            clip: true,
            ...lineStyles[style],
          }),
        ),
        Plot.dot(callouts, {
          x: '0',
          y: ([, share]: readonly [number, number, string]) => share * 100,
          r: 4,
          fill: 'var(--paper)',
          stroke: 'var(--measured)',
          strokeWidth: 2,
        }),
        ...calloutTexts(callouts, x.domain),
      ],
    })),
  };
}

/** To the right of the dot where there is room, else to its left; a halo keeps them legible on lines. */
function calloutTexts(callouts: CdfChartOptions['callouts'], domain: readonly [number, number]): Plot.Text[] {
  const middle = (domain[0] + domain[1]) / 2;
  const halo = { stroke: 'var(--paper)', strokeWidth: 4, fill: 'var(--ink)' };
  return (['start', 'end'] as const).map((textAnchor) =>
    Plot.text(
      callouts.filter(([ms]) => ms <= middle === (textAnchor === 'start')),
      {
        x: '0',
        y: ([, share]: readonly [number, number, string]) => share * 100,
        text: '2',
        textAnchor,
        dx: textAnchor === 'start' ? 10 : -10,
        dy: textAnchor === 'start' ? 10 : -10,
        ...halo,
      },
    ),
  );
}

export interface TimeScale {
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
}

/** Logarithmic where a linear scale would leave most of the samples no room. */
export function timeScale(times: readonly number[]): TimeScale {
  const sorted = times.toSorted((a, b) => a - b);
  const [least = 0, most = 1] = [sorted[0], sorted.at(-1)];
  const middle = sorted[Math.floor(sorted.length / 2)] ?? most;
  const positive = sorted.find((ms) => ms > 0) ?? 1;
  if (most - least > 12 * (middle - least) && least >= 0) return { type: 'log', domain: [positive, most] };
  const margin = Math.max((most - least) * 0.04, 1e-3);
  return { type: 'linear', domain: [Math.max(0, least - margin), most + margin] };
}

/**
 * The steps of an empirical distribution. Of more samples than `mostSteps` only so many ranks, evenly spaced, and every
 * one of the slowest, where the steps are far apart.
 * @param sorted ascending
 */
export function empiricalCdf(
  sorted: readonly number[],
  mostSteps: number = stepsOfWide,
): [ms: number, share: number][] {
  const start: [number, number] = [sorted[0] ?? 0, 0];
  return [start, ...ranksOf(sorted.length, mostSteps).map((rank) => stepAt(sorted, rank))];
}

/** More steps than pixels show nothing. */
const stepsOfWide = 400;

/** At most about `most` ranks of `count`, from 0, both ends and the twenty last included. */
export function ranksOf(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, rank) => rank);
  const body = Array.from({ length: most - 20 }, (_, i) => Math.floor((i * (count - 20)) / (most - 20)));
  return [...body, ...Array.from({ length: 20 }, (_, i) => count - 20 + i)];
}

function stepAt(sorted: readonly number[], rank: number): [number, number] {
  return [sorted[rank] ?? Number.NaN, (rank + 1) / sorted.length];
}
