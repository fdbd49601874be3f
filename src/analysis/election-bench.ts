/** The election benchmark: take the leader of a settled cluster away, again and again, and say where the time went. */
import type { NodeStatus } from '../actor/protocol.js';
import { Cluster } from '../cluster/cluster.js';
import type { LinkDelay } from '../cluster/link.js';
import type { RouterMetrics } from '../cluster/meter.js';
import { ElectorateError } from '../errors.js';
import { refuseOption } from '../options.js';
import { createRandom, drawBetween, type RandomState } from '../raft/random.js';
import type { Delay } from '../simulation/delay.js';
import { resolveElectionPlan, type ElectionBenchOptions, type ElectionFault } from './election-plan.js';
import { electionResult, type ElectionBenchResult } from './election-result.js';
import { describeMachine } from './machine.js';
import { pausePrecisely } from './pause.js';
import { Recording } from './recording.js';
import { describeUnrest, settle, statusOf } from './settle.js';
import { applyConditions, strike, type Conditions } from './strike.js';
import {
  analyzeTrial,
  describeContest,
  wasDeposedBefore,
  withRouter,
  withThreads,
  type Trial,
  type TrialContext,
} from './trial.js';

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
  const plan = resolveElectionPlan(options);
  const { trials: count, fault, linkDelay, storeDelay } = plan;
  if (storeDelay !== null) refuseOption('storeDelay', storeDelay, 'to be left out on real threads');
  const conditions = { links: linkDelay === null ? null : { delay: asLinkDelay(linkDelay) } };
  const machine = describeMachine();
  signal?.throwIfAborted();
  await using cluster = await Cluster.start(options.cluster);
  await applyConditions(cluster, conditions);
  const bench = new TrialBench(cluster, signal, { fault, conditions });
  const trials: Trial[] = [];
  while (trials.length < count) {
    const trial = await bench.run();
    trials.push(trial);
    onProgress?.(trial, trials.length, count);
  }
  return electionResult({ ...plan, cluster: cluster.options, engine: 'threads', machine }, trials);
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

export interface TrialKind {
  readonly fault: ElectionFault;
  /** As they have been applied to the cluster: what heals a link puts them back. */
  readonly conditions: Conditions;
}

/** Trials on a running cluster that somebody else starts and stops. One at a time. */
export class TrialBench {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #kind: TrialKind;
  readonly #random: RandomState;

  /** @param signal ends the trial under way, which rejects with its reason */
  constructor(
    cluster: Cluster,
    signal: AbortSignal = new AbortController().signal,
    kind: TrialKind = { fault: 'crash', conditions: { links: null } },
  ) {
    this.#cluster = cluster;
    this.#signal = signal;
    this.#kind = kind;
    this.#random = createRandom(cluster.options.seed);
  }

  /**
   * One trial: settle, remove the leader at a random phase of its heartbeat interval, watch, bring it back. A fault that
   * came too late, because the leader had just been replaced, is no trial and is made again.
   * @throws ElectorateError `trialTimedOut`, the signal's reason
   */
  async run(): Promise<Trial> {
    for (;;) {
      const trial = await this.#removeLeader();
      if (trial !== 'deposedBefore') return trial;
    }
  }

  async #removeLeader(): Promise<Trial | 'deposedBefore'> {
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
    const { fault, conditions } = this.#kind;
    const struck = await strike(cluster, leader, fault, conditions);
    const survivors = voters.filter((id) => id !== leader);
    const context: TrialContext = { crashed: leader, crashedAtMs: struck.atMs, term, survivors };
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
    await struck.end();
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
