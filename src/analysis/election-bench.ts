/** The election benchmark: crash the leader of a settled cluster, again and again, and say where the time went. */
import type { NodeStatus } from '../actor/protocol.js';
import { Cluster } from '../cluster/cluster.js';
import type { LinkDelay, LinkPolicy } from '../cluster/link.js';
import type { RouterMetrics } from '../cluster/meter.js';
import { ElectorateError } from '../errors.js';
import { refuseOption, resolveClusterOptions, type ClusterOptions } from '../options.js';
import { createRandom, drawBetween, type RandomState } from '../raft/random.js';
import type { Delay } from '../simulation/delay.js';
import { compareWithIdeal, summarizeTrials, type ElectionBenchResult } from './election-result.js';
import { describeMachine } from './machine.js';
import { pausePrecisely } from './pause.js';
import { Recording } from './recording.js';
import { describeUnrest, settle, statusOf } from './settle.js';
import {
  analyzeTrial,
  describeContest,
  wasDeposedBefore,
  withRouter,
  withThreads,
  type Trial,
  type TrialContext,
} from './trial.js';

export interface ElectionBenchOptions {
  /** How many leaders are crashed, one after the other: at least 1. Default 60. */
  readonly trials?: number | undefined;
  /** What happens to the leader. Default and so far the only one: 'crash', its thread is terminated. */
  readonly fault?: 'crash' | undefined;
  /** One way, between any two nodes. Default: on threads none is added, simulated 0.1 ms. */
  readonly linkDelay?: Delay | undefined;
  /** One write. Simulated only, on threads a write takes what it takes. Default 0.2 ms. */
  readonly storeDelay?: Delay | undefined;
  /** The cluster under test; at least three voters. Its seed also draws the moments of the crashes. */
  readonly cluster?: ClusterOptions | undefined;
}

export interface ElectionBenchRun {
  /** Called after each trial, on the calling thread; must not throw. */
  readonly onProgress?: ((trial: Trial, done: number, of: number) => void) | undefined;
  /** Ends the run: the cluster is stopped, then the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a cluster, measures, stops it.
 * @throws ElectorateError `invalidOption` before anything is started; `trialTimedOut` when the cluster does not settle
 *   or elect in time; what `Cluster.start` throws; the signal's reason.
 */
export async function benchElections(
  options: ElectionBenchOptions = {},
  { onProgress, signal }: ElectionBenchRun = {},
): Promise<ElectionBenchResult> {
  const { trials: count, fault } = checkBenchOptions(options);
  const { linkDelay = null, storeDelay } = options;
  if (storeDelay !== undefined) refuseOption('storeDelay', storeDelay, 'to be left out on real threads');
  const policy = linkDelay === null ? null : { delay: asLinkDelay(linkDelay) };
  const machine = describeMachine();
  signal?.throwIfAborted();
  await using cluster = await Cluster.start(options.cluster);
  if (policy !== null) await setEveryLink(cluster, policy);
  const bench = new TrialBench(cluster, signal);
  const trials: Trial[] = [];
  while (trials.length < count) {
    const trial = await bench.run();
    trials.push(trial);
    onProgress?.(trial, trials.length, count);
  }
  return {
    schema: 'electorate.election-bench/2',
    machine,
    options: {
      trials: count,
      fault,
      engine: 'threads',
      delays: { linkDelay, storeDelay: null },
      cluster: cluster.options,
    },
    trials,
    summary: summarizeTrials(trials),
    ideal: compareWithIdeal(cluster.options, trials),
  };
}

function messagesOf({ routed, direct }: RouterMetrics): number {
  return routed + direct;
}

/** The distributions that a router of real messages knows. */
function asLinkDelay(delay: Delay): LinkDelay {
  return delay.type === 'longTailed' || delay.type === 'sampled'
    ? refuseOption('linkDelay', delay.type, 'to be fixed, uniform or lognormal on real threads')
    : delay;
}

async function setEveryLink(cluster: Cluster, policy: LinkPolicy): Promise<void> {
  const { voters } = cluster.options;
  const pairs = voters.flatMap((from) => voters.map((to) => [from, to] as const));
  await Promise.all(
    pairs.filter(([from, to]) => from !== to).map(([from, to]) => cluster.setLink(from, to, policy)),
  );
}

/** @throws ElectorateError `invalidOption` */
export function checkBenchOptions(options: ElectionBenchOptions): {
  readonly trials: number;
  readonly fault: 'crash';
} {
  const { trials = 60, fault = 'crash' } = options;
  if (!Number.isSafeInteger(trials) || trials < 1)
    refuseOption('trials', trials, 'to be a whole number from 1');
  if (fault !== 'crash') refuseOption('fault', fault, "to be 'crash'");
  const { voters } = resolveClusterOptions(options.cluster);
  if (voters.length < 3) {
    refuseOption('nodes', voters.length, 'to be at least 3, so that a quorum outlives a crash');
  }
  return { trials, fault };
}

/** Trials on a running cluster that somebody else starts and stops. One at a time. */
export class TrialBench {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #random: RandomState;

