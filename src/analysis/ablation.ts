/**
 * What each feature of the protocol is worth: the election benchmark with all of them and with each switched in turn, in
 * one run and in alternation, and a set of situations in which single ones matter.
 */
import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  count,
  refuseOption,
  resolveClusterOptions,
  type ClusterOptions,
  type ResolvedClusterOptions,
} from '../options.js';
import type { Rules } from '../raft/options.js';
import { createRandom, drawUint32 } from '../raft/random.js';
import { ablationScenarios } from '../simulation/ablation-scenarios.js';
import type { Delay } from '../delay.js';
import { judge, type Verdict } from '../simulation/verdicts.js';
import { benchElections } from './election-bench.js';
import { resolveElectionPlan, type ElectionBenchOptions } from './election-plan.js';
import { summarizeTrials, type ElectionSummary } from './election-result.js';
import { describeMachine, type Machine } from './machine.js';
import { benchSimulatedElections } from './simulated-bench.js';
import { differenceOf, type Difference } from './statistics.js';
import type { Trial } from './trial.js';

/** One way to differ from the rest. */
export interface Feature {
  readonly name: string;
  readonly rules: Partial<Rules>;
  /** Not to be had without `unsafeCombination`: it can stay without a leader. */
  readonly unsafe?: true;
}

/** An exit notice is off in everything else: it would leave nothing to detect. */
export const features: readonly Feature[] = [
  { name: 'ranked successors', rules: { rankedSuccessors: false } },
  { name: 'pre-vote', rules: { preVote: false } },
  { name: 'lease and quorum check', rules: { lease: false, quorumCheck: false } },
  { name: 'lease', rules: { lease: false }, unsafe: true },
  { name: 'quorum check', rules: { quorumCheck: false }, unsafe: true },
  { name: 'retry wait', rules: { retryWait: false } },
  { name: 'step down when lost', rules: { stepDownOnVoteTimeout: false } },
  { name: 'early loss', rules: { earlyLoss: false } },
  { name: 'lease hint', rules: { leaseHint: false } },
  { name: 'broadcast heartbeats', rules: { broadcastHeartbeats: false } },
  { name: 'fine timers', rules: { fineTimers: false } },
  { name: 'running clock', rules: { runningClock: false } },
  { name: 'drain before suspecting', rules: { drainBeforeSuspect: false } },
  { name: 'control lane', rules: { controlLane: false } },
  { name: 'restart wait', rules: { restartWait: false } },
  { name: 'prompt start', rules: { promptStart: false } },
  { name: 'exit notice (on)', rules: { exitNotice: true } },
];

export interface AblateOptions {
  /** Where leaders are crashed. The situations are always simulated. Default 'simulation'. */
  readonly engine?: 'threads' | 'simulation' | undefined;
  /** Leaders crashed for each feature. Default 20 on threads, 1,000 simulated. */
  readonly trials?: number | undefined;
  /** Runs of each situation for each feature. Default 10. */
  readonly runs?: number | undefined;
  /** The cluster that keeps everything else; its exit notice is off. Default: five nodes, R 20 ms. */
  readonly cluster?: ClusterOptions | undefined;
  /** Of messages and writes, simulated. Default lognormal with medians of 0.3 and 0.6 ms and sigma 0.5. */
  readonly linkDelay?: Delay | undefined;
  readonly storeDelay?: Delay | undefined;
}

