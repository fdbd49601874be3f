/** The report of an election benchmark: one HTML file. */
import { slowestTrials } from '../analysis/explanation.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import type { Trial } from '../analysis/trial.js';
import { electionCharts } from './election-charts.js';
import { againstIdeal, electionHeading, electionNotes, electionTable } from './election-report.js';
import { beginningOf } from './fault-words.js';
import { formatMs } from './format.js';
import { markup, type Markup } from './markup.js';
import { flatten } from './option-words.js';
import { chartFigure, optionList, pageShell, scrollingTable, section, tile } from './page-shell.js';
import { pageTrials } from './page-trials.js';

/** How many of the slowest trials are listed. */
const listed = 10;

/** The whole file: opens offline, and is complete but for the single trials where scripts do not run. */
export async function electionPage(result: ElectionBenchResult): Promise<string> {
  const charts = electionCharts(result);
  const [title, options, place] = electionHeading(result);
  const { head, rows } = electionTable(result);
  return pageShell({
    title: `electorate: ${title}`,
    charts,
    trials: pageTrials(result),
    body: [
      markup`<h1>${title}</h1>
        <p class="quiet">${options}<br />${place}</p>`,
      tiles(result),
      ...charts.map(chartFigure),
      section('In figures', [
        scrollingTable('Phases in figures', head, rows),
        ...electionNotes(result).map((line) => markup`<p class="quiet">${line}</p>`),
      ]),
      slowestTable(result.trials),
      section('Options', [optionList(optionsOf(result))]),
      section('Machine', [optionList(machineOf(result))]),
      markup`<footer class="quiet">
        <p>
          Written by electorate. Nothing was discarded: a trial that a stall has touched is kept and marked. A
          click on a trial, or Enter, opens it.
        </p>
      </footer>`,
    ],
  });
}

function tiles(result: ElectionBenchResult): Markup {
  const { summary, trials, ideal, options } = result;
  const interval = `${beginningOf(options.fault)} → elected`;
  const { p50, p99, mean } = summary.electedMs;
  const laterTerms = trials.filter(({ termSteps }) => termSteps > 1).length;
  const marked = trials.filter(({ marks }) => marks.length > 0).length;
  const of = `of ${trials.length} trials`;
  return markup`<dl class="tiles">
    ${[
      tile('Median', `${formatMs(p50)} ms`, interval),
      tile('99th percentile', `${formatMs(p99)} ms`, interval),
      tile('Mean', `${formatMs(mean)} ms`, ideal === null ? interval : againstIdeal(summary, ideal)),
      summary.outageMs === null
        ? tile('After detection', `${formatMs(summary.campaignMs.p50)} ms`, 'median, until elected')
        : tile('Outage', `${formatMs(summary.outageMs.p50)} ms`, 'median, until a client’s write'),
      tile('Second terms', String(laterTerms), of),
      tile('Marked', String(marked), of),
    ]}
  </dl>`;
}

function slowestTable(trials: readonly Trial[]): Markup {
  const rows = slowestTrials(trials, listed).map((i) => {
    const trial = trials[i];
    const button = markup`<button data-opens="${i}" disabled>Trial ${i + 1}</button>`;
    if (trial === undefined) return [button];
    const { electedMs, phases, rounds, termSteps, winner, marks } = trial;
    const times = [electedMs, phases.detect, electedMs - phases.detect].map(formatMs);
    return [button, ...times, String(rounds), String(termSteps), winner, marks.join(', ')];
  });
  const head = ['', 'elected', 'detect', 'after it', 'rounds', 'terms', 'winner', 'marks'];
  return section('The slowest trials', [scrollingTable('The slowest trials', head, rows)]);
}

function optionsOf({ options: { cluster, ...bench } }: ElectionBenchResult): (readonly [string, string])[] {
  return flatten({ ...bench, ...cluster });
}

function machineOf({ machine }: ElectionBenchResult): (readonly [string, string])[] {
  const { node, platform, cpu, cores, memoryBytes, load } = machine;
  return [
    ['Node.js', node],
    ['platform', platform],
    ['processor', cpu],
    ['cores', String(cores)],
    ['memory', `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ['load before', load.toFixed(2)],
  ];
}
