/** `electorate ablate`: what each feature of the protocol is worth. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { ablate } from '../analysis/ablation.js';
import { ablationReport } from '../report/ablation-report.js';
import { addClusterFlags, clusterOptionsFrom, numeric, type ClusterFlags } from './cluster-flags.js';
import { delayForms, parseDelay } from './delay-flag.js';
import { Interruption } from './interruption.js';
import { checkOutputFile, keep } from './output-file.js';

interface AblateFlags extends ClusterFlags {
  readonly engine?: 'threads' | 'simulation';
  readonly trials?: number;
  readonly runs?: number;
  readonly linkDelay?: string;
  readonly storeDelay?: string;
  readonly json?: string;
}

/** Adds the command. */
export function addAblate(program: Command): void {
  addClusterFlags(program.command('ablate').summary('say what each feature of the protocol is worth'))
    .description(
      'Crashes leaders with every feature and with each one switched off in turn, the sides in alternation so that ' +
        'all meet the same machine, and prints what that costs or saves. Then puts each side, in virtual time, into ' +
        'situations in which single features matter. The exit notice is off but where it is what is looked at. ' +
        'A few seconds simulated, a few minutes on threads.',
    )
    .addOption(
      new Option('--engine <name>', 'where the leaders are crashed')
        .choices(['threads', 'simulation'])
        .default(undefined, 'simulation'),
    )
    .addOption(numeric('--trials <count>', 'leaders crashed for each feature', '1000, on threads 20'))
    .addOption(numeric('--runs <count>', 'runs of each situation', '10'))
    .addOption(new Option('--link-delay <ms>', `one way: ${delayForms}`))
    .addOption(new Option('--store-delay <ms>', 'of a write, in the simulation; as above'))
    .addOption(new Option('--json <file>', 'write everything to this file'))
    .addHelpText(
      'after',
      `
Examples:
  electorate ablate
  electorate ablate --ranked-successors off
  electorate ablate --engine threads --trials 100 --store memory`,
    )
    .action(ablateCommand);
}

/** The report goes to stdout, progress to stderr. */
async function ablateCommand(flags: AblateFlags): Promise<void> {
  const jsonFile = flags.json === undefined ? null : resolve(flags.json);
  if (jsonFile !== null) await checkOutputFile('json', jsonFile);
  using interruption = new Interruption();
  const { engine, trials, runs, linkDelay, storeDelay } = flags;
  // What is not asked for keeps the defaults of this command.
  const cluster = Object.fromEntries(
    Object.entries(clusterOptionsFrom(flags)).filter(([, value]) => value !== undefined),
  );
  const result = await ablate(
    {
      engine,
      trials,
      runs,
      cluster,
      linkDelay: linkDelay === undefined ? undefined : parseDelay('linkDelay', linkDelay),
      storeDelay: storeDelay === undefined ? undefined : parseDelay('storeDelay', storeDelay),
    },
    {
      signal: interruption.signal,
      onProgress: (what, done, of) => void process.stderr.write(`${what}: ${done}/${of}\n`),
    },
  );
  process.stdout.write(`${ablationReport(result)}\n`);
  if (jsonFile !== null) {
    await keep('the result, as JSON', jsonFile, () => writeFile(jsonFile, `${JSON.stringify(result)}\n`));
  }
}
