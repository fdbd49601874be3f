/** What a stress run comes to, contention by contention: counts added up over its rounds, times pooled. */
import { median, summarize, type Summary } from '../statistics.js';
import type {
  BlameCause,
  Incident,
  StressCell,
  StressCounts,
  StressMeasurement,
  StressNode,
  StressResult,
} from './stress-result.js';

/** One contention over all its rounds. Times in ms. */
export interface ContentionSummary {
  readonly contention: string;
  /** How many cells measured, and in how many of these the pressure that was asked for showed. */
  readonly measured: number;
  readonly exerted: number;
  /** What shows the pressure, or that there was none: of a cell without it where there is one. Null: nothing measured. */
  readonly evidence: string | null;
  /** Cells that measured nothing, each reason once. */
  readonly missing: readonly {
    readonly type: 'skipped' | 'failed';
    readonly reason: string;
    readonly times: number;
  }[];
  /** Of all measured cells together. */
  readonly durationMs: number;
  readonly counts: StressCounts;
  readonly withoutLeaderMs: number;
  /** Crash → elected; null without crashes that a leader followed. */
  readonly failoverMs: Summary | null;
  /** Crash → elected once the pressure had ended; null where that was not looked at. */
  readonly recoveryMs: Summary | null;
  /** As clients saw it; null without clients. */
  readonly clients: {
    readonly outages: number;
    readonly outageMs: number;
    readonly longestOutageMs: number;
    readonly sent: number;
    readonly acknowledged: number;
  } | null;
  /** As shares of T: the median cell's median, the worst cell's p99, and the longest. Null: none was heard. */
  readonly heartbeatGaps: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** By node, in their order. */
  readonly nodes: readonly StressNode[];
  readonly routerLagMs: number;
  /** The least and the most of what the nodes agreed on. */
  readonly electionTimeoutMs: { readonly least: number; readonly most: number } | null;
  /** What watching cost at most, as a share of one core; null where it is not told. */
  readonly observationShare: number | null;
}

/** One a contention, in the order of the plan. */
export function summarizeStress({ plan, cells }: StressResult): ContentionSummary[] {
  return plan.contentions.map((contention) =>
    summarizeCells(
      contention,
      cells.filter((cell) => cell.contention === contention),
    ),
  );
}

/** The cells that measured, with where they belong. */
export function measurementsOf(
  cells: readonly StressCell[],
): readonly (StressMeasurement & Pick<StressCell, 'contention' | 'round'>)[] {
  return cells.flatMap(({ contention, round, outcome }) =>
    outcome.type === 'measured' ? [{ ...outcome, contention, round }] : [],
  );
}

function summarizeCells(contention: string, cells: readonly StressCell[]): ContentionSummary {
  const measured = measurementsOf(cells);
  const exerted = measured.filter(({ verdict }) => verdict.exerted);
  const idle = measured.find(({ verdict }) => !verdict.exerted);
  const timeouts = measured.flatMap(({ timeouts: trace }) =>
    trace.map(({ electionTimeoutMs }) => electionTimeoutMs),
  );
  const shares = measured.flatMap(({ observationShare }) =>
    observationShare === null ? [] : [observationShare],
  );
  return {
    contention,
    measured: measured.length,
    exerted: exerted.length,
    evidence: (idle ?? exerted[0])?.verdict.evidence ?? null,
    missing: missingOf(cells),
    durationMs: total(measured, ({ durationMs }) => durationMs),
    counts: addCounts(measured.map(({ counts }) => counts)),
    withoutLeaderMs: total(measured, ({ withoutLeaderMs }) => withoutLeaderMs),
    failoverMs: summaryOf(measured.flatMap(({ failovers }) => failovers.map(({ electedMs }) => electedMs))),
    recoveryMs: summaryOf(
      measured.flatMap(({ recovery }) => (recovery ?? []).map(({ electedMs }) => electedMs)),
    ),
    clients: addClients(measured),
    heartbeatGaps: worstGaps(measured),
    nodes: worstNodes(measured),
    routerLagMs: most(measured.map(({ routerLag }) => routerLag.maxMs)),
    electionTimeoutMs: timeouts.length === 0 ? null : { least: least(timeouts), most: most(timeouts) },
    observationShare: shares.length === 0 ? null : most(shares),
  };
}

