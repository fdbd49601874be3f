/** A sweep of simulated histories as text. */
import type { SweepFailure, SweepResult } from '../simulation/sweep.js';

export function sweepReport(result: SweepResult): string {
  const { options, seeds, threads, elapsedMs, steps, failedSeeds, failures } = result;
  const seconds = elapsedMs / 1000;
  const last = options.firstSeed + seeds - 1;
  return [
    `${count(seeds)} seeds (${options.firstSeed} to ${last}, ${options.profile} rules, ${options.nodes.join(', ')} nodes) ` +
      `in ${seconds.toFixed(1)} s on ${threads} threads.`,
    `${count(steps)} steps (${count(Math.round(steps / seconds))} a second), ${count(Math.round(result.virtualMs / 3.6e6))} ` +
      `virtual hours, ${count(result.faults)} faults, ${count(result.committed)} committed entries, ` +
      `${count(result.operations)} client operations.`,
    failedSeeds.length === 0
      ? 'No rule was broken.'
      : `BROKEN by ${count(failedSeeds.length)} seeds: ${failedSeeds.slice(0, 20).join(' ')}`,
    ...failures.map((failure) => `\n${failureReport(failure, options)}`),
  ].join('\n');
}

/** One broken seed: the rule, the faults that are enough, what the nodes said last, and how to see it again. */
export function failureReport(
  { seed, violation, faults, trace }: SweepFailure,
  settings: { readonly profile: string; readonly nodes: readonly number[] },
): string {
  return [
    `Seed ${seed} breaks "${violation.rule}" after ${violation.atMs.toFixed(3)} ms: ${violation.detail}`,
    `Replay: electorate simulate --replay ${seed} --profile ${settings.profile} --nodes ${settings.nodes.join(',')}`,
    `Enough for it are ${faults.length} faults:`,
    ...faults,
    'What was said last:',
    ...trace,
  ].join('\n');
}

function count(value: number): string {
  return value.toLocaleString('en');
}
