#!/usr/bin/env node
/** The commands. Each is thin: it calls one function that a script could call. */
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { electionFaults } from '../analysis/election-plan.js';
import { ElectorateError, messageOf, type ErrorCode } from '../errors.js';
import { addAblate } from './ablate.js';
import { addAdvise } from './advise.js';
import { bench, type BenchFlags } from './bench.js';
import { addClusterFlags, messageInFlags, numeric, type ClusterFlags } from './cluster-flags.js';
import { addCompare } from './compare.js';
import { delayForms } from './delay-flag.js';
import { addExplain } from './explain.js';
import { explore, type ExploreFlags } from './explore.js';
import { figure16Command, type Figure16Flags } from './figure-16.js';
import { Interrupted } from './interruption.js';
import { scenarios, type ScenarioFlags } from './scenarios.js';
import { simulate, type SimulateFlags } from './simulate.js';
import { allowLists, type Swept } from './sweep.js';
import { up } from './up.js';

/** What another command line would cure; everything else is no fault of the caller's. */
const usageErrors: ReadonlySet<ErrorCode> = new Set([
  'invalidOption',
  'dataDirUnusable',
  'storeForeign',
  'storeLocked',
  'storeCorrupt',
  'resultUnreadable',
]);

function createProgram(): Command {
  const { version, description } = createRequire(import.meta.url)('../../../package.json') as {
    version: string;
    description: string;
  };
  const program = new Command('electorate').description(description).version(version).exitOverride();

  addClusterFlags(program.command('up').summary('start a cluster and watch it'))
    .description(
      'Starts a cluster and shows it live: crash, hang, isolate and restart its nodes by single keys.\n' +
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
    .action((flags: ClusterFlags) => up(flags));

  const benchCommand = addClusterFlags(
    program.command('bench').summary('measure how long a cluster is without a leader'),
  )
    .description(
      'Takes the leader of a settled cluster away again and again, and prints where the time without a leader\n' +
        'went, beside the best that these timeouts allow. Takes about half a minute by default.\n' +
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
    .addOption(numeric('--clients <count>', 'open-loop clients that write meanwhile, on threads', '0'))
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
    .action((flags: Swept<BenchFlags>) => bench(flags));
  allowLists(benchCommand, ['trials', 'engine', 'dataDir', 'voteLog', 'json', 'report', 'svg']);

  addAdvise(program);
  addAblate(program);

  addExplain(program);
  addCompare(program);

  program
    .command('figure-16')
    .summary('the election times of the Raft paper, measured again')
    .description(
      'Runs the ten ranges of election timeouts of figure 16 with the rules of the paper, and draws them beside its\n' +
        'samples and the ideal; then the same with the standard rules. Simulated it takes seconds, on threads half an hour.',
    )
    .addOption(
      new Option(
        '--engine <name>',
        'simulation: in virtual time; threads: real clusters, one after the other',
      )
        .choices(['simulation', 'threads'])
        .default(undefined, 'simulation'),
    )
    .addOption(
      numeric('--trials <count>', 'of each curve', 'as the paper: 1000, and 100 for 150-150; threads: 100'),
    )
    .addOption(
      new Option('--ranges <list>', 'which rows').default(undefined, 'all; on threads all but 150-150'),
    )
    .addOption(
      new Option('--profile <name>', 'only these rules')
        .choices(['vanilla', 'standard'])
        .default(undefined, 'both, one after the other'),
    )
    .addOption(numeric('--seed <number>', 'seeds every random draw', 'a random one, printed'))
    .addOption(new Option('--json <file>', 'write every sample to this file'))
    .addOption(new Option('--report <file>', 'draw a report for a browser: one HTML file'))
    .addOption(new Option('--svg <folder>', 'write each chart of the report into this folder'))
    .addHelpText(
      'after',
      `
Examples:
  electorate figure-16
  electorate figure-16 --ranges 150-300,12-24 --trials 10000 --seed 1
  electorate figure-16 --engine threads --trials 30 --ranges 12-24,150-300
  electorate figure-16 --profile vanilla --json figure-16.json`,
    )
    .action((flags: Figure16Flags) => figure16Command(flags));

  program
    .command('scenarios')
    .summary('what each profile makes of partial partitions')
    .description(
      'Lays a library of partial partitions over groups in virtual time, once per seed and profile, and prints who\n' +
        'recovers, who changes leaders for ever, and who stands still.',
    )
    .addOption(numeric('--seeds <count>', 'runs per cell', '20'))
    .addOption(numeric('--seed <number>', 'seeds all of them', 'a random one, printed'))
    .addHelpText('after', '\nExamples:\n  electorate scenarios\n  electorate scenarios --seeds 100 --seed 1')
    .action((flags: ScenarioFlags) => scenarios(flags));

  program
    .command('simulate')
    .summary('put seeded clusters under every fault, in virtual time')
    .description(
      'Runs one history a seed: crashes, partitions, bad links, stalls, failing disks and clients, checked after\n' +
        'every step for safety, then for linearizability, and once the faults end for liveness. What fails is\n' +
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
    .action((flags: SimulateFlags) => simulate(flags));

  program
    .command('explore')
    .summary('check all reachable states of a small group')
    .description(
      'Lets timers fire and messages arrive, vanish or repeat in every order, and checks every state it reaches.\n' +
        'Breadth first: a violation is shown by a shortest path.',
    )
    .addOption(
      new Option('--from <state>', 'begin with brand-new nodes, or with a leader of term 1')
        .choices(['fresh', 'settled'])
        .default(undefined, 'fresh'),
    )
    .addOption(
      new Option('--profile <name>', 'the rules of the protocol')
        .choices(['standard', 'vanilla'])
        .default(undefined, 'standard'),
    )
    .addOption(numeric('--states <count>', 'stop after so many distinct states', '5000000'))
    .addOption(numeric('--nodes <count>', 'voters', '3'))
    .addOption(numeric('--terms <count>', 'highest term', '3'))
    .addOption(numeric('--log-length <count>', 'longest log', '4'))
    .addOption(numeric('--in-flight <count>', 'messages on their way at once', '3'))
    .addOption(numeric('--crashes <count>', 'crashes, each with a restart', '1'))
    .addOption(numeric('--proposals <count>', 'proposals', '2'))
    .addOption(numeric('--duplicates <count>', 'messages delivered twice', '1'))
    .addHelpText(
      'after',
      '\nExamples:\n  electorate explore --states 200000\n' +
        '  electorate explore --from settled --in-flight 2 --duplicates 0',
    )
    .action((flags: ExploreFlags) => explore(flags));

  return program;
}

/** Exit codes: 0 done, 1 failed, 2 a wrong command line, 128 + n ended by signal n. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    // A command that has done its work may have found what it looked for, and said so there.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its own errors, and the help, already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Interrupted) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof ElectorateError) {
      process.stderr.write(`error: ${messageInFlags(error)}\n`);
      return usageErrors.has(error.code) ? 2 : 1;
    }
    process.stderr.write(
      `error: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`,
    );
    return 1;
  }
}

// Whoever reads may have seen enough (`electorate up | head`): no failure, and nothing is left to say. Exit hooks still
// remove the temporary folder, and the threads end with the process.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Not `process.exit`: output is still being written, and nothing else may be left that keeps the process alive.
process.exitCode = await main();
