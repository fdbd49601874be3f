/** `electorate stress`: what contention does to a cluster, and why. */
import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { differenceInWords, settingDifference, standingCells } from '../analysis/stress/earlier.js';
import { readStressResult } from '../analysis/stress/read-stress.js';
import { isSamePlan, resolveStressPlan } from '../analysis/stress/stress-plan.js';
import type {
  StressCell,
  StressFaults,
  StressOptions,
  StressPlan,
  StressResult,
} from '../analysis/stress/stress-result.js';
import { stress } from '../analysis/stress/stress.js';
import { between } from '../cluster/delay-option.js';
import { contentionForms } from '../contention/parse-contention.js';
import { ElectorateError } from '../errors.js';
import { refuseOption } from '../options.js';
import { stressReport } from '../report/stress-report.js';
import { addClusterFlags, clusterOptionsFrom, numeric, type ClusterFlags } from './cluster-flags.js';
import { Interruption } from './interruption.js';
import { keep } from './output-file.js';
import { holdOutput } from './output-lock.js';
import {
  resolveReportFiles,
  withFreshFiles,
  writeReports,
  type Drawings,
  type ReportFiles,
  type ReportFlags,
} from './report-files.js';
import { writeWhole } from './write-whole.js';

interface StressFlags extends ClusterFlags, ReportFlags {
  readonly contention?: string;
  readonly duration?: number;
  readonly repeat?: number;
  readonly faults?: StressFaults;
  readonly recovery?: true;
  readonly clients?: number;
  readonly clientInterval?: number;
  readonly resume?: true;
}

/** Adds the command. */
export function addStress(program: Command): void {
  addClusterFlags(program.command('stress').summary('say what contention does to a cluster, and why'))
    .description(
      'Runs a baseline and each contention in turn, round after round, each in a process of its own; proves that there ' +
        'was pressure; and counts false elections, with the thread to blame for each. The JSON is written after every ' +
        'cell: the same command line with the same --json goes on where it was ended. ' +
        'A round takes about twenty seconds a contention. The exit notice is off, unless it is asked for.',
    )
    .addOption(
      new Option('--contention <list>', `with commas between them: ${contentionForms}`).default(
        undefined,
        'one of each kind',
      ),
    )
    .addOption(numeric('--duration <s>', 'of one cell', '20'))
    .addOption(numeric('--repeat <count>', 'rounds, each with every contention once', '5'))
    .addOption(
      new Option('--faults <kind>', 'what happens to leaders meanwhile')
        .choices(['none', 'crash-every-1s'])
        .default(undefined, 'none'),
    )
    .addOption(new Option('--recovery', 'crash leaders for ten seconds more once the pressure has ended'))
    .addOption(numeric('--clients <count>', 'open-loop clients that write meanwhile', '2'))
    .addOption(numeric('--client-interval <ms>', 'between two writes of one client', '20'))
    .addOption(
      new Option('--json <file>', 'write every cell to this file, and go on from what is in it').default(
        undefined,
        'a new file in the temporary folder',
      ),
    )
    .addOption(new Option('--resume', 'never begin anew: the file has to hold a run of these options'))
    .addOption(
      new Option('--report <file>', 'draw a report for a browser: one HTML file').default(
        undefined,
        'a new file in the temporary folder, unless --json is given',
      ),
    )
    .addOption(new Option('--svg <folder>', 'write each chart of the report into this folder'))
    .addHelpText(
      'after',
      `
Examples:
  electorate stress
  electorate stress --contention burners:2x,burners:4x,hog:100/500@leader --duration 10 --repeat 3
  electorate stress --contention quota:50+burners:2 --election-timeout 15 --election-jitter 15 --heartbeat 3
  electorate stress --contention burners:4x,stop:400/2000 --election-timeout adaptive --adaptive-min 15 --recovery
  electorate stress --contention burners:4x --faults crash-every-1s --json stress.json --report stress.html
  electorate stress --contention stop:400/2000 --repeat 100 --json long.json --resume`,
    )
    .action(stressCommand);
}

/** Tables go to stdout, progress to stderr. Exit code 1 when a cell failed, or two nodes led in one term. */
async function stressCommand(flags: StressFlags): Promise<void> {
  const options = optionsFrom(flags);
  const plan = resolveStressPlan(options);
  const isWanted = flags.resume === true;
  if (isWanted && flags.json === undefined) refuseOption('resume', true, 'to come with `json`');
  const files = await resolveReportFiles(withFreshFiles('stress', flags));
  const json = files.json ?? '';
  // Before it is read: what another run adds meanwhile would be lost.
  const held = await holdOutput('json', json);
  try {
    const earlier = await earlierRun(json, { plan, isWanted, seed: flags.seed });
    await runInto({ ...files, json }, { options, plan, earlier });
  } finally {
    await held[Symbol.asyncDispose]();
  }
}

interface Asked {
  readonly options: StressOptions;
  readonly plan: StressPlan;
  readonly earlier: StressResult | undefined;
}

