/** The tables of a stress run, for the terminal and for a page. */
import type { Incident, StressNode, StressResult } from '../analysis/stress/stress-result.js';
import { causesOf, type CauseCount, type ContentionSummary } from '../analysis/stress/stress-summary.js';
import { formatMs } from './format.js';
import { causeWords, outcomeWords } from './stress-words.js';

/** Heads may hold line breaks where they would be wider than what stands below them. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** More do not fit a terminal beside each other. */
const mostNodes = 9;

/** What happened: elections, and who went without a leader. */
export function eventsTable(summaries: readonly ContentionSummary[], { plan }: StressResult): Table {
  const withCrashes = plan.faults !== 'none';
  return {
    head: [
      'contention',
      'runs',
      ...(withCrashes ? ['crashes'] : []),
      'false\nelections',
      'leader\nchanges',
      'term\nsteps',
      'saved by\npre-vote',
      'near\nmisses',
      'without a\nleader, ms',
      'client\noutage, ms',
    ],
    rows: summaries.map((summary) => {
      const { contention, measured, counts, withoutLeaderMs, clients } = summary;
      const runs = `${measured}/${plan.repeats}`;
      if (measured === 0) {
        const word = missingWord(summary);
        return [contention, runs, ...(withCrashes ? [''] : []), word, ...Array<string>(6).fill('')];
      }
      return [
        contention,
        runs,
        ...(withCrashes ? [String(counts.crashes)] : []),
        falseElections(summary),
        String(counts.leaderChanges),
        String(counts.termSteps),
        String(counts.savedByPreVote),
        String(counts.nearMisses),
        formatMs(withoutLeaderMs),
        clients === null ? '' : formatMs(clients.longestOutageMs),
      ];
    }),
  };
}

/** A level that exerted nothing must not look like one that was withstood. */
export function falseElections({ contention, measured, exerted, counts }: ContentionSummary): string {
  const { falseElections: times, explainedByHost } = counts;
  const host = explainedByHost === 0 ? '' : ` (${explainedByHost})`;
  if (contention === 'none' || exerted === measured) return `${times}${host}`;
  const part = exerted === 0 ? 'no pressure' : `no pressure in ${measured - exerted}`;
  return times === 0 && exerted === 0 ? part : `${times}${host},\n${part}`;
}

function missingWord({ missing }: ContentionSummary): string {
  const [first] = missing;
  return first?.type ?? 'not yet';
}

/** How long things took. */
export function timesTable(summaries: readonly ContentionSummary[], { plan }: StressResult): Table {
  const withCrashes = plan.faults !== 'none';
  const withRecovery = summaries.some(({ recoveryMs }) => recoveryMs !== null);
  const adapts = summaries.some(
    ({ electionTimeoutMs: range }) => range !== null && range.least !== range.most,
  );
  return {
    head: [
      'contention',
      'heartbeat gap,\n% of T: p50',
      'p99',
      'max',
      ...(adapts ? ['T,\nms'] : []),
      ...(withCrashes ? ['failover\np50, ms', 'p99'] : []),
      ...(withRecovery ? ['after it\np50, ms'] : []),
      'mailbox\ndepth',
      'oldest,\nms',
      'router\nlag, ms',
      'watching, %\nof a core',
    ],
    rows: summaries
      .filter(({ measured }) => measured > 0)
      .map((summary) => {
        const { heartbeatGaps, electionTimeoutMs, failoverMs, recoveryMs, nodes } = summary;
        return [
          summary.contention,
          ...(heartbeatGaps === null
            ? ['', '', '']
            : [heartbeatGaps.p50, heartbeatGaps.p99, heartbeatGaps.max].map(percent)),
          ...(adapts ? [rangeOf(electionTimeoutMs)] : []),
          ...(withCrashes ? [failoverMs?.p50, failoverMs?.p99].map(timeOf) : []),
          ...(withRecovery ? [timeOf(recoveryMs?.p50)] : []),
          String(Math.max(0, ...nodes.map(({ mailbox }) => mailbox.maxWaiting))),
          formatMs(Math.max(0, ...nodes.map(({ mailbox }) => mailbox.maxAgeMs))),
          formatMs(summary.routerLagMs),
          summary.observationShare === null ? '' : (100 * summary.observationShare).toFixed(2),
        ];
      }),
  };
}

/** The longest stall of each node's event loop, and how many there were. */
export function stallsTable(summaries: readonly ContentionSummary[]): Table {
  const shown = worstNodes(summaries);
  return {
    head: ['contention', ...shown],
    rows: summaries
      .filter(({ measured }) => measured > 0)
      .map(({ contention, nodes }) => [
        contention,
        ...shown.map((id) => stallOf(nodes.find(({ node }) => node === id))),
      ]),
  };
}

function stallOf(node: StressNode | undefined): string {
  if (node === undefined) return '';
  const { count, maxMs } = node.stalls;
  return count === 0 ? '0' : `${formatMs(maxMs)} (${count})`;
}

/** In their order; of more than there is room for, those that stood longest. */
function worstNodes(summaries: readonly ContentionSummary[]): string[] {
  const longest = new Map<string, number>();
  for (const { node, stalls } of summaries.flatMap(({ nodes }) => nodes)) {
    longest.set(node, Math.max(stalls.maxMs, longest.get(node) ?? 0));
  }
  const kept = new Set(
    [...longest]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, mostNodes)
      .map(([node]) => node),
  );
  return [...longest.keys()].filter((node) => kept.has(node));
}

/** Incidents by what was to blame, and by what came of them. */
export function causesTable(incidents: readonly Incident[]): Table {
  const outcomes = Object.keys(outcomeWords) as Incident['outcome'][];
  // A crash is its own explanation: shares are of everything else.
  const others = incidents.filter(({ blame }) => blame.cause !== 'injectedCrash').length;
  return {
    head: ['cause', ...outcomes.map((outcome) => outcomeWords[outcome].replace(', ', ',\n')), 'all', 'share'],
    rows: causesOf(incidents).map(({ cause, outcomes: times, total }) => [
      causeWords[cause].label,
      ...outcomes.map((outcome) => String(times[outcome])),
      String(total),
      cause === 'injectedCrash' ? '' : `${percent(total / others)} %`,
    ]),
  };
}

/** How much of it nobody can explain. */
export function unknownLine(incidents: readonly Incident[]): string {
  const causes = causesOf(incidents);
  const unknown = causes.find(({ cause }) => cause === 'unknown');
  const all = causes.reduce((sum, cause) => sum + falsely(cause), 0);
  const share = all === 0 ? '' : ` (${percent(falsely(unknown) / all)} %)`;
  return (
    `Cause unknown: ${falsely(unknown)} of ${all} false elections${share}, ` +
    `${unknown?.total ?? 0} of ${incidents.length} incidents.`
  );
}

function falsely(of: CauseCount | undefined): number {
  return of === undefined ? 0 : of.outcomes.elected + of.outcomes.termStep;
}

/** Without the sign. */
export function percent(share: number): string {
  return (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0);
}

function timeOf(ms: number | undefined): string {
  return ms === undefined ? '' : formatMs(ms);
}

function rangeOf(range: ContentionSummary['electionTimeoutMs']): string {
  if (range === null) return '';
  const [least, most] = [range.least, range.most].map((ms) => ms.toFixed(0));
  return least === most ? `${least}` : `${least}–${most}`;
}
