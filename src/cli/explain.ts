/** `electorate explain`: why one election took as long as it did. */
import type { Command } from 'commander';
import { explainTrial, slowestTrials } from '../analysis/explanation.js';
import { readElectionResult } from '../analysis/read-result.js';
import { refuseOption } from '../options.js';
import { explanationReport } from '../report/explanation-report.js';
import { numeric } from './cluster-flags.js';

interface ExplainFlags {
  readonly trial?: number;
  readonly slowest?: number;
}

/** Adds the command. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('<result>', 'what `electorate bench --json` wrote')
    .summary('say of one election why it took so long')
    .description(
      'Tells elections of a benchmark as timelines: who heard the leader last, whose timer fired how late, every\n' +
        'request with its answer and the reason, every write with its cost; and a sentence that sums it up.\n' +
        'In a timeline + brought the election on, ! held it up; times are in ms from the fault.',
    )
    .addOption(numeric('--trial <number>', 'which one, counted from 1', 'the slowest'))
    .addOption(numeric('--slowest <count>', 'so many of the slowest instead', '1'))
    .addHelpText(
      'after',
      `
Examples:
  electorate bench --trials 300 --exit-notice off --json elections.json
  electorate explain elections.json --trial 17
  electorate explain elections.json --slowest 5`,
    )
    .action((file: string, flags: ExplainFlags) => explain(file, flags));
}

async function explain(file: string, { trial, slowest }: ExplainFlags): Promise<void> {
  if (trial !== undefined && slowest !== undefined) {
    refuseOption('slowest', slowest, 'to be left out beside `trial`');
  }
  const result = await readElectionResult(file);
  const { trials } = result;
  const inRange = (option: string, value: number): number =>
    Number.isSafeInteger(value) && value >= 1 && value <= trials.length
      ? value
      : refuseOption(option, value, `to be a whole number from 1 to ${trials.length}`);
  const indices =
    trial === undefined
      ? slowestTrials(trials, inRange('slowest', slowest ?? 1))
      : [inRange('trial', trial) - 1];
  const told = indices.flatMap((index) => {
    const explained = trials[index];
    return explained === undefined
      ? []
      : [explanationReport(explainTrial(result, index), explained, trials.length)];
  });
  process.stdout.write(`${told.join('\n\n')}\n`);
}