  /** @param signal ends the trial under way, which rejects with its reason */
  constructor(cluster: Cluster, signal: AbortSignal = new AbortController().signal) {
    this.#cluster = cluster;
    this.#signal = signal;
    this.#random = createRandom(cluster.options.seed);
  }

  /**
   * One trial: settle, crash the leader at a random phase of its heartbeat interval, watch, bring it back. A crash that
   * came too late, because the leader had just been replaced, is no trial and is made again.
   * @throws ElectorateError `trialTimedOut`, the signal's reason
   */
  async run(): Promise<Trial> {
    for (;;) {
      const trial = await this.#crashLeader();
      if (trial !== 'deposedBefore') return trial;
    }
  }

  async #crashLeader(): Promise<Trial | 'deposedBefore'> {
    const cluster = this.#cluster;
    const { voters, heartbeatMs } = cluster.options;
    let statuses: readonly NodeStatus[] = [];
    const { leader, term } = await this.#inTime(
      'settle',
      (signal) => settle(cluster, signal, (seen) => (statuses = seen)),
      () => describeUnrest(voters, statuses),
    );

    using recording = new Recording(cluster);
    const { events } = recording;
    await pausePrecisely(drawBetween(this.#random, 0, heartbeatMs), this.#signal);
    const before = await cluster.status();
    const { atMs } = await cluster.crash(leader);
    const survivors = voters.filter((id) => id !== leader);
    const context: TrialContext = { crashed: leader, crashedAtMs: atMs, term, survivors };
    const trial = await this.#inTime(
      'elect a leader that all know',
      (signal) =>
        recording.first(
          ['elected', 'ready', 'leaderKnown'],
          () => (wasDeposedBefore(context, events) ? 'deposedBefore' : analyzeTrial(context, events)),
          signal,
        ),
      () => describeContest(context, events),
    );
    const { router } = await cluster.status();
    const after = await this.#inTime(
      'answer after the election',
      (signal) => statusOf(cluster, survivors, signal),
      () => describeContest(context, events),
    );
    await cluster.restart(leader);
    if (trial === 'deposedBefore') return trial;
    return withThreads(
      withRouter(trial, { lagMs: router.maxLagMs, messages: messagesOf(router) - messagesOf(before.router) }),
      statuses,
      after,
    );
  }

  async #inTime<T>(
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
    howFar: () => string,
  ): Promise<T> {
    const { electionTimeoutMs, electionJitterMs } = this.#cluster.options;
    const boundMs = 10_000 + 50 * (electionTimeoutMs + electionJitterMs);
    const limit = AbortSignal.timeout(boundMs);
    try {
      return await work(AbortSignal.any([limit, this.#signal]));
    } catch (error) {
      if (error !== limit.reason) throw error;
      throw new ElectorateError(
        'trialTimedOut',
        `The cluster did not ${what} within ${boundMs} ms: ${howFar()}`,
        {
          details: { boundMs },
          cause: error,
        },
      );
    }
  }
}
