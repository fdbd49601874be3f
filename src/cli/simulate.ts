/** `electorate simulate`: seeded clusters under every fault, in virtual time, on all cores. */
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Option, type Command } from 'commander';
import { count, refuseOption } from '../options.js';
import { failureReport, sweepReport } from '../report/sweep-report.js';
import { traceTrial } from '../simulation/shrink.js';
import { sweep, tellFailure, type SweepProgress } from '../simulation/sweep.js';
import { planTrial, type TrialSettings } from '../simulation/trial.js';
import { numeric } from './cluster-flags.js';
import { Interruption } from './interruption.js';
import { checkOutputFile, keep } from './output-file.js';

interface SimulateFlags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly for?: number;
  readonly profile?: 'mixed' | 'standard' | 'vanilla';
  readonly nodes?: string;
  readonly threads?: number;
  readonly json?: string;
  readonly replay?: number;
}

/** Adds the command. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .summary('put seeded clusters under every fault, in virtual time')
    .description(
      'Runs one history a seed: crashes, partitions, bad links, stalls, failing disks and clients, checked after ' +
        'every step for safety, then for linearizability, and once the faults end for liveness. What fails is ' +
        'shrunk to the faults that are enough for it, and can be replayed.',
    )
    .addOption(numeric('--seeds <count>', 'how many, one after the other', '10000'))
    .addOption(numeric('--seed <number>', 'the first of them', 'a random one, printed'))
    .addOption(numeric('--for <seconds>', 'begin no new seeds after this time', 'no limit'))
    .addOption(
      new Option('--profile <name>', 'the rules; mixed draws them for each seed')
        .choices(['mixed', 'standard', 'vanilla'])
        .default(undefined, 'mixed'),
    )
    .addOption(new Option('--nodes <list>', 'cluster sizes to draw from').default(undefined, '3,4,5,6,7'))
    .addOption(numeric('--threads <count>', 'how many run at once', 'one a core'))
    .addOption(new Option('--json <file>', 'write the result to this file'))
    .addOption(numeric('--replay <seed>', 'show one seed instead', 'none'))
    .addHelpText(
      'after',
      `
Examples:
  electorate simulate
  electorate simulate --for 120 --profile standard --nodes 5
  electorate simulate --replay 4711`,
    )
    .action(simulate);
}

/** Exit code 1 when a rule was broken. */
async function simulate(flags: SimulateFlags): Promise<void> {
  const settings: TrialSettings = { profile: flags.profile ?? 'mixed', nodes: parseNodes(flags.nodes) };
  if (flags.replay === undefined) return sweepSeeds(flags, settings);
  replay(count('replay', flags.replay, 0, Number.MAX_SAFE_INTEGER), settings);
}

async function sweepSeeds(flags: SimulateFlags, settings: TrialSettings): Promise<void> {
  const timed = flags.for !== undefined;
  const options = {
    ...settings,
    firstSeed: count('seed', flags.seed ?? randomInt(2 ** 32), 0, 2 ** 48),
    seeds: count('seeds', flags.seeds ?? (timed ? 2 ** 40 : 10_000), 1, 2 ** 40),
    forMs: timed ? count('for', flags.for, 1, 86_400) * 1000 : Number.POSITIVE_INFINITY,
    ...(flags.threads === undefined ? {} : { threads: count('threads', flags.threads, 1, 256) }),
  };
  const json = flags.json === undefined ? null : resolve(flags.json);
  if (json !== null) await checkOutputFile('json', json);
  using interruption = new Interruption();
  process.stderr.write(`first seed ${options.firstSeed}\n`);
  const bar = startBar(options.seeds, options.forMs);
  try {
    const result = await sweep(options, { signal: interruption.signal, onProgress: bar.update });
    bar.stop();
    process.stdout.write(`${sweepReport(result)}\n`);
    if (json !== null) {
      await keep('the result, as JSON', json, () => writeFile(json, `${JSON.stringify(result, null, 1)}\n`));
    }
    if (result.failedSeeds.length > 0) process.exitCode = 1;
  } finally {
    bar.stop();
  }
}

/** Shows one seed: what failed, shrunk; or, when nothing does, the end of its history. */
function replay(seed: number, settings: TrialSettings): void {
  const [failure] = tellFailure(seed, settings);
  if (failure !== undefined) {
    process.stdout.write(`${failureReport(failure, settings)}\n`);
    process.exitCode = 1;
    return;
  }
  const { result, lines } = traceTrial(planTrial(seed, settings), 200, false);
  const { nodes, steps, faults, hash } = result;
  process.stdout.write(
    `${lines.join('\n')}\n\nSeed ${seed} breaks no rule: ${nodes} nodes, ${steps} steps, ${faults} faults, trace ${hash}.\n`,
  );
}

function parseNodes(list: string | undefined): number[] {
  if (list === undefined) return [3, 4, 5, 6, 7];
  const numbers = list.split(',').map(Number);
  if (!numbers.every((nodes) => Number.isInteger(nodes) && nodes >= 2 && nodes <= 9)) {
    refuseOption('nodes', list, 'to be numbers from 2 to 9, apart by commas');
  }
  return numbers;
}

interface Bar {
  readonly update: (progress: SweepProgress) => void;
  readonly stop: () => void;
}

/** Over seeds or, with a time limit, over time: a bar on a terminal, elsewhere a line for every tenth. */
function startBar(seeds: number, forMs: number): Bar {
  const timed = Number.isFinite(forMs);
  if (!process.stderr.isTTY) {
    let tenths = 0;
    return {
      update: (progress) => {
        const done = Math.floor(
          (10 * (timed ? progress.elapsedMs : progress.seeds)) / (timed ? forMs : seeds),
        );
        if (done <= tenths) return;
        tenths = done;
        process.stderr.write(`${progress.seeds} seeds, ${progress.failures} broken\n`);
      },
      stop: () => {},
    };
  }
  const format = '{bar} {percentage} %, {seeds} seeds, {failures} broken, {eta_formatted} to go';
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true });
  bar.start(timed ? forMs : seeds, 0, { seeds: 0, failures: 0 });
  return {
    update: (progress) => bar.update(timed ? progress.elapsedMs : progress.seeds, { ...progress }),
    stop: () => bar.stop(),
  };
}
