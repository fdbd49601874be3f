/** The election benchmark: take the leader of a settled cluster away, again and again, and say where the time went. */
import { resolveElectionPlan, type ElectionBenchOptions, type ElectionPlan } from './election-plan.js';
import { electionResult, type ElectionBenchResult } from './election-result.js';
import { describeMachine } from './machine.js';
import type { Trial } from './trial.js';
import { TrialLog } from './trial-log.js';
import { openTrials } from './trial-source.js';

export interface ElectionBenchRun {
  /** Called after each trial, on the calling thread; must not throw. */
  readonly onProgress?: ((trial: Trial, done: number, of: number) => void) | undefined;
  /** Ends the run: the cluster is stopped, then the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a cluster, or one for each trial, measures, stops it.
 * @throws ElectorateError `invalidOption` before anything is started; `trialTimedOut` when the cluster does not settle
 *   or elect in time; what `Cluster.start` throws; the signal's reason.
 */
export async function benchElections(
  options: ElectionBenchOptions = {},
  run: ElectionBenchRun = {},
): Promise<ElectionBenchResult> {
  return await runElectionBench(resolveElectionPlan(options, 'threads'), run);
}

/** The same for either engine. */
export async function runElectionBench(
  plan: ElectionPlan,
  { onProgress, signal = new AbortController().signal }: ElectionBenchRun,
): Promise<ElectionBenchResult> {
  const machine = describeMachine();
  await using source = await openTrials(plan, plan.cluster.seed, signal);
  const trials = new TrialLog(plan.timelines);
  while (trials.length < plan.trials) {
    const trial = await source.next();
    trials.add(trial);
    onProgress?.(trial, trials.length, plan.trials);
  }
  return electionResult(plan, machine, source.cluster, trials.finish());
}
