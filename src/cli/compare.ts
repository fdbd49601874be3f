/** `electorate compare`: what of the difference between two results is more than chance. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { compareElections } from '../analysis/comparison.js';
import { parseElectionSamples, type ElectionSamples } from '../analysis/election-samples.js';
import { ElectorateError, messageOf } from '../errors.js';
import { refuseOption } from '../options.js';
import { comparisonReport } from '../report/comparison-report.js';
import { numeric } from './cluster-flags.js';

/** Adds the command. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .argument('<a>', 'a result of `electorate bench --json`: what was')
    .argument('<b>', 'another one: what is')
    .summary('say whether two results differ, and by how much')
    .description(
      'Lays two results side by side, or two grids cell by cell, with the 99 % confidence interval of every ' +
        'difference. Ends with 1 when the time to the election (mean, p50 or p99, marked *) is shown to be worse: ' +
        'when all of its interval lies above the bound. Ends with 0 when it is not, with 2 when a file is no result.',
    )
    .addOption(numeric('--max-regression <percent>', 'how much worse B may be', '0: nothing that is shown'))
    .addHelpText(
      'after',
      `
Examples:
  electorate bench --exit-notice off --trials 300 --json before.json
  electorate bench --exit-notice off --trials 300 --json after.json
  electorate compare before.json after.json
  electorate compare sweep-before.json sweep-after.json    grids, cell by cell
  electorate compare baseline.json after.json --max-regression 5    in CI`,
    )
    .action(compare);
}

async function compare(
  a: string,
  b: string,
  { maxRegression = 0 }: { readonly maxRegression?: number },
): Promise<void> {
  if (!(typeof maxRegression === 'number' && maxRegression >= 0)) {
    refuseOption('maxRegression', maxRegression, 'to be a percentage from 0');
  }
  const [before, after] = [await read(a), await read(b)];
  const comparison = compareElections(before, after, maxRegression / 100);
  process.stdout.write(`${comparisonReport(comparison)}\n`);
  if (comparison.regressed) process.exitCode = 1;
}

/** @throws ElectorateError `resultUnreadable` */
async function read(file: string): Promise<readonly ElectionSamples[]> {
  try {
    return parseElectionSamples(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof ElectorateError) throw error;
    throw new ElectorateError('resultUnreadable', `Cannot read ${file}: ${messageOf(error)}`, {
      details: { file },
      cause: error,
    });
  }
}
