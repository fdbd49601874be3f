/** A folder is opened for the cluster that it belongs to, and for nobody else. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestFn } from 'ava';
import {
  hasStore,
  makeTemporaryDataDir,
  markFounded,
  openDataDir,
  removeTemporary,
  storePathOf,
  type Members,
} from '../../src/cluster/data-dir.js';
import { asNodeId, type NodeId } from '../../src/raft/brands.js';

const withFolder = test as TestFn<{ folder: string }>;
const nodes = ['n1', 'n2'].map(asNodeId);
const members: Members = { voters: nodes, learners: [] };

withFolder.beforeEach(async (t) => {
  t.context.folder = await mkdtemp(join(tmpdir(), 'electorate-test-'));
});

withFolder.afterEach.always(async (t) => {
  await rm(t.context.folder, { recursive: true, force: true });
});

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  );
}

if (process.platform === 'linux') {
  test('a folder where the system allows none is refused at once, and does not spin for ever', async (t) => {
    await t.throwsAsync(openDataDir('/proc/electorate/data', members), { code: 'dataDirUnusable' });
  });
}

withFolder('a new folder is made, claimed, and found again with the same group', async (t) => {
  const path = join(t.context.folder, 'deep', 'down');
  const first = await openDataDir(path, members);
  t.is(first.path, path);
  t.false(first.temporary);
  const again = await openDataDir(path, { ...members, voters: nodes.toReversed() });
  t.deepEqual(again.identity, first.identity);
  t.deepEqual(await readdir(path), ['electorate.json']);
  await removeTemporary(again);
  t.deepEqual(await readdir(path), ['electorate.json']);
});

withFolder('of two that claim at once, one is first and both see whose folder it is', async (t) => {
  const { folder } = t.context;
  const claims = await Promise.all(Array.from({ length: 8 }, () => openDataDir(folder, members)));
  t.is(new Set(claims.map(({ identity }) => identity.group)).size, 1);
  t.deepEqual(await readdir(folder), ['electorate.json']);
});

withFolder('refused, and left as it was: a folder of other nodes', async (t) => {
  const { folder } = t.context;
  await openDataDir(folder, members);
  const before = await contentsOf(folder);
  await t.throwsAsync(openDataDir(folder, { voters: [...nodes, asNodeId('n3')], learners: [] }), {
    code: 'storeForeign',
    message: /n1, n2/u,
  });
  t.deepEqual(await contentsOf(folder), before);
});

withFolder('refused, and left as it was: a folder of the same nodes in other parts', async (t) => {
  const { folder } = t.context;
  const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(asNodeId) as [NodeId, NodeId, NodeId];
  await openDataDir(folder, { voters: [n1, n2, n3], learners: [] });
  const before = await contentsOf(folder);
  // A quorum of these two could lack what a quorum of the three has committed.
  await t.throwsAsync(openDataDir(folder, { voters: [n1, n2], learners: [n3] }), {
    code: 'storeForeign',
    message: /of voters n1, n2, learners n3, but .* voters n1, n2, n3, no learners$/u,
  });
  t.deepEqual(await contentsOf(folder), before);
});

withFolder('refused, and left as it was: a folder of another program', async (t) => {
  const { folder } = t.context;
  await writeFile(join(folder, 'thesis.txt'), 'all my work');
  await t.throwsAsync(openDataDir(folder, members), { code: 'storeForeign', message: /thesis\.txt/u });
  t.deepEqual(await contentsOf(folder), { 'thesis.txt': 'all my work' });
});

for (const text of [
  '',
  '{',
  'null',
  '{"format":2,"group":"g","voters":["n1","n2"],"learners":[],"founded":true}',
  '{"format":1}',
]) {
  withFolder(`refused, and left as it was: an identity of ${JSON.stringify(text)}`, async (t) => {
    const { folder } = t.context;
    await writeFile(join(folder, 'electorate.json'), text);
    await t.throwsAsync(openDataDir(folder, members), { code: 'storeCorrupt' });
    t.deepEqual(await contentsOf(folder), { 'electorate.json': text });
  });
}

withFolder('refused: a path that is a file, and one below a file', async (t) => {
  const file = join(t.context.folder, 'file');
  await writeFile(file, 'x');
  for (const path of [file, join(file, 'below')]) {
    await t.throwsAsync(openDataDir(path, members), {
      code: 'dataDirUnusable',
      message: /^Expected `dataDir` to be/u,
    });
  }
});

withFolder('once founded, a store that is missing is lost, and the others are left alone', async (t) => {
  const { folder } = t.context;
  await openDataDir(folder, members);
  for (const id of nodes) {
    await mkdir(storePathOf(folder, id));
    await writeFile(join(storePathOf(folder, id), 'CURRENT'), '');
    t.true(hasStore(storePathOf(folder, id)));
  }
  await markFounded(folder);
  await markFounded(folder);
  t.true((await openDataDir(folder, members)).identity.founded);

  await rm(storePathOf(folder, asNodeId('n2')), { recursive: true });
  await t.throwsAsync(openDataDir(folder, members), { code: 'storeLost', message: /store of n2 is gone/u });
  t.deepEqual(await readdir(folder), ['electorate.json', 'n1']);
});

test('a temporary folder goes when its cluster does, unless it is to be kept', async (t) => {
  const exitListeners = process.listenerCount('exit');
  const going = await makeTemporaryDataDir(members, false);
  const kept = await makeTemporaryDataDir(members, true);
  t.is(process.listenerCount('exit'), exitListeners + 1);
  await removeTemporary(going);
  await removeTemporary(kept);
  await t.throwsAsync(readdir(going.path), { code: 'ENOENT' });
  t.deepEqual(await readdir(kept.path), ['electorate.json']);
  t.is(process.listenerCount('exit'), exitListeners);
  await rm(kept.path, { recursive: true });
});
