import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import type { StressResult } from '../../src/analysis/stress/stress-result.js';
import { electorateVersion } from '../../src/analysis/version.js';
import { electorate, main } from './electorate.js';

/** Three nodes in memory for half a second a cell. */
const brief =
  'stress --nodes 3 --store memory --duration 0.5 --clients 0 --seed 4 --contention main:50/100'.split(' ');

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-stress-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function read(file: string): Promise<StressResult> {
  return JSON.parse(await readFile(file, 'utf8')) as StressResult;
}

for (const [line, message] of [
  ['--contention hurry:3', 'error: Expected `--contention` to be of a kind'],
  ['--contention hog:100/500@n9', 'error: Expected `--contention` to name nodes of n1, n2, n3, n4, n5 only'],
  ['--duration 0.1', 'error: Expected `--duration` to be a number from 0.5 to 86400, got 0.1'],
  ['--repeat no', "error: Expected `--repeat` to be a whole number from 1 to 10000, got 'no'"],
  ['--faults fire', "error: option '--faults <kind>' argument 'fire' is invalid."],
  ['--faults crash-every-1s --nodes 2', 'error: Expected `--nodes` to be at least 3'],
  ['--data-dir ./there', 'error: Expected `--data-dir` to be left out of a stress run'],
  ['--resume', 'error: Expected `--resume` to come with `--json`'],
  ['--resume --json /no/such/x.json', 'error: Expected `--json` to be a file in a folder'],
  ['--resume --json package.json', 'error: Expected `schema` in '],
] as const) {
  test.serial(`a wrong command line ends with 2 before anything starts: stress ${line}`, async (t) => {
    const { code, stdout, stderr, left } = await electorate(['stress', ...line.split(' ')]);
    t.is(code, 2, stderr);
    t.true(stderr.startsWith(message), stderr);
    t.is(stdout, '');
    t.deepEqual(left, []);
  });
}

