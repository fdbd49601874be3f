/** The charts of a stress run. */
import type { StressResult } from '../analysis/stress/stress-result.js';
import { causesOf, incidentsOf, measurementsOf, summarizeStress } from '../analysis/stress/stress-summary.js';
import { causesChart } from './charts/causes-chart.js';
import { cdfChart, empiricalCdf, ranksOf, timeScale } from './charts/cdf-chart.js';
import type { Chart } from './charts/chart.js';
import { gapsChart } from './charts/gaps-chart.js';
import { incidentsChart } from './charts/incidents-chart.js';
import { timeoutsChart } from './charts/timeouts-chart.js';
import { formatMs } from './format.js';
import { svgFile, svgSheet } from './svg-file.js';

/** Only what there is something to draw of. */
export interface StressCharts {
  readonly incidents: Chart;
  readonly causes: Chart | null;
  readonly gaps: Chart | null;
  /** One a contention in which leaders were crashed, beside the baseline. */
  readonly failovers: readonly Chart[];
  /** One a contention, where T adapts. */
  readonly timeouts: readonly Chart[];
}

/** Slow to load, as what draws them is: import it only to draw. */
export function stressCharts(result: StressResult): StressCharts {
  const { plan } = result;
  const summaries = summarizeStress(result);
  const incidents = incidentsOf(result);
  const longestMs = longestCellMs(result);
  const ofNobody = incidents.filter(({ incident }) => incident.outcome !== 'failover');
  return {
    incidents: incidentsChart({
      name: 'incidents',
      title: 'When leaders were given up',
      description:
        'A strip for each contention, in it a line for each round. The shape says what came of it, the letter and its ' +
        'colour what was to blame. Open one to read why.',
      contentions: plan.contentions,
      rounds: plan.repeats,
      durationMs: longestMs,
      incidents,
    }),
    causes:
      ofNobody.length === 0
        ? null
        : causesChart({
            name: 'causes',
            title: 'What was to blame',
            description: 'Incidents that no crash explains, by what covers most of the silence before them.',
            rows: plan.contentions.map((contention) => ({
              contention,
              causes: causesOf(
                ofNobody.filter((each) => each.contention === contention).map(({ incident }) => incident),
              ),
            })),
          }),
    gaps: summaries.every(({ heartbeatGaps }) => heartbeatGaps === null)
      ? null
      : gapsChart({
          name: 'gaps',
          title: 'Silence between heartbeats',
          description:
            'How long a follower heard nothing of its leader, as a share of T. Beyond T it may give it up; from 80 % of T ' +
            'on it nearly did.',
          summaries,
        }),
    failovers: failoverCharts(result),
    timeouts: timeoutCharts(result),
  };
}

/** Each chart as an SVG document, by its name; those that are compared on one sheet. */
export function stressPictures(result: StressResult): Map<string, string> {
  const { incidents, causes, gaps, failovers, timeouts } = stressCharts(result);
  const single = [incidents, causes, gaps].filter((chart) => chart !== null);
  const sheets = [
    ['failovers', 'Crash → elected', failovers],
    ['timeouts', 'T over time', timeouts],
  ] as const;
  return new Map([
    ...single.map((chart) => [chart.name, svgFile(chart)] as const),
    ...sheets.flatMap(([name, title, charts]) =>
      charts.length === 0 ? [] : [[name, svgSheet(title, charts)] as const],
    ),
  ]);
}

/** A cell may go on a little: until the last crash is undone, or because nothing could run. */
function longestCellMs({ plan, cells }: StressResult): number {
  return Math.max(plan.durationMs, ...measurementsOf(cells).map(({ durationMs }) => durationMs));
}

function failoverCharts(result: StressResult): Chart[] {
  const pooled = result.plan.contentions
    .map((contention) => ({
      contention,
      sorted: measurementsOf(result.cells)
        .filter((cell) => cell.contention === contention)
        .flatMap(({ failovers }) => failovers.map(({ electedMs }) => electedMs))
        .toSorted((a, b) => a - b),
    }))
    .filter(({ sorted }) => sorted.length > 0);
  const baseline = pooled.find(({ contention }) => contention === 'none');
  // One axis for all, so that what is further to the left is faster.
  const scale = timeScale(pooled.flatMap(({ sorted }) => sorted));
  return pooled
    .filter(({ contention }) => contention !== 'none' || pooled.length === 1)
    .map(({ contention, sorted }, i) => {
      const ranks = ranksOf(sorted.length, 120);
      const shareAt = (rank: number): number => ((rank + 1) / sorted.length) * 100;
      return cdfChart({
        name: `failover-${i + 1}`,
        title: contention,
        description: `The share of ${sorted.length} failovers under ${contention} that were over after so many milliseconds.`,
        xLabel: 'ms from crash to election',
        scale,
        lines: [
          ...(baseline === undefined || contention === 'none'
            ? []
            : [
                {
                  label: 'without contention',
                  style: 'reference',
                  points: empiricalCdf(baseline.sorted, 160),
                  steps: true,
                } as const,
              ]),
          { label: 'under contention', style: 'measured', points: empiricalCdf(sorted, 160), steps: true },
        ],
        callouts: [],
        reading: {
          nearest: 'x',
          x: ranks.map((rank) => Number(sorted[rank]?.toFixed(2))),
          y: ranks.map((rank) => Number(shareAt(rank).toFixed(2))),
          texts: ranks.map(
            (rank) => `${formatMs(sorted[rank] ?? 0)} ms: ${shareAt(rank).toFixed(1)} % elected`,
          ),
        },
      });
    });
}

function timeoutCharts(result: StressResult): Chart[] {
  const cells = measurementsOf(result.cells);
  const values = cells.flatMap(({ timeouts }) => timeouts.map(({ electionTimeoutMs }) => electionTimeoutMs));
  if (new Set(values).size < 2) return [];
  return result.plan.contentions
    .map((contention) => cells.filter((cell) => cell.contention === contention))
    .filter((rounds) => rounds.length > 0)
    .map((rounds, i) => {
      const contention = rounds[0]?.contention ?? '';
      return timeoutsChart({
        name: `timeouts-${i + 1}`,
        title: contention,
        description: `T over time under ${contention}: up with what was observed, and slowly down again.`,
        durationMs: longestCellMs(result),
        mostMs: values.reduce((most, value) => Math.max(most, value), 0),
        traces: rounds.map(({ timeouts }) => timeouts),
        silences: rounds.flatMap(({ incidents }) =>
          incidents
            .filter(({ outcome }) => outcome !== 'failover')
            .map(({ blame: { sinceMs, forMs } }) => ({ fromMs: sinceMs, toMs: sinceMs + forMs })),
        ),
      });
    });
}
