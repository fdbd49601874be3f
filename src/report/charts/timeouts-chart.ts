/** T as the nodes agreed on it, over the time of a cell, with the silences that it had to outlast. */
import * as Plot from '@observablehq/plot';
import { formatMs } from '../format.js';
import { drawBoth, type Chart } from './chart.js';
import { lineStyles, lineSwatch } from './palette.js';

export interface TimeoutsChartOptions extends Pick<Chart, 'name' | 'title' | 'description'> {
  readonly durationMs: number;
  /** The highest T of all charts that are compared. */
  readonly mostMs: number;
  /** One a round. */
  readonly traces: readonly (readonly { readonly atMs: number; readonly electionTimeoutMs: number }[])[];
  /** Of all rounds. */
  readonly silences: readonly { readonly fromMs: number; readonly toMs: number }[];
}

export function timeoutsChart(options: TimeoutsChartOptions): Chart {
  const { name, title, description, durationMs, mostMs, traces, silences } = options;
  const seconds = durationMs / 1000;
  const lines = traces.map((trace, round) => {
    const points = trace.map(({ atMs, electionTimeoutMs }) => ({
      at: atMs / 1000,
      ms: electionTimeoutMs,
      round,
    }));
    const last = points.at(-1);
    return last === undefined ? points : [...points, { ...last, at: seconds }];
  });
  const points = lines.flat();
  const bars = silences.map(({ fromMs, toMs }) => ({ from: fromMs / 1000, to: toMs / 1000 }));
  return {
    name,
    title,
    description,
    legend: [
      { label: 'T, a line for each round', swatch: lineSwatch(lineStyles.measured) },
      {
        label: 'silence that a leader was given up for',
        swatch: '<path d="M2 8H26" style="stroke:var(--alert);stroke-width:5"/>',
      },
    ],
    reading: {
      nearest: 'x',
      x: points.map(({ at }) => Number(at.toFixed(3))),
      y: points.map(({ ms }) => ms),
      texts: points.map(
        ({ at, ms, round }) => `round ${round + 1}, ${at.toFixed(2)} s: T ${formatMs(ms)} ms`,
      ),
    },
    ...drawBoth(({ narrow }) => ({
      x: { domain: [0, seconds], label: 's from the start', ticks: narrow ? 5 : 10, labelArrow: 'none' },
      y: { domain: [0, mostMs * 1.05], label: 'T, ms', ticks: narrow ? 5 : 8, labelArrow: 'none' },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 8 }),
        Plot.link(bars, { x1: 'from', x2: 'to', y1: 0, y2: 0, stroke: 'var(--alert)', strokeWidth: 7 }),
        Plot.ruleY([0], { stroke: 'var(--muted)' }),
        ...lines.map((line) =>
          Plot.line(line, {
            x: 'at',
            y: 'ms',
            curve: 'step-after',
            strokeOpacity: 0.75,
            ...lineStyles.measured,
          }),
        ),
      ],
    })),
  };
}
