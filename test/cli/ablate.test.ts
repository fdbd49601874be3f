import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const ablate = (...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [main, 'ablate', ...args]);

test('an ablation prints a row a feature, twice', async (t) => {
  const { stdout } = await ablate('--trials', '20', '--runs', '1', '--nodes', '3', '--seed', '1');
  t.regex(stdout, /^What each feature is worth: 20 crashes .* simulated/u);
  t.regex(stdout, /^3 nodes, T 150, slots of 8, .* exit notice off, seed 1$/mu);
  t.is(stdout.match(/^│ restart wait /gmu)?.length, 2);
});

test('a wrong flag is refused with 2, by its own name', async (t) => {
  const error = await t.throwsAsync(ablate('--runs', '0'));
  t.like(error, { code: 2 });
  t.regex(error?.message ?? '', /Expected `--runs` to be a whole number from 1/u);
});

test('a notice that it would switch off again is refused with 2, by its own name', async (t) => {
  const error = await t.throwsAsync(ablate('--exit-notice', 'on'));
  t.like(error, { code: 2 });
  t.regex(error?.message ?? '', /Expected `--exit-notice` to be off in an ablation/u);
});

test.serial('the sides take turns on threads, too', async (t) => {
  const args =
    '--engine threads --trials 1 --runs 1 --nodes 3 --store memory --election-timeout 60 --heartbeat 12';
  const { stdout } = await ablate(...args.split(' '));
  t.regex(stdout, /1 crashes of the leader with it switched, on threads/u);
  t.regex(stdout, /^│ fine timers +│ +[\d.]+ │/mu);
});
