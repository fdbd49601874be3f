/** The report of several election benchmarks whose options differ: one HTML file. */
import type { ElectionBenchResult, ElectionSummary } from '../analysis/election-result.js';
import { slowestTrials } from '../analysis/explanation.js';
import { timeScale } from './charts/cdf-chart.js';
import type { Chart } from './charts/chart.js';
import { rangesChart } from './charts/ranges-chart.js';
import { electedCdf } from './election-charts.js';
import { electionHeading } from './election-report.js';
import { beginningOf } from './fault-words.js';
import { formatChange, formatMs } from './format.js';
import { markup, type Markup } from './markup.js';
import { flatten } from './option-words.js';
import { chartFigure, chartFigures, optionList, pageShell, scrollingTable, section } from './page-shell.js';
import { mostTold, pageTrials } from './page-trials.js';
import { svgFile } from './svg-file.js';

/** Of each cell, how many of its slowest trials are listed. */
const listed = 3;

interface Cell {
  /** What sets it apart from the others, e.g. `nodes 3, profile vanilla`. */
  readonly label: string;
  readonly result: ElectionBenchResult;
}

/** The whole file. @param results at least one, in the order in which they are shown */
export async function gridPage(results: readonly ElectionBenchResult[]): Promise<string> {
  const cells = cellsOf(results);
  const { overview, panels } = chartsOf(cells);
  const title = `Elections under ${cells.length} sets of options`;
  const most = Math.max(10, Math.floor(mostTold / cells.length));
  return pageShell({
    title: `electorate: ${title}`,
    charts: [overview, ...panels],
    trials: cells.flatMap(({ label, result }) => pageTrials(result, most, `${label}: `)),
    body: [
      markup`<h1>${title}</h1>
        <p class="quiet">${placeOf(results)}</p>`,
      chartFigure(overview),
      section('Which share was over after so long', [chartFigures(panels)]),
      section('In figures', [scrollingTable('The cells in figures', ...cellTable(cells))]),
      slowestOf(cells),
      section('Options that all share', [optionList(sharedOptions(results))]),
    ],
  });
}

/** Each chart as an SVG document, by its name. */
export function gridPictures(results: readonly ElectionBenchResult[]): Map<string, string> {
  const { overview, panels } = chartsOf(cellsOf(results));
  return new Map([overview, ...panels].map((chart) => [chart.name, svgFile(chart)]));
}

function chartsOf(cells: readonly Cell[]): { readonly overview: Chart; readonly panels: readonly Chart[] } {
  const beginnings = new Set(cells.map(({ result }) => beginningOf(result.options.fault)));
  const [beginning = ''] = beginnings.size === 1 ? beginnings : ['the fault'];
  const overview = rangesChart({
    name: 'overview',
    title: 'All of them',
    description: 'From the least time to the election to its p99, one row for each set of options.',
    rows: cells.map(({ label, result: { summary, ideal } }) => ({
      label,
      summary: summary.electedMs,
      idealMs: ideal?.meanMs ?? null,
    })),
    xLabel: `ms from ${beginning} to election`,
  });
  // One axis for all, so that what is further to the left is faster.
  const scale = timeScale(
    cells.flatMap(({ result: { trials, ideal } }) => [
      ...trials.flatMap(({ electedMs, outageMs }) =>
        outageMs === null ? [electedMs] : [electedMs, outageMs],
      ),
      ...(ideal === null ? [] : [ideal.meanMs]),
    ]),
  );
  let first = 0;
  const panels = cells.map(({ label, result }, i) => {
    const chart = electedCdf(result, { name: `cell-${i + 1}`, title: label, scale, firstTrial: first });
    first += result.trials.length;
    return chart;
  });
  return { overview, panels };
}

function cellTable(cells: readonly Cell[]): [head: string[], rows: string[][]] {
  const withOutage = cells.some(({ result }) => result.summary.outageMs !== null);
  return [
    [
      'ms',
      'trials',
      'p50',
      'p90',
      'p99',
      'mean',
      '95 % CI',
      'over the ideal',
      ...(withOutage ? ['outage p50', 'outage p99'] : []),
      'split votes',
      'second terms',
      'marked',
    ],
    cells.map(({ label, result: { trials, summary, ideal } }) => {
      const { p50, p90, p99, mean, meanCi95 } = summary.electedMs;
      return [
        label,
        String(trials.length),
        ...[p50, p90, p99, mean].map(formatMs),
        meanCi95 === null ? '' : `± ${formatMs(meanCi95[1] - mean)}`,
        ideal === null ? '' : formatChange(ideal.meanExcess),
        ...(withOutage ? outageOf(summary) : []),
        String(summary.splitVotes),
        String(trials.filter(({ termSteps }) => termSteps > 1).length),
        String(trials.filter(({ marks }) => marks.length > 0).length),
      ];
    }),
  ];
}

/** Until a client's write was acknowledged that was sent into it. */
function outageOf({ outageMs }: ElectionSummary): [p50: string, p99: string] {
  return outageMs === null ? ['', ''] : [formatMs(outageMs.p50), formatMs(outageMs.p99)];
}

function slowestOf(cells: readonly Cell[]): Markup {
  let first = 0;
  const rows = cells.flatMap(({ label, result: { trials } }) => {
    const before = first;
    first += trials.length;
    return slowestTrials(trials, listed).map((i) => {
      const button = markup`<button data-opens="${before + i}" disabled>Trial ${i + 1}</button>`;
      const { electedMs = 0, marks = [] } = trials[i] ?? {};
      return [label, button, formatMs(electedMs), marks.join(', ')];
    });
  });
  return section('The slowest trials of each', [
    scrollingTable('The slowest trials of each', ['', 'trial', 'elected', 'marks'], rows),
  ]);
}

function placeOf(results: readonly ElectionBenchResult[]): string {
  const [first] = results;
  return first === undefined ? '' : electionHeading(first)[2];
}

/** Each with what is not the same in all of them. */
function cellsOf(results: readonly ElectionBenchResult[]): Cell[] {
  const options = results.map(optionsOf);
  const names: string[] = [];
  const labels = (): string[] =>
    options.map((each) => names.map((name) => `${name} ${each.get(name) ?? 'none'}`).join(', '));
  for (const name of new Set(options.flatMap((each) => [...each.keys()]))) {
    if (incidental.has(name)) continue;
    // Only what tells cells apart that look the same so far: the rules of a profile follow from it.
    const before = labels();
    const isTold = options.every((each, i) =>
      options.every((other, j) => before[i] !== before[j] || each.get(name) === other.get(name)),
    );
    if (!isTold) names.push(name);
  }
  const found = labels();
  return results.map((result, i) => ({ label: found[i] || `result ${i + 1}`, result }));
}

/** They differ, but nobody asked for it. */
const incidental: ReadonlySet<string> = new Set(['dataDir', 'seed', 'voters', 'voteLog']);

function sharedOptions(results: readonly ElectionBenchResult[]): [string, string][] {
  const [first, ...others] = results.map(optionsOf);
  return [...(first ?? [])].filter(([name, value]) => others.every((each) => each.get(name) === value));
}

function optionsOf({ options: { cluster, ...bench } }: ElectionBenchResult): Map<string, string> {
  return new Map([['nodes', String(cluster.voters.length)], ...flatten({ ...bench, ...cluster })]);
}
