/** `electorate figure-16`: the election times of the Raft paper, measured again. */
import { Option, type Command } from 'commander';
import { runFigure16 } from '../analysis/figure-16.js';
import type { Profile } from '../options.js';
import { figure16Report } from '../report/figure-16-report.js';
import { numeric } from './cluster-flags.js';
import { Interruption } from './interruption.js';
import { resolveReportFiles, writeReports, type ReportFlags } from './report-files.js';

interface Figure16Flags extends ReportFlags {
  readonly engine?: 'simulation' | 'threads';
  readonly trials?: number;
  readonly ranges?: string;
  readonly profile?: Profile;
  readonly seed?: number;
}

/** Adds the command. */
export function addFigure16(program: Command): void {
  program
    .command('figure-16')
    .summary('the election times of the Raft paper, measured again')
    .description(
      'Runs the ten ranges of election timeouts of figure 16 with the rules of the paper, and draws them beside its ' +
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
    .action(figure16);
}

/** The report goes to stdout, progress to stderr. */
async function figure16(flags: Figure16Flags): Promise<void> {
  const files = await resolveReportFiles(flags);
  using interruption = new Interruption();
  const result = await runFigure16(
    {
      engine: flags.engine,
      trials: flags.trials,
      ranges: flags.ranges?.split(',').map((range) => range.trim().replace('–', '-')),
      profiles: flags.profile === undefined ? undefined : [flags.profile],
      seed: flags.seed,
    },
    {
      signal: interruption.signal,
      onProgress: ({ range, done, of }) => {
        if (done === of || done % Math.ceil(of / 10) === 0)
          process.stderr.write(`${range}: ${done}/${of} trials\n`);
      },
    },
  );
  const isWritten = Object.values(files).some((file) => file !== null);
  process.stdout.write(`${figure16Report(result)}\n${isWritten ? '\n' : ''}`);
  await writeReports(files, result, {
    page: async () => (await import('../report/figure-16-page.js')).figure16Page(result),
    pictures: async () => (await import('../report/figure-16-charts.js')).figure16Pictures(result),
  });
}
