/** `electorate bench`: measure, print, keep every trial as JSON, and draw a report. */
import { runElectionBench } from '../analysis/election-bench.js';
import { benchGrid } from '../analysis/election-grid.js';
import {
  resolveElectionPlan,
  type ElectionBenchOptions,
  type ElectionFault,
  type Engine,
} from '../analysis/election-plan.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import { electionReport } from '../report/election-report.js';
import { gridReport } from '../report/grid-report.js';
import { showProgress } from './bench-progress.js';
import { clusterOptionsFrom, keptLine, type ClusterFlags } from './cluster-flags.js';
import { parseDelay } from './delay-flag.js';
import { Interruption } from './interruption.js';
import {
  resolveReportFiles,
  withFreshFiles,
  writeReports,
  type Drawings,
  type ReportFlags,
} from './report-files.js';
import { cellsOf, type Swept } from './sweep.js';

export interface BenchFlags extends ClusterFlags, ReportFlags {
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

/** Tables go to stdout, progress to stderr. Flags that are lists make a sweep. */
export async function bench(flags: Swept<BenchFlags>): Promise<void> {
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
  const written = await writeReports(files, result, drawingsOf(result));
  const kept = keptLine(result.options.cluster);
  process.stdout.write(`${electionReport(result)}\n\n${kept}${written}`);
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
  const written = await writeReports(files, result, {
    page: async () => (await import('../report/grid-page.js')).gridPage(results),
    pictures: async () => (await import('../report/grid-page.js')).gridPictures(results),
  });
  process.stdout.write(`${gridReport(result)}\n\n${written}`);
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
