import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { writeWhole } from '../../src/cli/write-whole.js';

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-write-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a file is replaced by another one, never cut short, and nothing is left beside it', async (t) => {
  const folder = await folderOf(t);
  const file = join(folder, 'a.json');
  await writeWhole(file, 'one');
  const { ino } = await stat(file);
  await writeWhole(file, 'two');
  t.is(await readFile(file, 'utf8'), 'two');
  t.not((await stat(file)).ino, ino);
  t.deepEqual(await readdir(folder), ['a.json']);
});

test('a link stays one, and what it leads to is written', async (t) => {
  const folder = await folderOf(t);
  const [file, link] = [join(folder, 'a.json'), join(folder, 'link')];
  await writeFile(file, 'one');
  await symlink('a.json', link);
  await writeWhole(link, 'two');
  t.is(await readlink(link), 'a.json');
  t.is(await readFile(file, 'utf8'), 'two');
});

test('what is no plain file is written in place', async (t) => {
  await t.notThrowsAsync(writeWhole('/dev/null', 'anything'));
  t.false((await stat('/dev/null')).isFile());
});

test('where it can not be put, the reason is told', async (t) => {
  const folder = await folderOf(t);
  await t.throwsAsync(writeWhole(join(folder, 'none', 'a.json'), 'x'), { code: 'ENOENT' });
});
