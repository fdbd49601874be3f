/** Stress results as they come, without running anything. */
import type {
  Failover,
  Incident,
  StressCell,
  StressCounts,
  StressMeasurement,
  StressResult,
} from '../src/analysis/stress/stress-result.js';
import { summarize } from '../src/analysis/statistics.js';
import { resolveClusterOptions, type ClusterOptions } from '../src/options.js';
import { asNodeId, asTerm } from '../src/raft/brands.js';

const ids = ['n1', 'n2', 'n3'].map(asNodeId);

/** Nothing happened. */
export const nothingCounted: StressCounts = {
  crashes: 0,
  falseElections: 0,
  explainedByHost: 0,
  leaderChanges: 0,
  termSteps: 0,
  suspicions: 0,
  savedByPreVote: 0,
  nearMisses: 0,
  invariantViolations: 0,
};

/** A quiet cell of 20 s, but for what is given. */
export function measurementOf({
  counts,
  ...given
}: Partial<Omit<StressMeasurement, 'counts'>> & {
  readonly counts?: Partial<StressCounts>;
} = {}): StressMeasurement {
  return {
    seed: 1,
    durationMs: 20_000,
    pressure: {
      durationMs: 20_000,
      threads: null,
      throttled: null,
      stalledMs: null,
      stealMs: null,
      stopped: { times: 0, totalMs: 0 },
      burdened: [],
      mainBlockedMs: 0,
      mailbox: { fullest: 0, dropped: 0 },
      writes: { count: 10, p50Ms: 0.2, maxMs: 1 },
    },
    verdict: { exerted: true, evidence: 'threads waited 12.3 s for a processor' },
    incidents: [],
    failovers: [],
    withoutLeaderMs: 0,
    clients: {
      sent: 2000,
      acknowledged: 1990,
      refused: 6,
      unknown: 4,
      outages: 1,
      outageMs: 200,
      longestOutageMs: 200,
    },
    heartbeatGaps: summarize([0.2, 0.21, 0.5]),
    nodes: ids.map((node, i) => ({
      node,
      stalls: { count: i, totalMs: 10 * i, maxMs: 10 * i },
      mailbox: { maxWaiting: 3 + i, maxAgeMs: 1.5, dropped: 0 },
    })),
    routerLag: { meanMs: 0.1, maxMs: 2.5, maxDepth: 4 },
    timeouts: [{ atMs: 0, electionTimeoutMs: 150 }],
    recovery: null,
    observationShare: 0.012,
    ...given,
    counts: { ...nothingCounted, ...counts },
  };
}

export function cellOf(
  contention: string,
  round: number,
  given?: Parameters<typeof measurementOf>[0],
): StressCell {
  return { contention, round, outcome: { type: 'measured', ...measurementOf(given) } };
}

/** n3 gave n1 up after a wait for a processor, and was elected; but for what is given. */
export function incidentOf({
  blame,
  ...given
}: Partial<Omit<Incident, 'blame'>> & { readonly blame?: Partial<Incident['blame']> } = {}): Incident {
  return {
    atMs: 12_345.6,
    node: asNodeId('n3'),
    leader: asNodeId('n1'),
    term: asTerm(4),
    outcome: 'elected',
    hostStalled: false,
    ...given,
    blame: {
      cause: 'runQueue',
      thread: 'n1',
      forMs: 148,
      sinceMs: 12_190,
      evidence: 'n1 was ready to run and got no processor for 148 ms of 155 ms of silence.',
      ...blame,
    },
  };
}

export function failoverOf(electedMs: number): Failover {
  return {
    atMs: 1000,
    crashed: asNodeId('n1'),
    winner: asNodeId('n2'),
    term: asTerm(2),
    electedMs,
    readyMs: electedMs + 1,
    termSteps: 1,
  };
}

export function stressResultOf(
  cells: readonly StressCell[],
  cluster: ClusterOptions = {},
  plan: Partial<StressResult['plan']> = {},
): StressResult {
  return {
    schema: 'electorate.stress/1',
    machine: {
      node: 'v20.19.0',
      platform: 'linux x64',
      cpu: 'Engine',
      cores: 2,
      memoryBytes: 2 ** 33,
      load: 0.25,
    },
    plan: {
      contentions: [...new Set(cells.map(({ contention }) => contention))],
      durationMs: 20_000,
      repeats: Math.max(...cells.map(({ round }) => round)),
      faults: 'none',
      clients: { count: 2, intervalMs: 20 },
      recovery: false,
      cluster: resolveClusterOptions({ nodes: 3, seed: 42, ...cluster }),
      ...plan,
    },
    cells,
  };
}
