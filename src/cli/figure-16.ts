/** `electorate figure-16`: the election times of the Raft paper, measured again. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runFigure16 } from '../analysis/figure-16.js';
import type { Profile } from '../options.js';
import { figure16Report } from '../report/figure-16-report.js';
import { Interruption } from './interruption.js';
import { checkOutputFile } from './output-file.js';

export interface Figure16Flags {
  readonly trials?: number;
  readonly ranges?: string;
  readonly profile?: Profile;
  readonly seed?: number;
  readonly json?: string;
}

/** The report goes to stdout, progress to stderr. */
export async function figure16Command(flags: Figure16Flags): Promise<void> {
  const jsonFile = flags.json === undefined ? null : resolve(flags.json);
  if (jsonFile !== null) await checkOutputFile('json', jsonFile);
  using interruption = new Interruption();
  const result = await runFigure16(
    {
      trials: flags.trials,
      ranges: flags.ranges?.split(',').map((range) => range.trim().replace('–', '-')),
      profiles: flags.profile === undefined ? undefined : [flags.profile],
      seed: flags.seed,
    },
    {
      signal: interruption.signal,
      onProgress: ({ range, profile }) => void process.stderr.write(`${range} ${profile}\n`),
    },
  );
  process.stdout.write(`${figure16Report(result)}\n`);
  if (jsonFile === null) return;
  await writeFile(jsonFile, `${JSON.stringify(result)}\n`);
  process.stdout.write(`\nEvery sample, as JSON: ${jsonFile}\n`);
}
