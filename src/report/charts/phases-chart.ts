/** Where the time went, phase by phase: one bar a trial or a group of like trials, from the fastest to the slowest. */
import * as Plot from '@observablehq/plot';
import type { Phases } from '../../analysis/trial.js';
import { formatMs } from '../format.js';
import { drawBoth, type Chart } from './chart.js';
import { phaseFill, phaseStyles } from './palette.js';

/** More bars could not be told apart on a phone. */
const mostBars = 40;

export interface PhasesChartOptions extends Pick<Chart, 'name' | 'title' | 'description'> {
  readonly trials: readonly { readonly phases: Phases }[];
  /** Which phases are drawn, and make the order of the bars by their sum. */
  readonly phases: readonly (keyof Phases)[];
}

interface Bar {
  /** Where on the axis of shares, in per cent. */
  readonly from: number;
  readonly to: number;
  readonly means: readonly number[];
  /** Of the trials, one of them: the middle one. */
  readonly trial: number;
  readonly count: number;
}

export function phasesChart({ name, title, description, trials, phases }: PhasesChartOptions): Chart {
  const styles = phaseStyles.filter(({ phase }) => phases.includes(phase));
  const bars = barsOf(
    trials.map((trial) => styles.map(({ phase }) => trial.phases[phase])),
    Math.min(mostBars, trials.length),
  );
  const rectangles = styles.map((_, i) =>
    bars.map(({ from, to, means }) => ({
      from,
      to,
      y1: sum(means.slice(0, i)),
      y2: sum(means.slice(0, i + 1)),
    })),
  );
  return {
    name,
    title,
    description,
    legend: styles.map(({ phase, label }) => ({
      label,
      swatch: `<rect width="28" height="12" style="fill:${phaseFill(phase)};stroke:var(--ink);stroke-width:.6"/>`,
    })),
    reading: {
      nearest: 'x',
      x: bars.map(({ from, to }) => (from + to) / 2),
      y: bars.map(({ means }) => sum(means)),
      opens: bars.map(({ trial }) => trial),
      texts: bars.map((bar) => describeBar(bar, styles)),
    },
    ...drawBoth(({ narrow }) => ({
      x: {
        domain: [0, 100],
        label: `% of the trials, fastest first`,
        ticks: narrow ? 5 : 10,
        labelArrow: 'none',
      },
      y: { label: 'ms', ticks: narrow ? 5 : 8, labelArrow: 'none', zero: true },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 8 }),
        ...styles.map(({ phase }, i) =>
          Plot.rect(rectangles[i] ?? [], {
            x1: 'from',
            x2: 'to',
            y1: 'y1',
            y2: 'y2',
            fill: phaseFill(phase),
            stroke: 'var(--ink)',
            strokeWidth: 0.6,
            inset: 0.4,
            insetTop: 0,
            insetBottom: 0,
          }),
        ),
        Plot.ruleY([0], { stroke: 'var(--muted)' }),
      ],
    })),
  };
}

/** @param rows the drawn phases of each trial */
function barsOf(rows: readonly (readonly number[])[], count: number): Bar[] {
  const order = rows.map((_, trial) => trial).toSorted((a, b) => sum(rows[a] ?? []) - sum(rows[b] ?? []));
  return Array.from({ length: count }, (_bar, i) => {
    const first = Math.floor((i * order.length) / count);
    const end = Math.floor(((i + 1) * order.length) / count);
    const members = order.slice(first, end).map((trial) => rows[trial] ?? []);
    const means = (members[0] ?? []).map(
      (_first, phase) => sum(members.map((row) => row[phase] ?? 0)) / members.length,
    );
    const share = (position: number): number => (position / order.length) * 100;
    const trial = order[Math.floor((first + end - 1) / 2)] ?? 0;
    return { from: share(first), to: share(end), means, trial, count: members.length };
  });
}

function describeBar({ means, trial, count }: Bar, styles: typeof phaseStyles): string {
  const who = count === 1 ? `Trial ${trial + 1}` : `${count} trials, on average (one of them: ${trial + 1})`;
  const parts = styles.flatMap(({ label }, i) => {
    const ms = means[i] ?? 0;
    return ms === 0 ? [] : [`${label} ${formatMs(ms)}`];
  });
  return `${who}: ${formatMs(sum(means))} ms; ${parts.join(', ')}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
