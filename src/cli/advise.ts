/** `electorate advise`: which timeouts to use here, why, and whether they do what is said of them. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { adviseTimeouts } from '../analysis/advising.js';
import { adviceReport } from '../report/advice-report.js';
import { numeric } from './cluster-flags.js';
import { Interruption } from './interruption.js';
import { checkOutputFile, keep } from './output-file.js';

interface AdviseFlags {
  readonly nodes?: number;
  readonly profile?: 'standard' | 'vanilla';
  readonly roundTrip?: number;
  readonly flush?: number;
  readonly loopLag?: number;
  readonly falseElections?: number;
  readonly lostHeartbeats?: number;
  readonly engine?: 'threads' | 'simulation';
  readonly store?: 'disk' | 'memory';
  readonly trials?: number;
  readonly watch?: number;
  readonly seed?: number;
  readonly json?: string;
}

/** Adds the command. */
export function addAdvise(program: Command): void {
  program
    .command('advise')
    .summary('say which timeouts to use on this machine, and try them')
    .description(
      'Measures what a round trip, a flush and a stall cost on this machine, unless they are given; prints T, R, h ' +
        'and r with what may be expected of them and the formulas behind; and then crashes leaders to see whether ' +
        'that is what happens. Ends with 1 when it is not: mean off by more than 5 %, p99 by more than 15 %. ' +
        'Takes about a minute and a half; a second when all three costs are given, which are then tried in simulation.',
    )
    .addOption(numeric('--nodes <count>', 'voters', '5'))
    .addOption(
      new Option('--profile <name>', 'standard: pre-vote, leases and all; vanilla: the Raft paper')
        .choices(['standard', 'vanilla'])
        .default(undefined, 'standard'),
    )
    .addOption(numeric('--round-trip <ms>', 'a message to another node and its answer', 'measured'))
    .addOption(numeric('--flush <ms>', 'one durable write', 'measured'))
    .addOption(
      numeric(
        '--loop-lag <ms>',
        'the longest stall that must not cost a leader its place',
        'by measured stalls',
      ),
    )
    .addOption(numeric('--false-elections <rate>', 'the most an hour, by measured stalls', '1'))
    .addOption(numeric('--lost-heartbeats <count>', 'so many in a row may be lost without an election', '3'))
    .addOption(
      new Option('--engine <name>', 'where the advice is tried')
        .choices(['threads', 'simulation'])
        .default(undefined, 'threads; simulation where a cost was given'),
    )
    .addOption(
      new Option('--store <kind>', 'whose writes are timed')
        .choices(['disk', 'memory'])
        .default(undefined, 'disk'),
    )
    .addOption(numeric('--trials <count>', 'leaders crashed to try it', '100, simulated 2000'))
    .addOption(numeric('--watch <ms>', 'how long the idle cluster is watched for stalls', '10000'))
    .addOption(numeric('--seed <number>', 'seeds every draw', 'a random one, in the JSON'))
    .addOption(new Option('--json <file>', 'write everything to this file'))
    .addHelpText(
      'after',
      `
Examples:
  electorate advise
  electorate advise --nodes 3 --false-elections 0.1
  electorate advise --round-trip 40 --flush 5 --loop-lag 100 --nodes 7`,
    )
    .action(advise);
}

/** The report goes to stdout, progress to stderr. */
async function advise(flags: AdviseFlags): Promise<void> {
  const jsonFile = flags.json === undefined ? null : resolve(flags.json);
  if (jsonFile !== null) await checkOutputFile('json', jsonFile);
  using interruption = new Interruption();
  const { roundTrip, flush, loopLag, falseElections, watch, ...same } = flags;
  const result = await adviseTimeouts(
    {
      ...same,
      roundTripMs: roundTrip,
      flushMs: flush,
      loopLagMs: loopLag,
      falseElectionsPerHour: falseElections,
      watchMs: watch,
    },
    { signal: interruption.signal, onProgress: showStage },
  );
  process.stdout.write(`${adviceReport(result)}\n`);
  if (jsonFile !== null) {
    await keep('the result, as JSON', jsonFile, () =>
      writeFile(jsonFile, `${JSON.stringify(result, null, 1)}\n`),
    );
  }
  if (!result.verification.holds) process.exitCode = 1;
}

function showStage(stage: string, done: number, of: number): void {
  if (done === 0) process.stderr.write(`${stage} …\n`);
  else if (done % Math.ceil(of / 4) === 0) process.stderr.write(`${stage}: ${done}/${of}\n`);
}
