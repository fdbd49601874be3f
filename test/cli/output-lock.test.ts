import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { holdOutput } from '../../src/cli/output-lock.js';
import { electorate } from './electorate.js';

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-lock-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Another process that holds it, until it is killed. */
async function holderOf(t: ExecutionContext, file: string): Promise<ChildProcess> {
  const module = new URL('../../src/cli/output-lock.js', import.meta.url).href;
  const code = `import { holdOutput } from ${JSON.stringify(module)};
    await holdOutput('json', ${JSON.stringify(file)});
    console.log('held');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a file that another process holds is refused, by each of its names, and leaves no trace', async (t) => {
  const folder = await folderOf(t);
  const [file, link] = [join(folder, 'a.json'), join(folder, 'link')];
  await writeFile(file, '{}');
  await symlink('a.json', link);
  const { pid } = await holderOf(t, file);
  const before = await readdir(folder);
  for (const name of [file, link]) {
    await t.throwsAsync(holdOutput('json', name), {
      code: 'invalidOption',
      message: `Expected \`json\` to be written by no other run (process ${pid} is at it), got '${name}'`,
    });
  }
  t.deepEqual(await readdir(folder), before);
  await using other = await holdOutput('json', join(folder, 'b.json'));
  t.truthy(other, 'another file is free');
});

test('the lock of a process that was killed holds nobody up, and goes', async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, 'a.json');
  const holder = await holderOf(t, file);
  const exited = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exited;
  t.is((await readdir(folder)).length, 1, 'it was left');
  const held = await holdOutput('json', file);
  t.is((await readdir(folder)).length, 1, 'only the new one');
  await held[Symbol.asyncDispose]();
  t.deepEqual(await readdir(folder), []);
});

test('a process that has the id of a killed one is another one', async (t) => {
  const folder = await folderOf(t);
  await writeFile(join(folder, `a.json.${process.ppid}-1.lock`), '');
  await using held = await holdOutput('json', join(folder, 'a.json'));
  t.truthy(held);
  t.deepEqual(
    (await readdir(folder)).filter((name) => name.includes(`.${process.ppid}-`)),
    [],
  );
});

test('what is no plain file is not held', async (t) => {
  await using held = await holdOutput('json', '/dev/null');
  t.truthy(held);
});

test.serial(
  'of two stress runs on one JSON the second is refused, and the file stays as it was',
  async (t) => {
    const folder = await folderOf(t);
    const json = join(folder, 'a.json');
    await using held = await holdOutput('json', json);
    t.truthy(held);
    const { code, stdout, stderr, left } = await electorate(
      `stress --nodes 3 --store memory --duration 0.5 --contention main:50/100 --json ${json}`.split(' '),
    );
    t.is(code, 2, stderr);
    t.is(
      stderr,
      `error: Expected \`--json\` to be written by no other run (process ${process.pid} is at it), got '${json}'\n`,
    );
    t.is(stdout, '');
    t.deepEqual(left, []);
    t.is((await readdir(folder)).length, 1, 'the lock of the first, and no JSON');
  },
);
