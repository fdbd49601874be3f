/** `electorate up`: a cluster to watch and to hurt. */
import type { Command } from 'commander';
import { Cluster } from '../cluster/cluster.js';
import { ElectorateError } from '../errors.js';
import { clusterLine } from '../report/election-report.js';
import { eventLine } from '../report/event-line.js';
import { addClusterFlags, clusterOptionsFrom, keptLine, type ClusterFlags } from './cluster-flags.js';
import { Interruption } from './interruption.js';
import { showLive } from './live-view.js';

/** Adds the command. */
export function addUp(program: Command): void {
  addClusterFlags(program.command('up').summary('start a cluster and watch it'))
    .description(
      'Starts a cluster and shows it live: crash, hang, isolate and restart its nodes by single keys. ' +
        'Prints one line per event when the output is no terminal. Ctrl-C ends it and leaves nothing behind.',
    )
    .addHelpText(
      'after',
      `
Examples:
  electorate up
  electorate up --nodes 3 --election-timeout 1000 --election-jitter 1000 --heartbeat 200
  electorate up --data-dir ./cluster        start again from what is there
  electorate up --exit-notice off | tee log`,
    )
    .action(up);
}

/** Runs until quit, or until it is interrupted, which rejects. */
async function up(flags: ClusterFlags): Promise<void> {
  using interruption = new Interruption();
  const { signal } = interruption;
  await using cluster = await Cluster.start(clusterOptionsFrom(flags));
  process.stdout.write(`${clusterLine(cluster.options)}\n${keptLine(cluster.options)}`);
  if (process.stdin.isTTY && process.stdout.isTTY) await showLive(cluster, signal);
  else await printEvents(cluster, signal);
}

/** One line per event, with the time since the first one. Rejects with the signal's reason, or `clusterFailed`. */
export async function printEvents(
  cluster: Cluster,
  signal: AbortSignal,
  stdout: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  let startMs: number | null = null;
  const failure = new AbortController();
  const unsubscribe = cluster.subscribe((event) => {
    if (event.type === 'clusterFailed') failure.abort(new ElectorateError(event.type, event.reason));
    startMs ??= event.atMs;
    const line = eventLine(event);
    // Two threads may report the other way round: what came before the first is printed as its time.
    const sinceMs = Math.max(0, event.atMs - startMs);
    if (line !== null) stdout.write(`${(sinceMs / 1000).toFixed(3)} ${line}\n`);
  });
  try {
    const { id, term } = await cluster.waitForLeader({ signal });
    stdout.write(`${id} leads in term ${term}\n`);
    await aborted(AbortSignal.any([signal, failure.signal]));
  } finally {
    unsubscribe();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
