/** When leaders were given up: a strip for each contention, in it a line for each round. */
import * as Plot from '@observablehq/plot';
import type { Incident } from '../../analysis/stress/stress-result.js';
import type { PlacedIncident } from '../../analysis/stress/stress-summary.js';
import { causeWords, incidentTitle, outcomeWords } from '../stress-words.js';
import { drawBoth, type Chart, type LegendItem } from './chart.js';
import { onePath } from './one-path.js';
import { causeColours } from './palette.js';

export interface IncidentsChartOptions extends Pick<Chart, 'name' | 'title' | 'description'> {
  readonly contentions: readonly string[];
  readonly rounds: number;
  readonly durationMs: number;
  /** As they can be opened, by their place; those of one strip together, and in order. */
  readonly incidents: readonly PlacedIncident[];
}

/** Around a point. A crash that led to another leader is no fault of anybody: small, outlined, and without a letter. */
const shapes: Readonly<Record<Incident['outcome'], string>> = {
  elected: 'm0-9l9 9l-9 9l-9-9z',
  termStep: 'm0-10l10 17h-20z',
  saved: 'm-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z',
  failover: 'm-3.5-3.5h7v7h-7z',
};

/** Of a strip, in pixels: its name, and one of its lines. More lines than fit share their places. */
const nameHeight = 22;
const lineHeight = 19;
const mostLines = 6;
/** Closer to the one before, a letter would lie upon it. */
const letterWidth = 12;

export function incidentsChart(options: IncidentsChartOptions): Chart {
  const { name, title, description, contentions, rounds, durationMs, incidents } = options;
  const lines = Math.min(rounds, mostLines);
  const stripHeight = nameHeight + lines * lineHeight;
  const height = contentions.length * stripHeight;
  const lineOf = (round: number): number => nameHeight + lineHeight * (((round - 1) % lines) + 0.5);
  const marks = incidents.map((placed) => ({
    at: placed.incident.atMs / 1000,
    y: contentions.indexOf(placed.contention) * stripHeight + lineOf(placed.round),
    outcome: placed.incident.outcome,
    cause: placed.incident.blame.cause,
    letter: causeWords[placed.incident.blame.cause].letter,
    text: `${incidentTitle(placed)}: ${causeWords[placed.incident.blame.cause].label}`,
  }));
  const strips = contentions.map((contention, i) => ({ contention, y: i * stripHeight + nameHeight / 2 }));
  const empty = strips.filter(({ contention }) => incidents.every((each) => each.contention !== contention));
  const seconds = durationMs / 1000;
  return {
    name,
    title,
    description,
    legend: legendOf(marks),
    reading: {
      nearest: 'xy',
      x: marks.map(({ at }) => Number(at.toFixed(3))),
      y: marks.map(({ y }) => y),
      opens: marks.map((_, i) => i),
      texts: marks.map(({ text }) => text),
    },
    ...drawBoth(({ narrow, width }) => ({
      height: height + 66,
      marginLeft: 12,
      marginRight: 12,
      x: { domain: [0, seconds], label: 's from the start', ticks: narrow ? 5 : 10, labelArrow: 'none' },
      y: { domain: [height, 0], axis: null },
      marks: [
        Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 5 : 10 }),
        Plot.ruleY(
          contentions.map((_, i) => i * stripHeight),
          { stroke: 'var(--grid)' },
        ),
        ...groupsOf(marks).map(({ outcome, cause, members }) =>
          onePath(
            members.map(({ at, y }) => [at, y]),
            shapes[outcome],
            paintOf(outcome, causeColours[causeWords[cause].family]),
            `incident ${outcome} ${cause}`,
          ),
        ),
        ...lettersOf(marks, (width - 24) / seconds),
        Plot.text(strips, {
          frameAnchor: 'left',
          y: 'y',
          text: 'contention',
          textAnchor: 'start',
          fontWeight: 600,
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
        Plot.text(empty, {
          frameAnchor: 'left',
          y: ({ y }: { readonly y: number }) => y + nameHeight / 2 + (lines * lineHeight) / 2,
          text: () => 'nobody gave a leader up',
          textAnchor: 'start',
          fill: 'var(--muted)',
        }),
      ],
    })),
  };
}

interface Mark {
  readonly at: number;
  readonly y: number;
  readonly outcome: Incident['outcome'];
  readonly cause: Incident['blame']['cause'];
  readonly letter: string;
}

/** What is worse is drawn later, above the rest. */
const order: readonly Incident['outcome'][] = ['failover', 'saved', 'termStep', 'elected'];

function groupsOf(
  marks: readonly Mark[],
): readonly (Pick<Mark, 'outcome' | 'cause'> & { readonly members: readonly Mark[] })[] {
  return order.flatMap((outcome) => {
    const mine = marks.filter((mark) => mark.outcome === outcome);
    return [...new Set(mine.map(({ cause }) => cause))].map((cause) => ({
      outcome,
      cause,
      members: mine.filter((mark) => mark.cause === cause),
    }));
  });
}

function paintOf(outcome: Incident['outcome'], colour: string): string {
  return outcome === 'failover'
    ? `fill:var(--paper);stroke:${colour};stroke-width:1.3`
    : `fill:${colour};stroke:var(--paper);stroke-width:1`;
}

/** One for each mark that has room for it, the worst first. */
function lettersOf(marks: readonly Mark[], pixelsPerSecond: number): Plot.Text[] {
  const taken = new Map<number, number[]>();
  const shown = order.toReversed().flatMap((outcome) =>
    marks.filter((mark) => {
      if (mark.outcome !== outcome || outcome === 'failover') return false;
      const line = taken.get(mark.y) ?? [];
      if (line.some((at) => Math.abs(at - mark.at) * pixelsPerSecond < letterWidth)) return false;
      taken.set(mark.y, [...line, mark.at]);
      return true;
    }),
  );
  return (['saved', 'termStep', 'elected'] as const).map((outcome) =>
    Plot.text(
      shown.filter((mark) => mark.outcome === outcome),
      {
        x: 'at',
        y: 'y',
        text: 'letter',
        fontSize: 11,
        fontWeight: 700,
        fill: 'var(--paper)',
        // The middle of a triangle is not halfway up.
        dy: outcome === 'termStep' ? 2.5 : 0.5,
      },
    ),
  );
}

/** The shapes there are, then the letters there are. */
function legendOf(marks: readonly Mark[]): LegendItem[] {
  const outcomes = order.toReversed().filter((outcome) => marks.some((mark) => mark.outcome === outcome));
  return [
    ...outcomes.map((outcome) => ({
      label: outcomeWords[outcome],
      swatch: `<path d="M14 6${shapes[outcome]}" style="fill:var(--paper);stroke:var(--ink);stroke-width:1.3"/>`,
    })),
    ...causeLegend(marks.flatMap(({ outcome, cause }) => (outcome === 'failover' ? [] : [cause]))),
  ];
}

/** A letter in a box of its colour for each cause there is. */
export function causeLegend(causes: readonly Incident['blame']['cause'][]): LegendItem[] {
  const present = new Set(causes);
  return (Object.keys(causeWords) as Incident['blame']['cause'][])
    .filter((cause) => present.has(cause))
    .map((cause) => {
      const { label, letter, family } = causeWords[cause];
      return {
        label,
        swatch:
          `<rect x="5" y="-3" width="18" height="18" rx="3" style="fill:${causeColours[family]}"/>` +
          `<text x="14" y="10.5" text-anchor="middle" style="fill:var(--paper);font-size:12px;font-weight:700">${letter}</text>`,
      };
    });
}
