/** The election benchmark in virtual time: the same trials, phases and result, thousands a second. */
import { runElectionBench, type ElectionBenchRun } from './election-bench.js';
import { resolveElectionPlan, type ElectionBenchOptions } from './election-plan.js';
import type { ElectionBenchResult } from './election-result.js';

/**
 * Simulates elections one after the other on this thread; between them the event loop gets its turn.
 * Nothing about a simulated cluster is real: options of threads, ports and files are refused.
 * @throws ElectorateError `invalidOption`, `trialTimedOut` when nobody is elected; the signal's reason
 */
export async function benchSimulatedElections(
  options: ElectionBenchOptions = {},
  run: ElectionBenchRun = {},
): Promise<ElectionBenchResult> {
  return await runElectionBench(resolveElectionPlan(options, 'simulation'), run);
}
