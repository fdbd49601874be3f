/** `electorate bench`: measure, print, keep every trial as JSON, and draw a report. */
import { SingleBar } from 'cli-progress';
import { benchElections } from '../analysis/election-bench.js';
import type { ElectionFault } from '../analysis/election-plan.js';
import type { ElectionBenchResult } from '../analysis/election-result.js';
import { benchSimulatedElections } from '../analysis/simulated-bench.js';
import type { Trial } from '../analysis/trial.js';
import { electionReport } from '../report/election-report.js';
import { formatMs } from '../report/format.js';
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

export interface BenchFlags extends ClusterFlags, ReportFlags {
  readonly trials?: number;
  readonly fault?: ElectionFault;
  readonly engine?: 'threads' | 'simulation';
  readonly linkDelay?: string;
  readonly storeDelay?: string;
  readonly coldStart?: true;
  readonly clients?: number;
  readonly timelines?: number;
  readonly clientInterval?: number;
}

/** Tables go to stdout, progress to stderr. */
export async function bench(flags: BenchFlags): Promise<void> {
  const files = await resolveReportFiles(withFreshFiles('bench', flags));
  const { linkDelay, storeDelay } = flags;
  const options = {
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
  using interruption = new Interruption();
  using progress = showProgress(process.stderr);
  const run = { signal: interruption.signal, onProgress: progress.update };
  const result = await (flags.engine === 'simulation'
    ? benchSimulatedElections(options, run)
    : benchElections(options, run));
  progress[Symbol.dispose]();
  const written = await writeReports(files, result, drawingsOf(result));
  const kept = keptLine(result.options.cluster);
  process.stdout.write(`${electionReport(result)}\n\n${kept}${written}`);
}

/** Imported when something is drawn: the chart library takes a third of a second to load. */
function drawingsOf(result: ElectionBenchResult): Drawings {
  return {
    page: async () => (await import('../report/election-page.js')).electionPage(result),
    pictures: async () => (await import('../report/election-charts.js')).electionPictures(result),
  };
}

interface Progress extends Disposable {
  readonly update: (trial: Trial, done: number, of: number) => void;
}

/** A bar on a terminal; elsewhere a line for every tenth of the trials. */
function showProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) {
    return {
      update: (trial, done, of) => {
        if (done === of || done % Math.ceil(of / 10) === 0) {
          stream.write(`trial ${done}/${of}: ${inShort(trial)}\n`);
        }
      },
      [Symbol.dispose]: () => {},
    };
  }
  const bar = new SingleBar({
    format: '{bar} {value}/{total} trials, {eta_formatted} to go: {last}',
    stream,
    clearOnComplete: true,
  });
  return {
    update: (trial, done, of) => {
      if (done === 1) bar.start(of, 0, { last: '' });
      bar.update(done, { last: inShort(trial) });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

function inShort({ crashed, winner, electedMs }: Trial): string {
  return `${crashed === null ? 'started' : `${crashed} lost`}, ${winner} elected after ${formatMs(electedMs)} ms`;
}
