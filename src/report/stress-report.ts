/** What a stress run found, as text. */
import type { StressResult } from '../analysis/stress/stress-result.js';
import {
  incidentsOf,
  summarizeStress,
  worstIncidents,
  type ContentionSummary,
} from '../analysis/stress/stress-summary.js';
import { clusterLine } from './election-report.js';
import { machineLine } from './machine-line.js';
import {
  causesTable,
  eventsTable,
  stallsTable,
  timesTable,
  unknownLine,
  type Table,
} from './stress-tables.js';
import { incidentTitle } from './stress-words.js';
import { textTable } from './text-table.js';
import { wrap } from './wrap.js';

/** So many of the worst incidents are told. */
const told = 8;

/** Several lines, the last without a line break. */
export function stressReport(result: StressResult): string {
  const summaries = summarizeStress(result);
  const placed = incidentsOf(result);
  const incidents = placed.map(({ incident }) => incident);
  const worst = worstIncidents(placed);
  const parts = [
    stressHeading(result).join('\n'),
    [table(eventsTable(summaries, result)), ...eventsNotes].join('\n'),
    [table(timesTable(summaries, result)), ...timesNotes].join('\n'),
    `Longest stall of each event loop, ms, and how many there were:\n${table(stallsTable(summaries))}`,
    ['Pressure:', ...pressureLines(summaries).map((line) => wrap(line, 110, '  ', '    '))].join('\n'),
  ];
  const missing = missingLines(summaries);
  if (missing.length > 0)
    parts.push(['Not measured:', ...missing.map((line) => wrap(line, 110, '  ', '    '))].join('\n'));
  if (incidents.length > 0) {
    parts.push(`${table(causesTable(incidents))}\n${unknownLine(incidents)}`);
  } else {
    parts.push('Nobody gave a leader up.');
  }
  if (worst.length > 0) {
    parts.push(
      [
        `The worst ${Math.min(told, worst.length)} of ${worst.length} incidents that no crash explains:`,
        ...worst
          .slice(0, told)
          .flatMap((incident) => [
            `  #${placed.indexOf(incident) + 1} ${incidentTitle(incident)}`,
            wrap(incident.incident.blame.evidence, 110, '    '),
          ]),
      ].join('\n'),
    );
  }
  const broken = violationLine(summaries);
  if (broken !== null) parts.push(broken);
  return parts.join('\n\n');
}

/** What was run, with which options, and where. */
export function stressHeading({ plan, machine, cells }: StressResult): [string, string, string, string] {
  const { contentions, repeats, durationMs, faults, clients, cluster } = plan;
  const all = contentions.length * repeats;
  const [kinds, rounds] = [
    `${contentions.length} ${contentions.length === 1 ? 'contention' : 'contentions'}`,
    `${repeats} ${repeats === 1 ? 'round' : 'rounds'}`,
  ];
  const load =
    clients.count === 0
      ? 'no clients'
      : `${clients.count} clients, each a write every ${clients.intervalMs} ms`;
  return [
    `Stress: ${kinds}, ${rounds} of ${durationMs / 1000} s each${cells.length < all ? `; ${cells.length} of ${all} cells so far` : ''}`,
    clusterLine(cluster),
    `${load}; ${faults === 'none' ? 'no crashes' : 'the leader crashed every second'}`,
    machineLine(machine),
  ];
}

/** What the table of events counts: lines below it, on a terminal and in a browser. */
export const eventsNotes: readonly string[] = [
  'False elections: changes of leader or terms begun that no crash explains; in brackets those that a stall of the',
  'host explains. Saved: pre-votes that found no quorum. Near misses: gaps between heartbeats of 80 % of T or more.',
];

/** The same for the table of times. */
export const timesNotes: readonly string[] = [
  "Heartbeat gaps: p50 of the median run, p99 of the worst. Depth and age of mailboxes: the worst node's.",
];

/** One line a contention that measured: whether it was there, and what shows it. */
export function pressureLines(summaries: readonly ContentionSummary[]): string[] {
  return summaries.flatMap(({ contention, measured, exerted, evidence }) => {
    if (measured === 0) return [];
    // Of a single exertion it begins with its name.
    const shown = evidence?.replace(`${contention}: `, '') ?? '';
    if (contention === 'none' || exerted === measured) return [`${contention}: ${shown}`];
    const where = exerted === 0 ? '' : ` in ${measured - exerted} of ${measured} runs`;
    return [`${contention}: no pressure${where}: ${shown}`];
  });
}

/** One line for each reason why cells measured nothing. */
export function missingLines(summaries: readonly ContentionSummary[]): string[] {
  return summaries.flatMap(({ contention, missing }) =>
    missing.map(({ type, reason, times }) => `${contention}: ${type} ${times}×: ${reason}`),
  );
}

/** Null: no two nodes led in one term. */
export function violationLine(summaries: readonly ContentionSummary[]): string | null {
  const broken = summaries.flatMap(({ contention, counts: { invariantViolations: times } }) =>
    times === 0 ? [] : [`${contention} ${times}×`],
  );
  return broken.length === 0 ? null : `BROKEN: two nodes led in one term: ${broken.join(', ')}.`;
}

function table({ head, rows }: Table): string {
  return textTable(
    head,
    rows.map(([name = '', ...cells]) => [narrow(name), ...cells]),
  );
}

/** What is done at once takes a line each. */
function narrow(contention: string): string {
  return contention.length > 18 ? contention.replaceAll('+', '\n+') : contention;
}
