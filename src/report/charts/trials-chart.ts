/** Every trial in the order in which they were run: what stalls, drift or a busy neighbour do shows in it. */
import * as Plot from '@observablehq/plot';
import type { Trial } from '../../analysis/trial.js';
import { timeScale } from './cdf-chart.js';
import { drawBoth, type Chart } from './chart.js';
import { onePath } from './one-path.js';
import { lineStyles, lineSwatch } from './palette.js';

/** One kind of trial: its shape as SVG path around a point, and how it is painted. */
interface Kind {
  readonly label: string;
  readonly shape: string;
  readonly paint: string;
}

const kinds = {
  plain: {
    label: 'one term',
    shape: 'h0',
    paint: 'stroke:var(--measured);stroke-width:4.5;stroke-linecap:round;fill:none',
  },
  contested: {
    label: 'more terms, or another mark',
    shape: 'm-4-4l8 8m-8 0l8-8',
    paint: 'stroke:var(--alert);stroke-width:1.8;fill:none',
  },
  stalled: {
    label: 'touched by a stall of the machine',
    shape: 'm0-5.5l5 9h-10z',
    paint: 'stroke:var(--ink);stroke-width:1.3;fill:var(--paper)',
  },
} as const satisfies Record<string, Kind>;

export interface TrialsChartOptions {
  readonly trials: readonly Trial[];
  /** The least, the mean and the most of the ideal, in ms; null where there is none. */
  readonly ideal: { readonly minMs: number; readonly meanMs: number; readonly maxMs: number } | null;
  /** What the clock starts with. */
  readonly beginning: string;
}

export function trialsChart({ trials, ideal, beginning }: TrialsChartOptions): Chart {
  const times = trials.map(({ electedMs }) => electedMs);
  const scale = timeScale(ideal === null ? times : [...times, ideal.meanMs]);
  const [bottom, top] = scale.domain;
  const band = ideal === null ? [] : [{ y1: Math.max(bottom, ideal.minMs), y2: Math.min(top, ideal.maxMs) }];
  return {
    name: 'trials',
    title: 'Every trial',
    description:
      `Of each trial ${beginning} → elected, in the order in which they were run. ` +
      `${ideal === null ? '' : 'The shaded band is what the ideal ranges over, its mean the dashed line. '}Open a trial to see its election.`,
    legend: [
      ...Object.values(kinds).map(({ label, shape, paint }) => ({
        label,
        swatch: `<path d="M14 6${shape}" style="${paint}"/>`,
      })),
      ...(ideal === null ? [] : [{ label: 'ideal mean', swatch: lineSwatch(lineStyles.ideal) }]),
    ],
    reading: {
      nearest: 'xy',
      x: trials.map((_, i) => i + 1),
      y: times.map((ms) => Number(ms.toFixed(2))),
      opens: trials.map((_, i) => i),
    },
    ...drawBoth(({ narrow }) => ({
      x: {
        domain: [0, trials.length + 1],
        label: 'trial',
        ticks: narrow ? 5 : 10,
        tickFormat: 'd',
        labelArrow: 'none',
      },
      y: { ...scale, label: `ms from ${beginning} to election`, ticks: narrow ? 5 : 8, labelArrow: 'none' },
      marks: [
        Plot.rect(band, {
          x1: 0,
          x2: trials.length + 1,
          y1: 'y1',
          y2: 'y2',
          fill: 'var(--detect)',
          fillOpacity: 0.35,
        }),
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 8 }),
        Plot.ruleY(ideal === null ? [] : [ideal.meanMs], lineStyles.ideal),
        ...(['plain', 'contested', 'stalled'] as const).map((kind) =>
          onePath(
            trials.flatMap((trial, i) => (kindOf(trial) === kind ? [[i + 1, trial.electedMs] as const] : [])),
            kinds[kind].shape,
            kind === 'plain' ? `${kinds.plain.paint};${plainDots(trials.length)}` : kinds[kind].paint,
            `trials-${kind}`,
          ),
        ),
      ],
    })),
  };
}

/** Smaller, and letting each other through, where there are many. */
function plainDots(count: number): string {
  if (count > 1500) return 'opacity:.45;stroke-width:3';
  return count > 200 ? '' : 'stroke-width:7';
}

function kindOf({ marks, termSteps }: Trial): keyof typeof kinds {
  if (marks.some((mark) => mark.endsWith('Stalled'))) return 'stalled';
  return marks.length > 0 || termSteps > 1 ? 'contested' : 'plain';
}
