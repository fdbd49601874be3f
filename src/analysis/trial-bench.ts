/** Trials on a running cluster: its leader is taken away, and given back. */
import type { NodeStatus } from '../actor/protocol.js';
import type { Cluster } from '../cluster/cluster.js';
import type { RouterMetrics } from '../cluster/meter.js';
import type { StallMonitor } from '../cluster/stall-monitor.js';
import { createRandom, drawBetween, type RandomState } from '../raft/random.js';
import { Clients, type ClientLoad } from './clients.js';
import type { ElectionFault } from './election-plan.js';
import { Observer } from './observer.js';
import { pausePrecisely } from './pause.js';
import { Recording } from './recording.js';
import { describeUnrest, settle, statusOf } from './settle.js';
import { strike, type Conditions } from './strike.js';
import { inTime } from './time-limit.js';
import {
  analyzeTrial,
  describeContest,
  wasDeposedBefore,
  withHost,
  withObserver,
  withRouter,
  withThreads,
  type Trial,
  type TrialContext,
} from './trial.js';

/** Its conditions have been applied to the cluster: what heals a link or disk puts them back. */
export interface TrialKind extends Conditions {
  readonly fault: ElectionFault;
  /** Who writes meanwhile; null: nobody. */
  readonly clients: ClientLoad | null;
  /** Who watches the machine meanwhile; null: nobody. */
  readonly monitor: StallMonitor | null;
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
    kind: TrialKind = { fault: 'crash', clients: null, monitor: null, linkDelay: null, storeDelay: null },
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

    const { fault, clients: load } = this.#kind;
    // Logs are never equal while they write: only now that it has settled.
    using clients = load === null ? null : new Clients(cluster, load, leader);
    await this.#inTime(
      'take a write',
      async (signal) => clients?.first(0, 0, signal),
      () => `${leader} leads`,
    );
    using recording = new Recording(cluster);
    using observer = new Observer();
    const endOfWatch = this.#kind.monitor?.observe();
    const { events } = recording;
    await pausePrecisely(drawBetween(this.#random, 0, heartbeatMs), this.#signal);
    const before = await cluster.status();
    const struck = await strike(cluster, leader, fault, this.#kind);
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
    const host = endOfWatch?.() ?? null;
    const { router } = await cluster.status();
    const served = await this.#inTime(
      'serve its clients',
      async (signal) => (trial === 'deposedBefore' ? null : clients?.first(struck.atMs, term, signal)),
      () => describeContest(context, events),
    );
    clients?.[Symbol.dispose]();
    const after = await this.#inTime(
      'answer after the election',
      (signal) => statusOf(cluster, survivors, signal),
      () => describeContest(context, events),
    );
    await struck.end();
    if (trial === 'deposedBefore') return trial;
    const outageMs = served == null ? null : served.ackedMs - struck.atMs;
    const messages = messagesOf(router) - messagesOf(before.router);
    return withThreads(
      withObserver(withRouter(withHost(trial, host), { lagMs: router.maxLagMs, messages }), {
        lagMs: observer.stalledMs,
        outageMs,
      }),
      statuses,
      after,
    );
  }

  #inTime<T>(what: string, work: (signal: AbortSignal) => Promise<T>, howFar: () => string): Promise<T> {
    return inTime(this.#cluster.options, this.#signal, what, work, howFar);
  }
}

function messagesOf({ routed, direct }: RouterMetrics): number {
  return routed + direct;
}
