/** `electorate bench`: measure, print, keep every trial as JSON, and draw a report. */
import { Option, type Command } from 'commander';
import { runElectionBench } from '../analysis/election-bench.js';
import { benchGrid } from '../analysis/election-grid.js';
import {
  electionFaults,
  resolveElectionPlan,
  type ElectionBenchOptions,
  type ElectionFault,
  type Engine,
} from '../analysis/election-plan.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import { electionReport } from '../report/election-report.js';
import { gridReport } from '../report/grid-report.js';
import { showProgress } from './bench-progress.js';
import {
  addClusterFlags,
  clusterOptionsFrom,
  keptLine,
  numeric,
  type ClusterFlags,
} from './cluster-flags.js';
import { delayForms, parseDelay } from './delay-flag.js';
import { Interruption } from './interruption.js';
import {
  resolveReportFiles,
  withFreshFiles,
  writeReports,
  type Drawings,
  type ReportFlags,
} from './report-files.js';
import { allowLists, cellsOf, type Swept } from './sweep.js';

interface BenchFlags extends ClusterFlags, ReportFlags {
  readonly trials?: number;
  readonly fault?: ElectionFault;
  readonly engine?: Engine;
  readonly linkDelay?: string;
  readonly storeDelay?: string;
  readonly coldStart?: true;
  readonly clients?: number;
  readonly timelines?: number;
  readonly clientInterval?: number;
}

/** Adds the command. */
export function addBench(program: Command): void {
  const benchCommand = addClusterFlags(
    program.command('bench').summary('measure how long a cluster is without a leader'),
  )
    .description(
      'Takes the leader of a settled cluster away again and again, and prints where the time without a leader ' +
        'went, beside the best that these timeouts allow. Takes about half a minute by default. ' +
        'Options take lists: all combinations are measured in turns, and printed as one table.',
    )
    .addOption(numeric('--trials <count>', 'how many leaders are lost', '60'))
    .addOption(
      numeric('--timelines <count>', 'how many trials, the slowest, keep what explains them', '10000'),
    )
    .addOption(
      new Option('--engine <name>', 'threads: a real cluster; simulation: the same core in virtual time')
        .choices(['threads', 'simulation'])
        .default(undefined, 'threads'),
    )
    .addOption(new Option('--cold-start', 'instead: start a brand-new cluster each time'))
    .addOption(numeric('--clients <count>', 'open-loop clients that write meanwhile', '0'))
    .addOption(numeric('--client-interval <ms>', 'between two writes of one client', '10'))
    .addOption(new Option('--link-delay <ms>', `one way: ${delayForms}`))
    .addOption(new Option('--store-delay <ms>', 'of a write, on threads on top of what it takes; as above'))
    .addOption(
      new Option('--fault <kind>', 'what happens to the leader')
        .choices(electionFaults)
        .default(undefined, 'crash'),
    )
    .addOption(
      new Option('--json <file>', 'write every trial to this file').default(
        undefined,
        'a new file in the temporary folder',
      ),
    )
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
  electorate bench
  electorate bench --trials 300 --exit-notice off --json elections.json --report elections.html
  electorate bench --profile vanilla --election-timeout 12 --election-jitter 12 --heartbeat 6
  electorate bench --nodes 3 --store memory --seed 7
  electorate bench --fault disk-stall --trials 20
  electorate bench --fault isolate --clients 5
  electorate bench --cold-start --engine simulation
  electorate bench --nodes 3,5,7 --election-jitter 10,50,150 --ranked-successors off --engine simulation
  electorate bench --engine simulation --trials 10000 --link-delay lognormal:0.5:1 --store-delay 2`,
    )
    .action(bench);
  allowLists(benchCommand, ['trials', 'engine', 'dataDir', 'voteLog', 'json', 'report', 'svg']);
}

/** Tables go to stdout, progress to stderr. Flags that are lists make a sweep. */
async function bench(flags: Swept<BenchFlags>): Promise<void> {
  const cells = cellsOf<BenchFlags>(flags);
  const [only] = cells;
  if (only === undefined || cells.length > 1) await sweep(cells);
  else await benchOnce(only);
}

async function benchOnce(flags: BenchFlags): Promise<void> {
  const files = await resolveReportFiles(withFreshFiles('bench', flags));
  using interruption = new Interruption();
  using progress = showProgress(process.stderr);
  const run = { signal: interruption.signal, onProgress: progress.update };
  const plan = resolveElectionPlan(optionsFrom(flags), flags.engine ?? 'threads');
  const result = await runElectionBench(plan, run);
  progress[Symbol.dispose]();
  process.stdout.write(`${electionReport(result)}\n\n${keptLine(result.options.cluster)}`);
  await writeReports(files, result, drawingsOf(result));
}

async function sweep(cells: readonly BenchFlags[]): Promise<void> {
  const { engine, ...flags } = cells[0] ?? {};
  const files = await resolveReportFiles(withFreshFiles('bench', flags));
  using interruption = new Interruption();
  using progress = showProgress(process.stderr);
  const result = await benchGrid(cells.map(optionsFrom), {
    engine,
    signal: interruption.signal,
    onProgress: progress.update,
  });
  progress[Symbol.dispose]();
  const { results } = result;
  process.stdout.write(`${gridReport(result)}\n\n`);
  await writeReports(files, result, {
    page: async () => (await import('../report/grid-page.js')).gridPage(results),
    pictures: async () => (await import('../report/grid-page.js')).gridPictures(results),
  });
}

function optionsFrom(flags: BenchFlags): ElectionBenchOptions {
  const { linkDelay, storeDelay } = flags;
  return {
    trials: flags.trials,
    fault: flags.fault,
    coldStart: flags.coldStart,
    clients: flags.clients,
    timelines: flags.timelines,
    clientIntervalMs: flags.clientInterval,
    cluster: clusterOptionsFrom(flags),
    linkDelay: linkDelay === undefined ? undefined : parseDelay('linkDelay', linkDelay),
    storeDelay: storeDelay === undefined ? undefined : parseDelay('storeDelay', storeDelay),
  };
}

/** Imported when something is drawn: the chart library takes a third of a second to load. */
function drawingsOf(result: ElectionBenchResult): Drawings {
  return {
    page: async () => (await import('../report/election-page.js')).electionPage(result),
    pictures: async () => (await import('../report/election-charts.js')).electionPictures(result),
  };
}
