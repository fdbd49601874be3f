/** Where trials come from: a running cluster, clusters that are started one after the other, or virtual time. */
import { setImmediate } from 'node:timers/promises';
import { Cluster } from '../cluster/cluster.js';
import { deriveSeed } from '../cluster/seeds.js';
import { StallMonitor } from '../cluster/stall-monitor.js';
import type { ResolvedClusterOptions } from '../options.js';
import { invariant } from '../raft/invariant.js';
import type { ElectionPlan } from './election-plan.js';
import { trialSimulator } from './simulated-trial.js';
import { measureStart } from './start-trial.js';
import { applyConditions } from './strike.js';
import type { Trial } from './trial.js';
import { TrialBench } from './trial-bench.js';

/** What the trials run on ends with it. */
export interface TrialSource extends AsyncDisposable {
  /** As it runs: with the temporary folder in use. */
  readonly cluster: ResolvedClusterOptions;
  /** One at a time. */
  next(): Promise<Trial>;
}

/**
 * @param seed in place of the one of the cluster
 * @throws ElectorateError what `Cluster.start` throws, and `next` `trialTimedOut`; the signal's reason
 */
export async function openTrials(
  plan: ElectionPlan,
  seed: number,
  signal: AbortSignal,
): Promise<TrialSource> {
  signal.throwIfAborted();
  const { engine, fault, clients, cluster } = plan;
  if (engine === 'simulation') {
    const { linkDelay, storeDelay } = plan;
    invariant(linkDelay !== null && storeDelay !== null, 'what is simulated takes a time');
    const simulate = trialSimulator({ fault, clients, cluster, linkDelay, storeDelay }, seed);
    const next = async (): Promise<Trial> => {
      // The event loop gets its turn, and the signal its say.
      await setImmediate();
      signal.throwIfAborted();
      return simulate();
    };
    return { cluster, next, [Symbol.asyncDispose]: async () => {} };
  }
  const monitor = await StallMonitor.start();
  const endOfWatch = (): Promise<void> => monitor[Symbol.asyncDispose]();
  try {
    const source = await openRealTrials(plan, seed, signal, monitor);
    return {
      ...source,
      [Symbol.asyncDispose]: async () => {
        await endOfWatch();
        await source[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await endOfWatch();
    throw error;
  }
}

/** On threads. */
async function openRealTrials(
  plan: ElectionPlan,
  seed: number,
  signal: AbortSignal,
  monitor: StallMonitor,
): Promise<TrialSource> {
  const { fault, cluster } = plan;
  if (fault === null) {
    let started = 0;
    const next = (): Promise<Trial> => {
      started += 1;
      return measureStart({ ...plan.given, seed: deriveSeed(seed, started, 0) }, signal, monitor);
    };
    return { cluster, next, [Symbol.asyncDispose]: async () => {} };
  }
  const running = await Cluster.start({ ...plan.given, seed });
  try {
    await applyConditions(running, plan);
  } catch (error) {
    await running.stop();
    throw error;
  }
  const bench = new TrialBench(running, signal, { ...plan, fault, monitor });
  return {
    cluster: running.options,
    next: () => bench.run(),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
