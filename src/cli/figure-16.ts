/** `electorate figure-16`: the election times of the Raft paper, measured again. */
import { runFigure16 } from '../analysis/figure-16.js';
import type { Profile } from '../options.js';
import { figure16Report } from '../report/figure-16-report.js';
import { Interruption } from './interruption.js';
import { resolveReportFiles, writeReports, type ReportFlags } from './report-files.js';

export interface Figure16Flags extends ReportFlags {
  readonly engine?: 'simulation' | 'threads';
  readonly trials?: number;
  readonly ranges?: string;
  readonly profile?: Profile;
  readonly seed?: number;
}

/** The report goes to stdout, progress to stderr. */
export async function figure16Command(flags: Figure16Flags): Promise<void> {
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
  const written = await writeReports(files, result, {
    page: async () => (await import('../report/figure-16-page.js')).figure16Page(result),
    pictures: async () => (await import('../report/figure-16-charts.js')).figure16Pictures(result),
  });
  process.stdout.write(`${[figure16Report(result), written].filter(Boolean).join('\n\n').trimEnd()}\n`);
}
