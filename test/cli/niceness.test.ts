/** A priority that nobody may have here is told once, by each command, before it starts anything. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { priorityRefusal } from '../../src/cluster/priority.js';
import { electorate, main } from './electorate.js';

/** Without the right to go first, which root has and others have not. */
const powerless = ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice'];
const isRoot = process.getuid?.() === 0;
const canDrop = isRoot && spawnSync('setpriv', [...powerless, 'true']).status === 0;

for (const line of [
  'stress --nodes 3 --store memory --duration 0.5 --contention main:50/100',
  'bench --nodes 3 --store memory --trials 1',
  'bench --nodes 3,4 --store memory --trials 1',
  'bench --nodes 3 --store memory --trials 1 --cold-start',
  'up --nodes 3 --data-dir there',
]) {
  test.serial(`a niceness that is not permitted ends with 2 before anything starts: ${line}`, async (t) => {
    if (isRoot && !canDrop) {
      t.is(priorityRefusal(-5), null, 'this user may have any priority, and can not give that up');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'electorate-niceness-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const command = [process.execPath, main, ...line.split(' '), '--niceness', '-5'];
    const [file = '', ...args] = canDrop ? ['setpriv', ...powerless, ...command] : command;
    const child = spawn(file, args, {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    t.deepEqual(await closed, [2, null], stderr);
    t.regex(stderr, /^error: Expected `--niceness` to be permitted here \(.+\), got -5\n$/u);
    t.is(stdout, '');
    t.deepEqual(await readdir(folder), []);
  });
}

test.serial('bench: a simulation has no threads that could have a niceness', async (t) => {
  for (const list of ['5', '0,5']) {
    const args = ['bench', '--engine', 'simulation', '--trials', '1', '--niceness', list];
    const { code, stdout, stderr, left } = await electorate(args);
    t.is(code, 2, stderr);
    t.is(stderr, 'error: Expected `--niceness` to be left out of a simulation, got 5\n');
    t.is(stdout, '');
    t.deepEqual(left, []);
  }
});
