/** `electorate explain`: why one election took as long as it did. */
import { Option, type Command } from 'commander';
import { explainTrial, slowestTrials } from '../analysis/explanation.js';
import { readElectionResults } from '../analysis/read-result.js';
import { refuseOption } from '../options.js';
import { invariant } from '../raft/invariant.js';
import { explanationReport } from '../report/explanation-report.js';
import { cellLabels, findCell, gridCells } from '../report/grid-cells.js';
import { numeric } from './cluster-flags.js';

interface ExplainFlags {
  readonly cell?: string;
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
        'Of a sweep it takes the cell that `--cell` names: its number, or what tells it from the others.\n' +
        'In a timeline + brought the election on, ! held it up; times are in ms from the fault.',
    )
    .addOption(numeric('--trial <number>', 'which one, counted from 1', 'the slowest'))
    .addOption(numeric('--slowest <count>', 'so many of the slowest instead', '1'))
    .addOption(
      new Option('--cell <which>', 'of a sweep: a number from 1, or words of its row like fault=hang,R=50'),
    )
    .addHelpText(
      'after',
      `
Examples:
  electorate bench --trials 300 --exit-notice off --json elections.json
  electorate explain elections.json --trial 17
  electorate explain elections.json --slowest 5
  electorate bench --fault crash,hang --nodes 3,5 --trials 20 --json sweep.json
  electorate explain sweep.json --cell 2
  electorate explain sweep.json --cell fault=hang,nodes=5 --slowest 3`,
    )
    .action((file: string, flags: ExplainFlags) => explain(file, flags));
}

async function explain(file: string, { cell, trial, slowest }: ExplainFlags): Promise<void> {
  if (trial !== undefined && slowest !== undefined) {
    refuseOption('slowest', slowest, 'to be left out beside `trial`');
  }
  const results = await readElectionResults(file);
  const grid = gridCells(results);
  const at = findCell(grid, cell);
  const result = results[at];
  invariant(result !== undefined, 'a cell is found among the results');
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
  const heading =
    results.length === 1 ? '' : `Cell ${at + 1} of ${results.length}: ${cellLabels(grid)[at]}\n\n`;
  process.stdout.write(`${heading}${told.join('\n\n')}\n`);
}