function missingOf(cells: readonly StressCell[]): ContentionSummary['missing'] {
  const found = new Map<string, ContentionSummary['missing'][number]>();
  for (const { outcome } of cells) {
    if (outcome.type === 'measured') continue;
    const { type, reason } = outcome;
    const key = `${type} ${reason}`;
    found.set(key, { type, reason, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()];
}

function addCounts(all: readonly StressCounts[]): StressCounts {
  return {
    crashes: total(all, ({ crashes }) => crashes),
    falseElections: total(all, ({ falseElections }) => falseElections),
    explainedByHost: total(all, ({ explainedByHost }) => explainedByHost),
    leaderChanges: total(all, ({ leaderChanges }) => leaderChanges),
    termSteps: total(all, ({ termSteps }) => termSteps),
    suspicions: total(all, ({ suspicions }) => suspicions),
    savedByPreVote: total(all, ({ savedByPreVote }) => savedByPreVote),
    nearMisses: total(all, ({ nearMisses }) => nearMisses),
    invariantViolations: total(all, ({ invariantViolations }) => invariantViolations),
  };
}

function addClients(measured: readonly StressMeasurement[]): ContentionSummary['clients'] {
  const all = measured.flatMap(({ clients }) => (clients === null ? [] : [clients]));
  if (all.length === 0) return null;
  return {
    outages: total(all, ({ outages }) => outages),
    outageMs: total(all, ({ outageMs }) => outageMs),
    longestOutageMs: most(all.map(({ longestOutageMs }) => longestOutageMs)),
    sent: total(all, ({ sent }) => sent),
    acknowledged: total(all, ({ acknowledged }) => acknowledged),
  };
}

function worstGaps(measured: readonly StressMeasurement[]): ContentionSummary['heartbeatGaps'] {
  const all = measured.flatMap(({ heartbeatGaps }) => (heartbeatGaps === null ? [] : [heartbeatGaps]));
  if (all.length === 0) return null;
  return {
    p50: median(all.map(({ p50 }) => p50)),
    p99: most(all.map(({ p99 }) => p99)),
    max: most(all.map(({ max }) => max)),
  };
}

function worstNodes(measured: readonly StressMeasurement[]): StressNode[] {
  const ids = new Set(measured.flatMap(({ nodes }) => nodes.map(({ node }) => node)));
  return [...ids].map((node) => {
    const all = measured.flatMap(({ nodes }) => nodes.filter((each) => each.node === node));
    return {
      node,
      stalls: {
        count: total(all, ({ stalls }) => stalls.count),
        totalMs: total(all, ({ stalls }) => stalls.totalMs),
        maxMs: most(all.map(({ stalls }) => stalls.maxMs)),
      },
      mailbox: {
        maxWaiting: most(all.map(({ mailbox }) => mailbox.maxWaiting)),
        maxAgeMs: most(all.map(({ mailbox }) => mailbox.maxAgeMs)),
        dropped: total(all, ({ mailbox }) => mailbox.dropped),
      },
    };
  });
}

/** One cause, with how often it led to what. */
export interface CauseCount {
  readonly cause: BlameCause;
  readonly outcomes: Readonly<Record<Incident['outcome'], number>>;
  readonly total: number;
}

/** The causes of all incidents, the most frequent first, the unknown ones last. */
export function causesOf(incidents: readonly Incident[]): CauseCount[] {
  return [...new Set(incidents.map(({ blame }) => blame.cause))]
    .map((cause) => {
      const mine = incidents.filter(({ blame }) => blame.cause === cause);
      const times = (outcome: Incident['outcome']): number =>
        mine.filter((incident) => incident.outcome === outcome).length;
      return {
        cause,
        outcomes: {
          elected: times('elected'),
          termStep: times('termStep'),
          saved: times('saved'),
          failover: times('failover'),
        },
        total: mine.length,
      };
    })
    .toSorted((a, b) => Number(a.cause === 'unknown') - Number(b.cause === 'unknown') || b.total - a.total);
}

/** An incident with the cell that it happened in. */
export interface PlacedIncident {
  readonly contention: string;
  readonly round: number;
  readonly incident: Incident;
}

/** All of them, contention by contention and round by round: the place of one, from 1, is its number in every report. */
export function incidentsOf({ plan: { contentions }, cells }: StressResult): PlacedIncident[] {
  return measurementsOf(cells)
    .flatMap(({ contention, round, incidents }) =>
      incidents.map((incident) => ({ contention, round, incident })),
    )
    .toSorted(
      (a, b) =>
        contentions.indexOf(a.contention) - contentions.indexOf(b.contention) ||
        a.round - b.round ||
        a.incident.atMs - b.incident.atMs,
    );
}

/** False elections and what pre-vote saved, the worst first: what changed leaders, then the longest silence. */
export function worstIncidents(incidents: readonly PlacedIncident[]): PlacedIncident[] {
  const severity = { elected: 0, termStep: 1, saved: 2, failover: 3 } as const;
  return incidents
    .filter(({ incident }) => incident.outcome !== 'failover')
    .toSorted(
      ({ incident: a }, { incident: b }) =>
        severity[a.outcome] - severity[b.outcome] || b.blame.forMs - a.blame.forMs,
    );
}

function summaryOf(samples: readonly number[]): Summary | null {
  return samples.length === 0 ? null : summarize(samples);
}

function total<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((sum, each) => sum + of(each), 0);
}

/** There may be more than a call takes arguments. */
function most(values: readonly number[]): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}

function least(values: readonly number[]): number {
  return values.reduce((lowest, value) => Math.min(lowest, value), Number.POSITIVE_INFINITY);
}
