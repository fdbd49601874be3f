/**
 * Advice that was tried: measures the machine, advises, predicts what the advised timeouts will do, and then looks
 * whether they do it.
 */
import { randomInt } from 'node:crypto';
import { Cluster } from '../cluster/cluster.js';
import { refuseOption, resolveClusterOptions, type ClusterOptions } from '../options.js';
import type { Delay } from '../delay.js';
import {
  advise,
  resolveWishes,
  type Advice,
  type MachineCosts,
  type ResolvedWishes,
  type Wishes,
} from './advice.js';
import { judgeAdvice, type Prediction, type Verdict } from './advice-verdict.js';
import { TrialBench } from './trial-bench.js';
import type { ElectionBenchOptions } from './election-plan.js';
import { summarizeTrials, type ElectionBenchResult, type ElectionSummary } from './election-result.js';
import { describeMachine, type Machine } from './machine.js';
import { measureCosts, watchIdle } from './machine-costs.js';
import { benchSimulatedElections } from './simulated-bench.js';
import { median, summarize } from './statistics.js';
import type { Trial } from './trial.js';

/** What is left out is measured, for some ten seconds. */
export interface AdviseOptions extends Omit<Wishes, 'toleratedStallMs'> {
  /** A message to another node and its answer, in ms. */
  readonly roundTripMs?: number | undefined;
  /** One durable write, in ms. */
  readonly flushMs?: number | undefined;
  /** The longest that a leader's thread may stand still without losing its place, in ms; its stalls are not watched. */
  readonly loopLagMs?: number | undefined;
  /** Where the advice is tried. Default: 'threads', and 'simulation' where a cost was given, not measured. */
  readonly engine?: 'threads' | 'simulation' | undefined;
  /** Whose writes are timed. Default 'disk'. */
  readonly store?: 'disk' | 'memory' | undefined;
  /** How many leaders are crashed to try the advice. Default 100 on threads, 2,000 simulated. */
  readonly trials?: number | undefined;
  /** How long the threads are watched for stalls, and once more with the advised timeouts. Default 10,000. */
  readonly watchMs?: number | undefined;
  /** Seeds every draw. Default: a random one. */
  readonly seed?: number | undefined;
}

/** The JSON that `electorate advise` writes. All times in ms. */
export interface AdviceResult {
  readonly schema: 'electorate.advice/1';
  readonly machine: Machine;
  readonly seed: number;
  /** Which costs were measured here, and not given. */
  readonly measured: { readonly roundTrip: boolean; readonly flush: boolean; readonly loopLag: boolean };
  readonly advice: Advice;
  /** By the closed forms, and by simulated elections whose messages and writes take what real ones took. */
  readonly predictions: { readonly closedForms: Prediction; readonly simulation: Prediction };
  readonly verification: Verification;
}

export interface Verification extends Verdict {
  readonly engine: 'threads' | 'simulation';
  /** The prediction that it was held against: never the verification's own. */
  readonly against: 'closedForms' | 'simulation';
  readonly summary: ElectionSummary;
  /** Without a fault; null where nobody watched. */
  readonly idle: { readonly falseElections: number; readonly watchedMs: number } | null;
}

