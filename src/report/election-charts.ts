/** The charts of an election benchmark. */
import type { ElectionBenchResult, IdealComparison } from '../analysis/election-result.js';
import { idealCdf } from '../analysis/ideal.js';
import type { Trial } from '../analysis/trial.js';
import { cdfChart, empiricalCdf, ranksOf, type CdfChartOptions, type CdfLine } from './charts/cdf-chart.js';
import type { Chart } from './charts/chart.js';
import { phasesChart } from './charts/phases-chart.js';
import { trialsChart } from './charts/trials-chart.js';
import { beginningOf, capitalBeginningOf } from './fault-words.js';
import { formatMs } from './format.js';
import { svgFile } from './svg-file.js';

/** In the order in which they are looked at. Slow to load, as what draws them is: import it only to draw. */
export function electionCharts(result: ElectionBenchResult): Chart[] {
  const { trials, ideal, options } = result;
  return [
    electedCdf(result, {
      name: 'elected',
      title: `${capitalBeginningOf(result.options.fault)} → elected`,
      firstTrial: 0,
    }),
    trialsChart({ trials, ideal, beginning: beginningOf(options.fault) }),
    phasesChart({
      name: 'phases',
      title: 'Where the time went',
      description:
        'Each bar is a trial, or the mean of a group of like ones, from the fastest to the slowest. ' +
        'Detection is waiting for a timer; it outweighs the rest unless an exit notice ends it.',
      trials,
      phases: ['detect', 'lostRounds', 'preVote', 'vote', 'establish', 'ready'],
    }),
    phasesChart({
      name: 'after-detection',
      title: 'After detection',
      description:
        'The same without the wait, on a scale of its own: what messages, writes and lost rounds cost.',
      trials,
      phases: ['lostRounds', 'preVote', 'vote', 'establish', 'ready'],
    }),
  ];
}

/** Each chart as an SVG document, by its name. */
export function electionPictures(result: ElectionBenchResult): Map<string, string> {
  return new Map(electionCharts(result).map((chart) => [chart.name, svgFile(chart)]));
}

export interface ElectedCdfOptions extends Pick<CdfChartOptions, 'scale'> {
  readonly name: string;
  readonly title: string;
  /** Which place the first of its trials has in the report. */
  readonly firstTrial: number;
}

/** Beginning → elected of one result. */
export function electedCdf(
  { trials, ideal, summary, options }: ElectionBenchResult,
  { name, title, firstTrial, scale }: ElectedCdfOptions,
): Chart {
  const order = trials.map((_, i) => i).toSorted((a, b) => electedMs(trials, a) - electedMs(trials, b));
  const sorted = order.map((i) => electedMs(trials, i));
  const unmarked = trials.filter(({ marks }) => marks.length === 0).map((trial) => trial.electedMs);
  const lines: CdfLine[] = [
    ...(ideal === null
      ? []
      : [
          { label: 'ideal, no split vote', style: 'ideal', points: idealCurve(ideal), steps: false } as const,
        ]),
    { label: 'measured', style: 'measured', points: empiricalCdf(sorted), steps: true },
  ];
  if (unmarked.length > 0 && unmarked.length < trials.length) {
    const points = empiricalCdf(unmarked.toSorted((a, b) => a - b));
    lines.splice(-1, 0, { label: 'measured, without marked trials', style: 'unmarked', points, steps: true });
  }
  const outages = trials.flatMap(({ outageMs }) => (outageMs === null ? [] : [outageMs]));
  if (outages.length > 0) {
    const points = empiricalCdf(outages.toSorted((a, b) => a - b));
    lines.unshift({ label: 'first write of a client', style: 'second', points, steps: true });
  }
  const ranks = ranksOf(sorted.length, 120);
  const shareAt = (rank: number): number => ((rank + 1) / sorted.length) * 100;
  const percentile = (share: number): [number, number, string] => {
    const ms = share === 0.5 ? summary.electedMs.p50 : summary.electedMs.p99;
    return [ms, share, `p${share * 100} ${formatMs(ms)} ms`];
  };
  return cdfChart({
    name,
    title,
    ...(scale === undefined ? {} : { scale }),
    description:
      ideal === null
        ? 'The share of the elections that were over after so many milliseconds.'
        : 'The share of the elections that were over after so many milliseconds, beside the best that these timeouts, ' +
          'messages and writes allow.',
    xLabel: `ms from ${beginningOf(options.fault)}${outages.length > 0 ? '' : ' to election'}`,
    lines,
    callouts: [percentile(0.5), ...(trials.length >= 20 ? [percentile(0.99)] : [])],
    reading: {
      nearest: 'x',
      x: ranks.map((rank) => Number(sorted[rank]?.toFixed(2))),
      y: ranks.map((rank) => Number(shareAt(rank).toFixed(2))),
      opens: ranks.map((rank) => firstTrial + (order[rank] ?? 0)),
      texts: ranks.map((rank) => {
        const ms = sorted[rank] ?? 0;
        const best = ideal === null ? '' : `, ideal ${(idealCdf(ideal.input, ms) * 100).toFixed(1)} %`;
        return `${formatMs(ms)} ms: ${shareAt(rank).toFixed(1)} % elected${best} (trial ${(order[rank] ?? 0) + 1})`;
      }),
    },
  });
}

/** From its first to its last chance, which a picture does not show any more at one in a thousand. */
function idealCurve({ input, minMs, maxMs }: IdealComparison): [ms: number, share: number][] {
  const steps = 160;
  const points = Array.from({ length: steps + 1 }, (_, i): [number, number] => {
    const ms = minMs + ((maxMs - minMs) * i) / steps;
    return [ms, idealCdf(input, ms)];
  });
  const end = points.findIndex(([, share]) => share >= 0.999);
  return end === -1 ? points : points.slice(0, end + 1);
}

function electedMs(trials: readonly Trial[], index: number): number {
  return trials[index]?.electedMs ?? 0;
}