/** Writes the JSON after every cell, and the rest behind the last. */
async function runInto(
  files: ReportFiles & { readonly json: string },
  { options, plan, earlier }: Asked,
): Promise<void> {
  const { json } = files;
  using interruption = new Interruption();
  const all = plan.contentions.length * plan.repeats;
  let written = earlier === undefined ? 0 : standingCells(earlier).length;
  let measured: StressResult | undefined;
  if (earlier !== undefined) process.stderr.write(`${written} of ${all} cells are in ${json} already\n`);
  try {
    const result = await stress(options, {
      earlier,
      signal: interruption.signal,
      onBegin: ({ contention, round }, done, of) =>
        void process.stderr.write(`cell ${done + 1}/${of}: ${contention}, round ${round} …\n`),
      onCell: async (cell, soFar) => {
        process.stderr.write(`  ${inShort(cell)}\n`);
        measured = soFar;
        await keep(`the cell ${cell.contention}, round ${cell.round}`, json, () =>
          writeWhole(json, `${JSON.stringify(soFar)}\n`),
        );
        written = soFar.cells.length;
      },
    });
    // The JSON is there already, as of the last cell.
    process.stdout.write(`${stressReport(result)}\n\nEvery cell, as JSON: ${json}\n`);
    await writeReports({ ...files, json: null }, result, drawingsOf(result));
    if (hasFailed(result)) process.exitCode = 1;
  } catch (error) {
    const code = error instanceof ElectorateError ? error.code : null;
    // What is not in a file any more is not lost with it; what a run leaves behind, it leaves behind a cell that is kept.
    if ((code === 'resultUnwritable' || code === 'leftBehind') && measured !== undefined) {
      process.stdout.write(`${stressReport(measured)}\n`);
      if (code === 'leftBehind') process.stdout.write(`\nEvery cell, as JSON: ${json}\n`);
    }
    if (written > 0 && written < all && existsSync(json)) {
      process.stderr.write(
        `${written} of ${all} cells are in ${json}: with --json ${json} it goes on there\n`,
      );
    }
    throw error;
  }
}

function optionsFrom(flags: StressFlags): StressOptions {
  return {
    contentions: flags.contention?.split(','),
    // Told in seconds where it is refused.
    durationMs:
      flags.duration === undefined ? undefined : 1000 * between('duration', flags.duration, 0.5, 86_400),
    repeats: flags.repeat,
    faults: flags.faults,
    recovery: flags.recovery,
    clients: flags.clients,
    clientIntervalMs: flags.clientInterval,
    cluster: clusterOptionsFrom(flags),
  };
}

interface Wanted {
  readonly plan: StressPlan;
  /** By `--resume`. */
  readonly isWanted: boolean;
  /** Undefined: any will do. */
  readonly seed: number | undefined;
}

/** A finished run is no reason not to run again, unless it is asked for by name. */
async function earlierRun(file: string, wanted: Wanted): Promise<StressResult | undefined> {
  if (!existsSync(file)) {
    if (wanted.isWanted) refuseOption('json', file, 'to be the result of an earlier run, for `resume`');
    return undefined;
  }
  if (!wanted.isWanted) {
    // Anything else in its place is written over, as by every command.
    const found = await readStressResult(file).catch(() => undefined);
    if (found === undefined || !isUnfinished(found) || !isOfPlan(found, wanted)) return undefined;
    const difference = settingDifference(found);
    if (difference === null) return found;
    const words = differenceInWords(difference);
    process.stderr.write(`An unfinished run is in ${file}, of ${words}: it begins anew\n`);
    return undefined;
  }
  const found = await readStressResult(file);
  if (!isOfPlan(found, wanted)) {
    refuseOption('resume', true, `to go on with the plan of ${file}, which has other options`);
  }
  const difference = settingDifference(found);
  if (difference !== null) {
    const words = `the cells of ${file} are of ${differenceInWords(difference)}`;
    refuseOption(
      'resume',
      true,
      `to be left out, which begins anew, or \`json\` to be another file: ${words}`,
    );
  }
  return found;
}

function isOfPlan({ plan: earlier }: StressResult, { plan, seed }: Wanted): boolean {
  return isSamePlan(earlier, plan) && (seed === undefined || seed === earlier.cluster.seed);
}

/** What can't be exerted here is no reason to go on for ever: it is tried again when there is another. */
function isUnfinished({ plan, cells }: StressResult): boolean {
  const done = cells.filter(({ outcome }) => outcome.type !== 'failed');
  return done.length < plan.contentions.length * plan.repeats;
}

function inShort({ contention, round, outcome }: StressCell): string {
  const cell = `${contention}, round ${round}`;
  if (outcome.type !== 'measured') return `${cell}: ${outcome.type}: ${outcome.reason}`;
  const { falseElections, leaderChanges, nearMisses } = outcome.counts;
  const isIdle = contention !== 'none' && !outcome.verdict.exerted;
  return (
    `${cell}: ${falseElections} false elections, ${leaderChanges} leader changes, ${nearMisses} near misses; ` +
    `${isIdle ? 'no pressure: ' : ''}${outcome.verdict.evidence}`
  );
}

function hasFailed({ cells }: StressResult): boolean {
  return cells.some(
    ({ outcome }) =>
      outcome.type === 'failed' || (outcome.type === 'measured' && outcome.counts.invariantViolations > 0),
  );
}

/** Imported when something is drawn: the chart library takes a third of a second to load. */
function drawingsOf(result: StressResult): Drawings {
  return {
    page: async () => (await import('../report/stress-page.js')).stressPage(result),
    pictures: async () => (await import('../report/stress-charts.js')).stressPictures(result),
  };
}
