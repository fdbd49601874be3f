/** `electorate explain`: why one election took as long as it did. */
import { Option, type Command } from 'commander';
import { explainTrial, slowestTrials } from '../analysis/explanation.js';
import { readElectionResults } from '../analysis/read-result.js';
import { readStressResult } from '../analysis/stress/read-stress.js';
import { incidentsOf } from '../analysis/stress/stress-summary.js';
import { count, refuseOption } from '../options.js';
import { invariant } from '../raft/invariant.js';
import { explanationReport } from '../report/explanation-report.js';
import { cellLabels, findCell, gridCells } from '../report/grid-cells.js';
import { incidentReport } from '../report/stress-incident.js';
import { numeric } from './cluster-flags.js';

interface ExplainFlags {
  readonly cell?: string;
  readonly trial?: number;
  readonly slowest?: number;
  readonly incident?: number;
}

/** Adds the command. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('<result>', 'what `electorate bench --json` or `electorate stress --json` wrote')
    .summary('say of one election why it took so long, or why it came about')
    .description(
      'Tells elections of a benchmark as timelines: who heard the leader last, whose timer fired how late, every ' +
        'request with its answer and the reason, every write with its cost; and a sentence that sums it up. ' +
        'Of a sweep it takes the cell that `--cell` names: its number, or what tells it from the others. ' +
        'In a timeline + brought the election on, ! held it up; times are in ms from the fault. ' +
        'Of a stress run it tells the incident that `--incident` names: why somebody gave a leader up.',
    )
    .addOption(numeric('--trial <number>', 'which one, counted from 1', 'the slowest'))
    .addOption(numeric('--slowest <count>', 'so many of the slowest instead', '1'))
    .addOption(
      numeric('--incident <number>', 'of a stress run: which one, as its report counts them', 'none'),
    )
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
  electorate explain sweep.json --cell fault=hang,nodes=5 --slowest 3
  electorate explain stress.json --incident 12`,
    )
    .action((file: string, flags: ExplainFlags) => explain(file, flags));
}

async function explain(file: string, { incident, ...flags }: ExplainFlags): Promise<void> {
  if (incident === undefined) return explainElections(file, flags);
  for (const name of ['trial', 'slowest', 'cell'] as const) {
    if (flags[name] !== undefined) refuseOption(name, flags[name], 'to be left out beside `incident`');
  }
  const incidents = incidentsOf(await readStressResult(file));
  if (incidents.length === 0)
    refuseOption('incident', incident, 'to be left out: there is none in the result');
  const number = count('incident', incident, 1, incidents.length);
  const told = incidents[number - 1];
  invariant(told !== undefined, 'the number is one of an incident');
  process.stdout.write(`${incidentReport(told, number, incidents.length)}\n`);
}

async function explainElections(file: string, { cell, trial, slowest }: ExplainFlags): Promise<void> {
  if (trial !== undefined && slowest !== undefined) {
    refuseOption('slowest', slowest, 'to be left out beside `trial`');
  }
  const results = await readElectionResults(file).catch((error: unknown) => sayIfOfStress(file, error));
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

/** A stress run is told by its incidents: then that is what is missing. */
async function sayIfOfStress(file: string, error: unknown): Promise<never> {
  const found = await readStressResult(file).catch(() => undefined);
  if (found === undefined) throw error;
  return refuseOption('incident', undefined, `to name an incident of the stress run in ${file}`);
}