test.serial('stress measures a baseline and each contention, and writes what it found', async (t) => {
  const folder = await folderOf(t);
  const [json, report, svg] = ['a.json', 'a.html', 'charts'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const files = ['--json', json, '--report', report, '--svg', svg];
  const { code, stdout, stderr, left } = await electorate([...brief, '--repeat', '2', ...files]);
  t.is(code, 0, stderr);
  t.deepEqual(left, []);
  t.regex(stdout, /^Stress: 2 contentions, 2 rounds of 0\.5 s each$/mu);
  t.regex(stdout, /^│ main:50\/100 +│ +2\/2 │/mu);
  t.true(stdout.endsWith(`Charts, as SVG: ${svg}\nReport, for a browser: ${report}\n`), stdout);
  const { schema, cells } = await read(json);
  t.is(schema, 'electorate.stress/1');
  t.deepEqual(
    cells.map(({ outcome }) => outcome.type),
    ['measured', 'measured', 'measured', 'measured'],
  );
  t.true((await readFile(report, 'utf8')).startsWith('<!doctype html>'));
  t.deepEqual((await readdir(folder)).toSorted(), ['a.html', 'a.json', 'charts'], 'no part of a file');
  t.regex(stderr, /^cell 1\/4: none, round 1 …$/mu);
  t.is(stderr.match(/^ {2}main:50\/100, round \d: \d+ false elections/gmu)?.length, 2);
});

test.serial('a run that was ended goes on from its JSON, and its cells are not run again', async (t) => {
  const folder = await folderOf(t);
  const json = join(folder, 'long.json');
  const args = [...brief, '--repeat', '3', '--json', json];
  const ended = await electorate(args, { at: 'cell 2/6', by: 'SIGINT' });
  t.is(ended.code, 130, ended.stderr);
  t.is(ended.stdout, '');
  t.deepEqual(ended.left, []);
  const before = await read(json);
  t.true(before.cells.length >= 1 && before.cells.length < 6, `${before.cells.length}`);
  t.regex(ended.stderr, new RegExp(`^${before.cells.length} of 6 cells are in `, 'mu'));

  const other = await electorate([...args, '--resume', '--heartbeat', '20']);
  t.is(other.code, 2, other.stderr);
  t.true(other.stderr.startsWith('error: Expected `--resume` to go on with the plan of '), other.stderr);

  const { code, stdout, stderr } = await electorate([...args, '--resume']);
  t.is(code, 0, stderr);
  t.true(stderr.startsWith(`${before.cells.length} of 6 cells are in ${json} already\n`), stderr);
  t.regex(stdout, /^│ main:50\/100 +│ +3\/3 │/mu);
  const after = await read(json);
  t.is(after.cells.length, 6);
  t.deepEqual(after.cells.slice(0, before.cells.length), before.cells);
  t.is(after.plan.cluster.seed, 4);
});

test.serial(
  'an unfinished run of the same plan is taken up unasked, one of another plan is not',
  async (t) => {
    const folder = await folderOf(t);
    const json = join(folder, 'a.json');
    const args = [...brief, '--repeat', '1', '--json', json];
    t.is((await electorate(args)).code, 0);
    const whole = await read(json);
    const [first] = whole.cells;
    await writeFile(json, JSON.stringify({ ...whole, cells: [first] }));
    const resumed = await electorate(args);
    t.is(resumed.code, 0, resumed.stderr);
    t.true(resumed.stderr.startsWith('1 of 2 cells are in '), resumed.stderr);
    t.deepEqual((await read(json)).cells[0], first);

    await writeFile(json, JSON.stringify({ ...whole, cells: [first] }));
    const fresh = await electorate([...args, '--heartbeat', '20']);
    t.is(fresh.code, 0, fresh.stderr);
    t.true(fresh.stderr.startsWith('cell 1/2: none, round 1'), fresh.stderr);
  },
);

test.serial('a run of another machine or version is begun anew unasked, and not gone on with', async (t) => {
  const folder = await folderOf(t);
  const json = join(folder, 'a.json');
  const args = [...brief, '--repeat', '1', '--json', json];
  t.is((await electorate(args)).code, 0);
  const { version, ...whole } = await read(json);
  t.is(version, electorateVersion);
  const others = [
    [
      { ...whole, version, machine: { ...whole.machine, node: 'v1.0.0' } },
      `Node.js v1.0.0, not ${process.version}`,
    ],
    [whole, `an earlier electorate, not ${electorateVersion}`],
  ] as const;
  for (const [other, words] of others) {
    await writeFile(json, JSON.stringify({ ...other, cells: whole.cells.slice(0, 1) }));
    const refused = await electorate([...args, '--resume']);
    t.is(refused.code, 2);
    t.is(
      refused.stderr,
      'error: Expected `--resume` to be left out, which begins anew, or `--json` to be another file: ' +
        `the cells of ${json} are of ${words}, got true\n`,
    );
  }
  const anew = await electorate(args);
  t.is(anew.code, 0, anew.stderr);
  t.true(
    anew.stderr.startsWith(`An unfinished run is in ${json}, of ${others[1][1]}: it begins anew\ncell 1/2`),
  );
  t.is((await read(json)).cells.length, 2);
});

test.serial('a run is finished though nobody reads its progress any more', async (t) => {
  const folder = await folderOf(t);
  const json = join(folder, 'a.json');
  const child = spawn(process.execPath, [main, ...brief, '--repeat', '2', '--json', json], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  child.stderr.once('data', () => child.stderr.destroy());
  const ended = once(child, 'close');
  t.regex(await text(child.stdout), /^Stress: 2 contentions, 2 rounds of /u);
  t.deepEqual(await ended, [0, null]);
  t.is((await read(json)).cells.length, 4);
});

test.serial(
  'a JSON that can not be written any more ends the run with one line: what is not kept',
  async (t) => {
    const folder = await folderOf(t);
    const inner = join(folder, 'inner');
    await mkdir(inner);
    const json = join(inner, 'a.json');
    const child = spawn(
      process.execPath,
      [main, ...brief, '--duration', '3', '--repeat', '1', '--json', json],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TMPDIR: folder },
      },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      // The first cell is written by then.
      if (stderr.includes('cell 2/2')) rmSync(inner, { recursive: true, force: true });
    });
    const closed = once(child, 'close');
    t.regex(
      await text(child.stdout),
      /^Stress: 2 contentions, 1 round [^]*│ main:50\/100 /u,
      'what was measured',
    );
    t.deepEqual(await closed, [1, null], stderr);
    const [last, before] = stderr.trimEnd().split('\n').toReversed();
    t.is(
      last,
      `error: Not kept: the cell main:50/100, round 1. ${json} can't be written: ` +
        `ENOENT: no such file or directory, open '${json}'`,
    );
    t.regex(before ?? '', /^ {2}main:50\/100, round 1: /u, 'nothing is said to be in a file that is gone');
  },
);
