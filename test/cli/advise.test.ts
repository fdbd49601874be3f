import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const advise = (...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [main, 'advise', ...args]);

test('advice for given costs prints timeouts, formulas and what came of them', async (t) => {
  const { stdout } = await advise('--round-trip', '4', '--flush', '2', '--loop-lag', '100', '--seed', '1');
  t.regex(stdout, /^Timeouts for 5 nodes, standard profile$/mu);
  t.regex(
    stdout,
    /^--election-timeout 125 --election-jitter [\d.]+ --heartbeat 25 --retry-jitter [\d.]+ --successor-slot [\d.]+$/mu,
  );
  t.regex(stdout, /R\* = \[\(s\+1\)·m·C\(s,m\)·L·w\^m\]/u);
  t.regex(stdout, /^The advice holds in simulation: mean .* against the closed forms\.$/mu);
});

test('a wrong flag is refused with 2, by its own name', async (t) => {
  const error = await t.throwsAsync(advise('--false-elections', '0'));
  t.like(error, { code: 2 });
  t.regex(error?.message ?? '', /Expected `--false-elections` to be greater than 0/u);
});

test.serial(
  'on threads everything is measured, and tried with the exit code that fits what is said',
  async (t) => {
    const run = advise(
      '--nodes',
      '3',
      '--watch',
      '300',
      '--trials',
      '3',
      '--store',
      'memory',
      '--false-elections',
      '1e5',
    );
    const { stdout, code } = await run.then(
      (ended) => ({ stdout: ended.stdout, code: 0 }),
      (error: { stdout: string; code: number }) => error,
    );
    t.regex(stdout, /A round trip takes [\d.]+ ms \(measured: d [\d.]+\)/u);
    t.regex(stdout, /stalls of more than 3\.000 ms in \d+ s/u);
    t.regex(stdout, /tried on threads, 3/u);
    t.regex(stdout, code === 0 ? /^The advice holds/mu : /^The advice FAILED[^]*Why: /mu);
    t.true(code === 0 || code === 1);
  },
);
