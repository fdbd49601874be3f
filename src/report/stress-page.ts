/** The report of a stress run: one HTML file. */
import type { StressResult } from '../analysis/stress/stress-result.js';
import {
  causesOf,
  incidentsOf,
  summarizeStress,
  worstIncidents,
  type ContentionSummary,
  type PlacedIncident,
} from '../analysis/stress/stress-summary.js';
import { formatMs } from './format.js';
import { markup, type Markup } from './markup.js';
import { flatten } from './option-words.js';
import {
  chartFigure,
  chartFigures,
  optionList,
  pageShell,
  scrollingTable,
  section,
  tile,
} from './page-shell.js';
import type { PageIncident } from './page/data.js';
import { stressCharts } from './stress-charts.js';
import { incidentFacts } from './stress-incident.js';
import {
  eventsNotes,
  missingLines,
  pressureLines,
  stressHeading,
  timesNotes,
  violationLine,
} from './stress-report.js';
import {
  causesTable,
  eventsTable,
  percent,
  stallsTable,
  timesTable,
  unknownLine,
  type Table,
} from './stress-tables.js';
import { causeWords, incidentTitle, outcomeWords } from './stress-words.js';

/** How many of the worst incidents are listed. */
const listed = 12;

/** The whole file: opens offline, and is complete but for the single incidents where scripts do not run. */
export async function stressPage(result: StressResult): Promise<string> {
  const summaries = summarizeStress(result);
  const charts = stressCharts(result);
  const placed = incidentsOf(result);
  const [title, cluster, load, place] = stressHeading(result);
  const whole = [charts.incidents, charts.causes, charts.gaps].filter((chart) => chart !== null);
  const broken = violationLine(summaries);
  const missing = missingLines(summaries);
  return pageShell({
    title: `electorate: ${title}`,
    charts: [...whole, ...charts.failovers, ...charts.timeouts],
    incidents: placed.map(pageIncident),
    body: [
      markup`<h1>${title}</h1>
        <p class="quiet">${cluster}<br />${load}<br />${place}</p>`,
      ...(broken === null ? [] : [markup`<p class="verdict">${broken}</p>`]),
      tiles(summaries, placed),
      section('What happened', [
        tableOf('What happened', eventsTable(summaries, result)),
        ...quiet(eventsNotes),
      ]),
      chartFigure(charts.incidents),
      ...(charts.causes === null ? [] : [chartFigure(charts.causes)]),
      causes(placed),
      worst(placed),
      ...(charts.gaps === null ? [] : [chartFigure(charts.gaps)]),
      section('How long things took', [
        tableOf('How long things took', timesTable(summaries, result)),
        ...quiet(timesNotes),
      ]),
      ...multiples('Crash → elected, beside the baseline', charts.failovers),
      ...multiples('T over time', charts.timeouts),
      section('Longest stall of each event loop', [
        tableOf('Longest stalls', stallsTable(summaries)),
        ...quiet(['In ms, and how many stalls there were.']),
      ]),
      section(
        'Was there pressure?',
        pressureLines(summaries).map((line) => markup`<p>${line}</p>`),
      ),
      ...(missing.length === 0
        ? []
        : [
            section(
              'Not measured',
              missing.map((line) => markup`<p>${line}</p>`),
            ),
          ]),
      section('Options', [optionList(optionsOf(result))]),
      section('Machine', [optionList(flatten(result.machine))]),
      markup`<footer class="quiet">
        <p>
          Written by electorate. Nothing was discarded: what a stall of the host explains is counted, and marked. A
          click on an incident, or Enter, opens it.
        </p>
      </footer>`,
    ],
  });
}

function tableOf(label: string, { head, rows }: Table): Markup {
  return scrollingTable(label, head, rows);
}

/** Lines that a terminal breaks are one paragraph here. */
function quiet(lines: readonly string[]): Markup[] {
  return [markup`<p class="quiet">${lines.join(' ')}</p>`];
}

function multiples(title: string, charts: Parameters<typeof chartFigures>[0]): Markup[] {
  return charts.length === 0 ? [] : [section(title, [chartFigures(charts)])];
}

function tiles(summaries: readonly ContentionSummary[], placed: readonly PlacedIncident[]): Markup {
  const sum = (of: (summary: ContentionSummary) => number): number =>
    summaries.reduce((all, summary) => all + of(summary), 0);
  const falsely = sum(({ counts }) => counts.falseElections);
  const host = sum(({ counts }) => counts.explainedByHost);
  const idle = summaries.filter(
    ({ contention, measured, exerted }) => contention !== 'none' && exerted < measured,
  ).length;
  const unknown = causesOf(placed.map(({ incident }) => incident)).find(({ cause }) => cause === 'unknown');
  const longest = Math.max(0, ...summaries.map(({ heartbeatGaps }) => heartbeatGaps?.max ?? 0));
  return markup`<dl class="tiles">
    ${[
      tile('False elections', String(falsely), `${host} of them by stalls of the host`),
      tile(
        'Saved by pre-vote',
        String(sum(({ counts }) => counts.savedByPreVote)),
        'rounds without a quorum',
      ),
      tile(
        'Without a leader',
        `${formatMs(sum(({ withoutLeaderMs }) => withoutLeaderMs))} ms`,
        'in all cells together',
      ),
      tile('Longest silence', `${percent(longest)} %`, 'of T, between two heartbeats'),
      tile('Cause unknown', String(unknown?.total ?? 0), `of ${placed.length} incidents`),
      tile('Without pressure', String(idle), `of ${summaries.length - 1} contentions, in some run`),
    ]}
  </dl>`;
}

function causes(placed: readonly PlacedIncident[]): Markup {
  const incidents = placed.map(({ incident }) => incident);
  return section(
    'Causes',
    incidents.length === 0
      ? quiet(['Nobody gave a leader up.'])
      : [tableOf('Causes', causesTable(incidents)), ...quiet([unknownLine(incidents)])],
  );
}

function worst(placed: readonly PlacedIncident[]): Markup {
  const shown = worstIncidents(placed).slice(0, listed);
  if (shown.length === 0) return markup``;
  const rows = shown.map((each) => {
    const { contention, round, incident } = each;
    const number = placed.indexOf(each);
    const button = markup`<button data-opens="${number}" disabled>Incident ${number + 1}</button>`;
    const silence = formatMs(incident.blame.forMs);
    return [
      button,
      contention,
      String(round),
      `${(incident.atMs / 1000).toFixed(2)} s`,
      outcomeWords[incident.outcome],
      causeWords[incident.blame.cause].label,
      silence,
    ];
  });
  const head = ['', 'contention', 'round', 'at', 'outcome', 'cause', 'it covers, ms'];
  return section('The worst incidents', [scrollingTable('The worst incidents', head, rows)]);
}

function pageIncident(placed: PlacedIncident): PageIncident {
  return {
    name: incidentTitle(placed),
    sentence: placed.incident.blame.evidence,
    facts: incidentFacts(placed),
  };
}

function optionsOf({
  plan: { cluster, durationMs, repeats, faults, clients },
}: StressResult): [string, string][] {
  return flatten({ durationMs, repeats, faults, clients, ...cluster });
}
