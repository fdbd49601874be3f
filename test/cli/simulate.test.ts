import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sweepReport } from '../../src/report/sweep-report.js';
import type { SweepResult } from '../../src/simulation/sweep.js';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

interface Outcome {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function simulate(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'simulate', ...args], (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

test('a sweep says what it did, and writes it down', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-sweep-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const json = join(folder, 'sweep.json');
  const { code, stdout, stderr } = await simulate(
    '--seeds',
    '40',
    '--seed',
    '7',
    '--nodes',
    '3',
    '--json',
    json,
  );
  t.is(code, 0, stderr);
  t.regex(stdout, /^40 seeds \(7 to 46, mixed rules, 3 nodes\)/u);
  t.regex(stdout, /No rule was broken\.\n$/u);
  t.regex(stderr, /^first seed 7\n(?:\d+ seeds, 0 broken\n)*40 seeds, 0 broken\n$/u);
  const result = JSON.parse(await readFile(json, 'utf8')) as SweepResult;
  t.like(result, { schema: 'electorate-sweep/1', seeds: 40, failedSeeds: [], failures: [] });
});

test('a replayed seed is shown, twice the same', async (t) => {
  const [first, second] = await Promise.all([simulate('--replay', '7'), simulate('--replay', '7')]);
  t.is(first.code, 0, first.stderr);
  t.regex(first.stdout, /Seed 7 breaks no rule: .* trace [0-9a-f]{16}\.\n$/u);
  t.is(first.stdout, second.stdout);
});

test('a wrong flag is named with its rule and value, with exit code 2', async (t) => {
  const wrong = [
    ['--nodes', '1,3'],
    ['--seeds', '0'],
    ['--seed', '-1'],
    ['--replay', 'x'],
    ['--threads', '0.5'],
    ['--for', '0'],
  ] as const;
  const outcomes = await Promise.all(wrong.map((flags) => simulate(...flags)));
  for (const [at, { code, stderr }] of outcomes.entries()) {
    const [flag, value] = wrong[at] ?? ['', ''];
    t.is(code, 2, stderr);
    t.regex(stderr, new RegExp(`Expected \`${flag}\` to be .*, got '?${value}`, 'u'));
  }
});

test('a report of a broken rule says how to see it again', (t) => {
  const report = sweepReport({
    schema: 'electorate-sweep/1',
    options: { profile: 'vanilla', nodes: [3, 5], firstSeed: 10 },
    threads: 2,
    elapsedMs: 1000,
    seeds: 5,
    steps: 25_000,
    virtualMs: 3.6e6,
    faults: 100,
    committed: 50,
    operations: 40,
    failedSeeds: [12],
    failures: [
      {
        seed: 12,
        violation: { rule: 'one vote', detail: 'n1 voted twice', atMs: 3.5 },
        faults: ['  2.000  heal'],
        trace: ['  3.500  n1 grants n2 a vote of term 3'],
      },
    ],
  });
  t.regex(report, /BROKEN by 1 seeds: 12/u);
  t.regex(report, /Seed 12 breaks "one vote" after 3\.500 ms: n1 voted twice/u);
  t.regex(report, /electorate simulate --replay 12 --profile vanilla --nodes 3,5/u);
});
