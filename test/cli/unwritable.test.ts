/** What was measured is not lost with the file that it was to be kept in: it is printed, and one line says the rest. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { electorate } from './electorate.js';

/** Opens, and takes nothing: it is as a disk that has filled up meanwhile. */
const full = '/dev/full';

for (const [line, printed, lost] of [
  ['bench --engine simulation --trials 3 --json', /^Time without a leader/u, 'every trial, as JSON'],
  ['bench --engine simulation --trials 3 --heartbeat 20,30 --json', /^│/mu, 'every trial, as JSON'],
  ['bench --engine simulation --trials 3 --report', /^Time without a leader/u, 'the report'],
  ['figure-16 --trials 3 --ranges 150-300 --profile vanilla --json', /^Figure 16 /u, 'every trial, as JSON'],
  ['simulate --seeds 2 --threads 1 --json', /^2 seeds /u, 'the result, as JSON'],
  ['ablate --engine simulation --trials 2 --runs 1 --json', /^│/mu, 'the result, as JSON'],
] as const) {
  test.serial(`a file that takes nothing ends with 1 and one line, behind the tables: ${line}`, async (t) => {
    if (!existsSync(full)) return t.log('no file takes nothing here');
    const { code, stdout, stderr } = await electorate([...line.split(' '), full]);
    t.is(code, 1, stderr);
    t.regex(stdout, printed);
    const [last] = stderr.trimEnd().split('\n').toReversed();
    t.regex(last ?? '', new RegExp(`^error: Not kept: ${lost}\\. ${full} can't be written: ENOSPC: `, 'u'));
    t.notRegex(stderr, /^ {4}at /mu);
  });
}
