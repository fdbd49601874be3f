/** What each feature is worth under contention: the same stress with each one off in turn, round about. */
import { randomInt } from 'node:crypto';
import {
  count,
  resolveClusterOptions,
  type ClusterOptions,
  type ResolvedClusterOptions,
} from '../../options.js';
import { describeMachine, type Machine } from '../machine.js';
import { stress } from './stress.js';
import { resolveStressPlan } from './stress-plan.js';
import type { StressCell, StressOptions, StressResult } from './stress-result.js';
import { summarizeStress, type ContentionSummary } from './stress-summary.js';

/** One way to differ from the rest. */
export interface StressFeature {
  readonly name: string;
  readonly without: (cluster: ResolvedClusterOptions) => ClusterOptions;
}

/** T is fixed in everything else: that it adapts is the one that is switched on. */
export const stressFeatures: readonly StressFeature[] = [
  { name: 'running clock', without: () => ({ rules: { runningClock: false } }) },
  { name: 'drain before suspect', without: () => ({ rules: { drainBeforeSuspect: false } }) },
  { name: 'control lane', without: () => ({ rules: { controlLane: false } }) },
  { name: 'pre-vote', without: () => ({ rules: { preVote: false } }) },
  { name: 'lease and quorum check', without: () => ({ rules: { lease: false, quorumCheck: false } }) },
  { name: 'patience', without: () => ({ quorumPatience: 1 }) },
  { name: 'fine timers', without: () => ({ rules: { fineTimers: false } }) },
  { name: 'ranked successors', without: () => ({ rules: { rankedSuccessors: false } }) },
  {
    name: 'adaptive T (on)',
    without: ({ electionTimeoutMs }) => ({
      electionTimeoutMs: 'adaptive',
      adaptiveTimeout: { minMs: electionTimeoutMs },
    }),
  },
];

/** How `ablateStress()` is watched and ended. */
export interface StressAblationRun {
  /** Called before each cell; must not throw. */
  readonly onBegin?:
    | ((side: string, cell: Pick<StressCell, 'contention' | 'round'>, done: number, of: number) => void)
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** All times in ms. */
export interface StressAblation {
  readonly schema: 'electorate.stress-ablation/1';
  readonly machine: Machine;
  /** With everything. */
  readonly plan: StressResult['plan'];
  readonly full: readonly ContentionSummary[];
  readonly sides: readonly { readonly name: string; readonly summaries: readonly ContentionSummary[] }[];
}

/**
 * In each round every side has its turn, with the same seed, so that all meet the same machine.
 * @param options as of `stress`; its cluster keeps everything else, and its T is fixed. Default T 15, R 15, h 3, patience 3.
 * @throws ElectorateError as `stress`; the signal's reason
 */
export async function ablateStress(
  options: StressOptions = {},
  { onBegin, signal }: StressAblationRun = {},
): Promise<StressAblation> {
  const given: ClusterOptions = {
    electionTimeoutMs: 15,
    electionJitterMs: 15,
    heartbeatMs: 3,
    quorumPatience: 3,
    seed: randomInt(2 ** 32),
    ...options.cluster,
  };
  const plan = resolveStressPlan({ ...options, cluster: given });
  const repeats = count('repeats', options.repeats ?? 5, 1, 10_000);
  const machine = describeMachine();
  const sides = [
    { name: 'everything', cluster: given },
    ...stressFeatures.map(({ name, without }) => ({ name, cluster: merge(given, without(plan.cluster)) })),
  ].map((side) => ({ ...side, results: [] as StressResult[] }));
  for (const { cluster } of sides) resolveClusterOptions(cluster);
  const cellsPerRun = plan.contentions.length;
  let runs = 0;
  for (let round = 1; round <= repeats; round += 1) {
    for (const { name, cluster, results } of sides) {
      const before = runs * cellsPerRun;
      const seed = plan.cluster.seed + round - 1;
      results.push(
        await stress(
          { ...options, repeats: 1, cluster: { ...cluster, seed } },
          {
            signal,
            onBegin: ({ contention }, done) =>
              onBegin?.(name, { contention, round }, before + done, sides.length * repeats * cellsPerRun),
          },
        ),
      );
      runs += 1;
    }
  }
  const [full, ...others] = sides.map(({ name, results }) => ({ name, summaries: pooled(results) }));
  return {
    schema: 'electorate.stress-ablation/1',
    machine,
    plan: { ...plan, repeats },
    full: full?.summaries ?? [],
    sides: others,
  };
}

function merge(given: ClusterOptions, changed: ClusterOptions): ClusterOptions {
  return { ...given, ...changed, rules: { ...given.rules, ...changed.rules } };
}

/** The rounds of one side as one result. */
function pooled(results: readonly StressResult[]): ContentionSummary[] {
  const [first] = results;
  if (first === undefined) return [];
  const cells = results.flatMap((result, at) => result.cells.map((cell) => ({ ...cell, round: at + 1 })));
  return summarizeStress({ ...first, plan: { ...first.plan, repeats: results.length }, cells });
}