export interface AblateRun {
  /** Called before each block of trials and each row of situations; must not throw. */
  readonly onProgress?: ((what: string, done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The JSON that `electorate ablate` writes. Times in ms. */
export interface AblationResult {
  readonly schema: 'electorate.ablation/1';
  readonly machine: Machine;
  readonly engine: 'threads' | 'simulation';
  readonly cluster: ResolvedClusterOptions;
  /** What was asked for, of a message and of a write; null where nothing is added to the real ones. */
  readonly delays: { readonly linkDelay: Delay | null; readonly storeDelay: Delay | null };
  readonly trials: number;
  readonly runs: number;
  /** With everything. */
  readonly full: AblationSide;
  readonly rows: readonly AblationRow[];
}

export interface AblationSide {
  /** Crash → elected, each in the order of the trials. */
  readonly electedMs: readonly number[];
  readonly summary: ElectionSummary;
  /** Requests refused a trial, on average. */
  readonly refusals: number;
  readonly situations: readonly Situation[];
}

export interface AblationRow extends AblationSide {
  readonly feature: Feature;
  /** Against the full side: what it costs to be without. 95 % intervals. */
  readonly difference: { readonly mean: Difference; readonly p50: Difference; readonly p99: Difference };
}

export interface Situation {
  readonly name: string;
  readonly verdicts: readonly Verdict[];
}

/** So short is the time between the two sides of a comparison, in trials, that a busy machine meets both. */
const trialsPerBlock = 5;

/**
 * @throws ElectorateError `invalidOption` before anything is started; `trialTimedOut`; what `Cluster.start` throws; the
 *   signal's reason
 */
export async function ablate(options: AblateOptions = {}, run: AblateRun = {}): Promise<AblationResult> {
  const { engine = 'simulation' } = options;
  checkShared(options.cluster);
  const trials = count('trials', options.trials ?? (engine === 'threads' ? 20 : 1000), 1, 1_000_000);
  const runs = count('runs', options.runs ?? 10, 1, 10_000);
  const base: ClusterOptions = {
    electionJitterMs: 20,
    seed: randomInt(2 ** 32),
    ...options.cluster,
    rules: { ...options.cluster?.rules, exitNotice: false },
  };
  const cluster = resolveClusterOptions(base);
  const switched = features.filter(({ rules }) => isSwitch(rules, cluster.rules));
  const sides: readonly (Feature | null)[] = [null, ...switched];
  const delays = delaysOf(engine, options);
  for (const side of sides) {
    resolveElectionPlan({ trials, cluster: clusterWithout(base, side), ...delays }, engine);
  }
  const machine = describeMachine();
  const found = sides.map((): Trial[] => []);
  const blockLength = engine === 'threads' ? Math.min(trials, trialsPerBlock) : trials;
  for (let done = 0; done < trials; done += blockLength) {
    for (const [at, side] of sides.entries()) {
      run.onProgress?.(side?.name ?? 'everything', done, trials);
      const wanted = Math.min(blockLength, trials - done);
      // Every side draws the same moments, and every block others.
      const withSeed = { ...clusterWithout(base, side), seed: cluster.seed + done };
      found[at]?.push(...(await trialsOf(engine, { trials: wanted, cluster: withSeed, ...delays }, run)));
    }
  }
  const rows: AblationSide[] = [];
  for (const [at, side] of sides.entries()) {
    run.signal?.throwIfAborted();
    run.onProgress?.('situations', at, sides.length);
    rows.push(
      sideOf(found[at] ?? [], situationsOf({ ...cluster.rules, ...side?.rules }, runs, cluster.seed)),
    );
    await setImmediate();
  }
  const [full, ...others] = rows as [AblationSide, ...AblationSide[]];
  return {
    schema: 'electorate.ablation/1',
    machine,
    engine,
    cluster,
    delays: { linkDelay: delays.linkDelay ?? null, storeDelay: delays.storeDelay ?? null },
    trials,
    runs,
    full,
    rows: switched.map((feature, at) => rowOf(feature, full, others[at] ?? full)),
  };
}

/** One side's stores would be in the next one's way; and a notice would leave nothing to find out. */
function checkShared({ dataDir, keep = false, rules }: ClusterOptions = {}): void {
  if (dataDir !== undefined) refuseOption('dataDir', dataDir, 'to be left out of an ablation');
  if (keep) refuseOption('keep', keep, 'to be left out of an ablation');
  if (rules?.exitNotice === true)
    refuseOption('rules.exitNotice', true, 'to be off in an ablation, which switches it on in turn');
}

function clusterWithout(base: ClusterOptions, feature: Feature | null): ClusterOptions {
  if (feature === null) return base;
  return {
    ...base,
    rules: { ...base.rules, ...feature.rules },
    unsafeCombination: feature.unsafe ?? base.unsafeCombination,
  };
}

/** A rule that the cluster has switched already shows nothing. */
function isSwitch(changed: Partial<Rules>, rules: Rules): boolean {
  return (Object.keys(changed) as (keyof Rules)[]).some((name) => changed[name] !== rules[name]);
}

type Delays = Pick<ElectionBenchOptions, 'linkDelay' | 'storeDelay'>;

function delaysOf(engine: 'threads' | 'simulation', { linkDelay, storeDelay }: AblateOptions): Delays {
  if (engine === 'threads') return { linkDelay, storeDelay };
  return {
    linkDelay: linkDelay ?? { type: 'lognormal', medianMs: 0.3, sigma: 0.5 },
    storeDelay: storeDelay ?? { type: 'lognormal', medianMs: 0.6, sigma: 0.5 },
  };
}

async function trialsOf(
  engine: 'threads' | 'simulation',
  options: ElectionBenchOptions,
  { signal }: AblateRun,
): Promise<readonly Trial[]> {
  const bench = engine === 'threads' ? benchElections : benchSimulatedElections;
  const { trials } = await bench(options, { signal });
  return trials;
}

/** Every side meets the same worlds. */
function situationsOf(rules: Rules, runs: number, seed: number): Situation[] {
  return ablationScenarios.map((scenario) => {
    const random = createRandom(seed);
    return {
      name: scenario.name,
      verdicts: Array.from({ length: runs }, () => judge(scenario, rules, drawUint32(random))),
    };
  });
}

function sideOf(trials: readonly Trial[], situations: readonly Situation[]): AblationSide {
  const refused = trials.flatMap((trial) => Object.values(trial.refusals));
  return {
    electedMs: trials.map(({ electedMs }) => electedMs),
    summary: summarizeTrials(trials),
    refusals: refused.reduce((sum, times) => sum + times, 0) / trials.length,
    situations,
  };
}

function rowOf(feature: Feature, full: AblationSide, without: AblationSide): AblationRow {
  const of = (statistic: 'mean' | number): Difference =>
    differenceOf(full.electedMs, without.electedMs, statistic, 0.95);
  return { feature, ...without, difference: { mean: of('mean'), p50: of(0.5), p99: of(0.99) } };
}
