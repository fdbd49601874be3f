/** `electorate bench`: measure, print, and keep every trial as JSON. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { benchElections } from '../analysis/election-bench.js';
import { benchSimulatedElections } from '../analysis/simulated-bench.js';
import type { Trial } from '../analysis/trial.js';
import { electionReport } from '../report/election-report.js';
import { formatMs } from '../report/format.js';
import { clusterOptionsFrom, keptLine, type ClusterFlags } from './cluster-flags.js';
import { parseDelay } from './delay-flag.js';
import { Interruption } from './interruption.js';
import { checkJsonFile } from './json-file.js';

export interface BenchFlags extends ClusterFlags {
  readonly trials?: number;
  readonly fault?: 'crash';
  readonly json?: string;
  readonly engine?: 'threads' | 'simulation';
  readonly linkDelay?: string;
  readonly storeDelay?: string;
}

/** Tables go to stdout, progress to stderr. */
export async function bench(flags: BenchFlags): Promise<void> {
  const jsonFile = resolve(flags.json ?? defaultJsonFile());
  await checkJsonFile(jsonFile);
  const { linkDelay, storeDelay } = flags;
  const options = {
    trials: flags.trials,
    fault: flags.fault,
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
  await writeFile(jsonFile, `${JSON.stringify(result, null, 1)}\n`);
  progress[Symbol.dispose]();
  const kept = keptLine(result.options.cluster);
  process.stdout.write(`${electionReport(result)}\n\n${kept}Every trial, as JSON: ${jsonFile}\n`);
}

function defaultJsonFile(): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return join(tmpdir(), `electorate-bench-${stamp}-${process.pid}.json`);
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
  return `${crashed} crashed, ${winner} elected after ${formatMs(electedMs)} ms`;
}