export interface AdviseRun {
  /** Called when a stage begins and, within the verification, after each trial. Must not throw. */
  readonly onProgress?:
    ((stage: 'measuring' | 'predicting' | 'verifying', done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Elections that are held to time messages and writes. */
const timedElections = 20;
const predictedElections = 4_000;
/** No cost or watch is longer. */
const mostMs = 60_000;

/**
 * @throws ElectorateError `invalidOption` before anything is started, or when no timeout keeps the wishes here;
 *   `trialTimedOut`; what `Cluster.start` throws; the signal's reason
 */
export async function adviseTimeouts(
  options: AdviseOptions = {},
  { onProgress = () => {}, signal = new AbortController().signal }: AdviseRun = {},
): Promise<AdviceResult> {
  const settings = resolveAdviseOptions(options);
  const { seed, engine, trials, measured, wishes } = settings;
  const machine = describeMachine();
  onProgress('measuring', 0, 1);
  const costs = await costsOf(settings, signal);
  const advice = advise(costs, wishes);
  const cluster = clusterFor(advice, settings);
  onProgress('predicting', 0, 1);
  const delays = { linkDelay: asDelay(costs.delaysMs), storeDelay: asDelay(costs.writesMs) };
  const simulation = predictionOf(
    await benchSimulatedElections({ trials: predictedElections, ...delays, cluster }, { signal }),
  );
  const { meanMs, p99Ms, splitVoteProbability } = advice.expected;
  const closedForms = { meanMs, p99Ms, splitVotes: splitVoteProbability };
  const onTrial = (done: number): void => onProgress('verifying', done, trials);
  onTrial(0);
  const [against, tried] =
    engine === 'threads'
      ? (['simulation', await tryOnThreads(cluster, settings, signal, onTrial)] as const)
      : ([
          'closedForms',
          await trySimulated({ trials, ...delays, cluster: { ...cluster, seed: seed + 1 } }, signal, onTrial),
        ] as const);
  const predictions = { closedForms, simulation };
  return {
    schema: 'electorate.advice/1',
    machine,
    seed,
    measured,
    advice,
    predictions,
    verification: {
      engine,
      against,
      summary: summarizeTrials(tried.trials),
      idle: tried.idle,
      ...judgeAdvice(predictions[against], tried.trials, costs),
    },
  };
}

interface Settings {
  readonly wishes: ResolvedWishes;
  readonly given: { readonly delaysMs?: readonly number[]; readonly writesMs?: readonly number[] };
  readonly measured: AdviceResult['measured'];
  readonly engine: 'threads' | 'simulation';
  readonly trials: number;
  readonly seed: number;
  readonly store: 'disk' | 'memory';
  readonly watchMs: number;
}

/** @throws ElectorateError `invalidOption` */
function resolveAdviseOptions(options: AdviseOptions): Settings {
  const { roundTripMs, flushMs, loopLagMs, store = 'disk', watchMs = 10_000 } = options;
  for (const [option, ms] of Object.entries({ roundTripMs, flushMs, loopLagMs, watchMs })) {
    if (ms === undefined || (ms > 0 && ms <= mostMs)) continue;
    refuseOption(option, ms, `to be greater than 0 and at most ${mostMs}`);
  }
  const measured = {
    roundTrip: roundTripMs === undefined,
    flush: flushMs === undefined,
    loopLag: loopLagMs === undefined,
  };
  const here = measured.roundTrip && measured.flush && measured.loopLag;
  const { engine = here ? 'threads' : 'simulation', seed = randomInt(2 ** 32) } = options;
  const { trials = engine === 'threads' ? 100 : 2_000 } = options;
  if (!Number.isSafeInteger(trials) || trials < 1)
    refuseOption('trials', trials, 'to be a whole number from 1');
  const { nodes, profile, falseElectionsPerHour, lostHeartbeats } = options;
  const wishes = resolveWishes({
    nodes,
    profile,
    falseElectionsPerHour,
    lostHeartbeats,
    toleratedStallMs: loopLagMs,
  });
  resolveClusterOptions({ nodes, store, seed });
  // Where nothing is started there is nothing that could be stored or watched.
  if (engine === 'simulation' && !Object.values(measured).includes(true) && store !== 'disk')
    refuseOption('store', store, 'to be left out where nothing is measured');
  if (engine === 'simulation' && !measured.loopLag && watchMs !== 10_000)
    refuseOption('watchMs', watchMs, 'to be left out where no stalls are watched');
  if (!measured.loopLag && wishes.falseElectionsPerHour !== 1)
    refuseOption(
      'falseElectionsPerHour',
      falseElectionsPerHour,
      'to be left out with `loopLagMs`, which says what must cost no election',
    );
  const given = {
    ...(roundTripMs === undefined ? {} : { delaysMs: [roundTripMs / 2] }),
    ...(flushMs === undefined ? {} : { writesMs: [flushMs] }),
  };
  return { wishes, given, measured, engine, trials, seed, store, watchMs };
}

/** The medians that the formulas take, and the samples that they are of. */
interface KnownCosts extends MachineCosts {
  readonly delaysMs: readonly number[];
  readonly writesMs: readonly number[];
}

async function costsOf(settings: Settings, signal: AbortSignal): Promise<KnownCosts> {
  const { given, measured, wishes, store, seed, watchMs } = settings;
  const { roundTrip, flush, loopLag } = measured;
  const here =
    roundTrip || flush || loopLag
      ? await measureCosts(
          {
            nodes: wishes.nodes,
            store,
            seed,
            watchMs: loopLag ? watchMs : 0,
            elections: roundTrip || flush ? timedElections : 0,
          },
          signal,
        )
      : null;
  const delaysMs = given.delaysMs ?? here?.delaysMs ?? [];
  const writesMs = given.writesMs ?? here?.writesMs ?? [];
  const stalls = loopLag ? (here?.stalls ?? null) : null;
  return { delaysMs, writesMs, delayMs: median(delaysMs), writeMs: median(writesMs), stalls };
}

/** Nobody tells of the crash, as between machines: that is what timeouts are for. */
function clusterFor(advice: Advice, { wishes, seed }: Settings): ClusterOptions {
  const { electionTimeoutMs, electionJitterMs, heartbeatMs, retryJitterMs, successorSlotMs } = advice;
  return {
    nodes: wishes.nodes,
    profile: wishes.profile,
    electionTimeoutMs,
    electionJitterMs,
    heartbeatMs,
    retryJitterMs,
    successorSlotMs,
    rules: { exitNotice: false },
    seed,
  };
}

interface Tried {
  readonly trials: readonly Trial[];
  readonly idle: Verification['idle'];
}

async function tryOnThreads(
  options: ClusterOptions,
  { trials: count, watchMs, store }: Settings,
  signal: AbortSignal,
  onTrial: (done: number) => void,
): Promise<Tried> {
  await using cluster = await Cluster.start({ ...options, store });
  const { falseElections, watchedMs } = await watchIdle(cluster, watchMs, signal);
  const bench = new TrialBench(cluster, signal);
  const trials: Trial[] = [];
  while (trials.length < count) {
    trials.push(await bench.run());
    onTrial(trials.length);
  }
  return { trials, idle: { falseElections, watchedMs } };
}

async function trySimulated(
  options: ElectionBenchOptions,
  signal: AbortSignal,
  onTrial: (done: number) => void,
): Promise<Tried> {
  const { trials } = await benchSimulatedElections(options, {
    signal,
    onProgress: (_trial, done) => onTrial(done),
  });
  return { trials, idle: null };
}

/** One in a hundred met a stall, which is no property of messages: those are counted apart. */
function asDelay(samplesMs: readonly number[]): Delay {
  const { p99 } = summarize(samplesMs);
  return { type: 'sampled', ms: samplesMs.filter((ms) => ms <= p99) };
}

function predictionOf({ summary, trials }: ElectionBenchResult): Prediction {
  const { mean, p99 } = summary.electedMs;
  return { meanMs: mean, p99Ms: p99, splitVotes: summary.splitVotes / trials.length };
}
