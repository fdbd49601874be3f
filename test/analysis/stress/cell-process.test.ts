/** The command's end of a cell, with stand-ins for its process. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { CellFailure, CellProcess } from '../../../src/analysis/stress/cell-process.js';
import { eventually, temporaryFolder } from '../../cluster/support.js';
import { groupOf } from './processes.js';

const never = new AbortController().signal;

/** A process that runs `code`, in which `tell` is there. */
async function startScript(folder: string, code: string): Promise<CellProcess> {
  const entry = join(folder, `${Math.random()}.mjs`);
  await writeFile(entry, `const tell = (message) => process.send(message);\n${code}`);
  return await CellProcess.start(entry);
}

test('what it says is heard in order, and it hears what it is told', async (t) => {
  await using folder = await temporaryFolder();
  await using cell = await startScript(
    folder.path,
    `process.on('message', ({ type }) => tell({ type: type === 'exerted' ? 'measured' : 'failed', reason: type }));
    tell({ type: 'ready' }); tell({ type: 'settled', leader: 'n2' });`,
  );
  await cell.hear('ready', 30_000, never);
  t.is((await cell.hear('settled', 30_000, never)).leader, 'n2' as never);
  cell.tell({ type: 'exerted' });
  await cell.hear('measured', 30_000, never);
});

test('a failure that it tells of, and anything out of turn, is a failure', async (t) => {
  await using folder = await temporaryFolder();
  await using failed = await startScript(folder.path, `tell({ type: 'failed', reason: 'no disk' });`);
  await t.throwsAsync(failed.hear('ready', 30_000, never), { instanceOf: CellFailure, message: 'no disk' });
  await using early = await startScript(folder.path, `tell({ type: 'measured' });`);
  await t.throwsAsync(early.hear('ready', 30_000, never), {
    message: 'its process said measured instead of ready',
  });
});

test('one that ends, is killed or keeps silent is told by that, with its last words', async (t) => {
  await using folder = await temporaryFolder();
  await using ended = await startScript(
    folder.path,
    `console.error('out of memory'); process.exitCode = 7;
    process.disconnect();`,
  );
  await t.throwsAsync(ended.hear('ready', 30_000, never), {
    message: 'its process ended with code 7: out of memory',
  });
  await using killed = await startScript(folder.path, `process.kill(process.pid, 'SIGKILL');`);
  await t.throwsAsync(killed.hear('ready', 30_000, never), { message: 'its process was ended by SIGKILL' });
  await using silent = await startScript(folder.path, `process.on('message', () => {});`);
  await t.throwsAsync(silent.hear('ready', 50, never), {
    message: 'its process did not say that it is ready in time',
  });
});

test('whoever calls it off gets the reason', async (t) => {
  await using folder = await temporaryFolder();
  await using silent = await startScript(folder.path, `process.on('message', () => {});`);
  const reason = new Error('enough');
  const controller = new AbortController();
  const hearing = silent.hear('ready', 30_000, controller.signal);
  controller.abort(reason);
  t.is(await t.throwsAsync(hearing), reason);
});

test('when it is disposed of, nothing is left of its group or its files, stopped or not', async (t) => {
  await using folder = await temporaryFolder();
  const cell = await startScript(
    folder.path,
    `import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    writeFileSync(process.env.TMPDIR + '/left', '');
    spawn('sleep', ['600']);
    process.on('message', () => {});
    tell({ type: 'failed', reason: process.env.TMPDIR });`,
  );
  const { message: files = '' } = (await t.throwsAsync(cell.hear('ready', 30_000, never))) ?? {};
  t.true(existsSync(join(files, 'left')));
  await eventually(() => Promise.resolve(groupOf(cell.pid).length === 2));
  process.kill(cell.pid, 'SIGSTOP');
  await cell[Symbol.asyncDispose]();
  await eventually(() => Promise.resolve(groupOf(cell.pid).length === 0));
  t.false(existsSync(files));
});
