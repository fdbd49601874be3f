/** What was measured is not lost with the file that it was to be kept in: it is printed, and one line says the rest. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    if (!existsSync(full)) {
      t.not(process.platform, 'linux', 'elsewhere no file takes nothing');
      return;
    }
    const { code, stdout, stderr } = await electorate([...line.split(' '), full]);
    t.is(code, 1, stderr);
    t.regex(stdout, printed);
    const [last] = stderr.trimEnd().split('\n').toReversed();
    t.regex(last ?? '', new RegExp(`^error: Not kept: ${lost}\\. ${full} can't be written: ENOSPC: `, 'u'));
    t.notRegex(stderr, /^ {4}at /mu);
  });
}

test.serial(
  'a JSON that takes nothing costs neither the charts nor the report; what is lost is said at once',
  async (t) => {
    if (!existsSync(full)) {
      t.not(process.platform, 'linux', 'elsewhere no file takes nothing');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'electorate-unwritable-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const [svg, report] = [join(folder, 'charts'), join(folder, 'report.html')];
    const bench = ['bench', '--engine', 'simulation', '--trials', '3', '--json', full];
    const { code, stderr } = await electorate([...bench, '--svg', svg, '--report', report]);
    t.is(code, 1);
    t.true(existsSync(report) && readdirSync(svg).length > 0);
    t.regex(stderr, /error: Not kept: every trial, as JSON\. [^\n]+\n$/u);
    const link = join(folder, 'full.html');
    await symlink(full, link);
    const both = await electorate([...bench, '--report', link]);
    t.regex(
      both.stderr,
      /error: Not kept: every trial, as JSON\. .+ENOSPC.+ Not kept: the report\. [^\n]+\n$/u,
    );
  },
);
