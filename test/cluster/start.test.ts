/** How a cluster begins and ends, and everything that keeps it from beginning. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { Cluster, startWith } from '../../src/cluster/cluster.js';
import { eventually, quick, settle, temporaryFolder, Watch } from './support.js';

const run = promisify(execFile);

test.serial('the ten-line script runs as it stands', async (t) => {
  await using folder = await temporaryFolder();
  const library = new URL('../../src/index.js', import.meta.url).href;
  const script = `
import { Cluster } from 'electorate';

const cluster = await Cluster.start({ nodes: 5 });
const leader = await cluster.waitForLeader();
console.log(\`\${leader.id} leads term \${leader.term}\`);
await cluster.propose({ hello: 'world' });
const { atMs } = await cluster.crash(leader.id);
const next = await cluster.waitForLeader();
console.log(\`\${next.id} leads term \${next.term}\`, atMs > 0);
await cluster.stop();
`;
  const file = join(folder.path, 'script.mjs');
  await writeFile(file, script.replace("'electorate'", `'${library}'`));
  const { stdout, stderr } = await run(process.execPath, [file], { timeout: 60_000 });
  t.regex(stdout, /^n\d leads term \d+\nn\d leads term \d+ true\n$/u);
  t.is(stderr, '');
});

test.serial('every node takes part when start resolves, and its end is told when it stops', async (t) => {
  const cluster = await Cluster.start({ ...quick, nodes: ['a', 'b'], learners: ['c'], seed: 7 });
  t.is(cluster.nodeIds.join(), 'a,b,c');
  t.is(cluster.options.seed, 7);
  const { nodes } = await cluster.status();
  t.true(nodes.every(({ lifecycle, incarnation }) => lifecycle === 'up' && incarnation === 1));
  await settle(cluster);
  const { index } = await cluster.propose('for the learner too');
  await eventually(async () => (await cluster.node('c').status()).commitIndex >= index);
  t.like(await cluster.node('c').status(), { learner: true, role: 'follower' });

  const watch = new Watch(cluster);
  const stopped = cluster.stop();
  t.is(cluster.stop(), stopped);
  await stopped;
  t.deepEqual(
    watch.all('exited').map(({ planned }) => planned),
    [true, true, true],
  );
  await cluster.stop();
});

test.serial('after stop, and during it, every call is refused with clusterStopped', async (t) => {
  const cluster = await Cluster.start(quick);
  const leader = await cluster.waitForLeader();
  const waiting = [cluster.waitForLeader({ afterTerm: leader.term + 100 }), cluster.node('n1').status()].map(
    (call) => t.throwsAsync(call, { code: 'clusterStopped' }),
  );
  const stopped = cluster.stop();
  await Promise.all(waiting);
  await t.throwsAsync(cluster.status(), { code: 'clusterStopped' });
  await stopped;
  await t.throwsAsync(cluster.crash('n1'), { code: 'clusterStopped' });
  await t.throwsAsync(cluster.propose('x'), { code: 'clusterStopped' });
  await t.throwsAsync(cluster.waitForLeader(), { code: 'clusterStopped' });
  t.throws(() => cluster.subscribe(() => undefined), { code: 'clusterStopped' });
});

test.serial('a listener that throws is a warning, and the others are told all the same', async (t) => {
  const cluster = await Cluster.start(quick);
  const warnings: unknown[] = [];
  const { emitWarning } = process;
  process.emitWarning = (warning) => void warnings.push(warning);
  const mine = new Error('mine');
  const end = cluster.subscribe(() => {
    end();
    throw mine;
  });
  const watch = new Watch(cluster);
  await cluster.crash('n1');
  process.emitWarning = emitWarning;
  await cluster.stop();
  t.deepEqual(warnings, [mine]);
  t.is(watch.all('crashed').length, 1);
});

test.serial('a temporary folder is used and removed; a kept one stays', async (t) => {
  const going = await Cluster.start({ ...quick, store: 'disk' });
  const path = String(going.options.dataDir);
  t.deepEqual(await readdir(path), ['electorate.json', 'n1', 'n2', 'n3']);
  await going.stop();
  await t.throwsAsync(readdir(path), { code: 'ENOENT' });

  const kept = await Cluster.start({ ...quick, nodes: 1, store: 'disk', keep: true });
  await kept.stop();
  const keptPath = String(kept.options.dataDir);
  t.deepEqual(await readdir(keptPath), ['electorate.json', 'n1']);
  await rm(keptPath, { recursive: true });
});

test.serial('a folder in use is refused to this process and to another, and its owner goes on', async (t) => {
  await using folder = await temporaryFolder();
  const options = { ...quick, store: 'disk', dataDir: folder.path } as const;
  await using cluster = await Cluster.start(options);
  await settle(cluster);
  await cluster.propose('mine');
  await t.throwsAsync(Cluster.start(options), { code: 'storeLocked' });

  const library = new URL('../../src/index.js', import.meta.url).href;
  const script = `import { Cluster } from '${library}';
    await Cluster.start(${JSON.stringify(options)}).catch(({ code }) => console.log(code));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 60_000 });
  t.is(stdout, 'storeLocked\n');
  await cluster.propose('still mine');
});

test.serial('a folder of something else is refused, and nothing in it is touched', async (t) => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'notes.txt'), 'mine');
  const options = { ...quick, store: 'disk', dataDir: folder.path } as const;
  await t.throwsAsync(Cluster.start(options), { code: 'storeForeign' });
  t.deepEqual(await readdir(folder.path), ['notes.txt']);
  t.is(await readFile(join(folder.path, 'notes.txt'), 'utf8'), 'mine');
});

test.serial('a folder of other nodes, and a store from another cluster, are refused', async (t) => {
  await using folder = await temporaryFolder();
  const mine = join(folder.path, 'mine');
  const theirs = join(folder.path, 'theirs');
  for (const dataDir of [mine, theirs])
    await (await Cluster.start({ ...quick, store: 'disk', dataDir })).stop();
  await t.throwsAsync(Cluster.start({ ...quick, nodes: 5, store: 'disk', dataDir: mine }), {
    code: 'storeForeign',
  });
  await rm(join(mine, 'n2'), { recursive: true });
  await run('cp', ['-r', join(theirs, 'n2'), join(mine, 'n2')]);
  await t.throwsAsync(Cluster.start({ ...quick, store: 'disk', dataDir: mine }), { code: 'storeForeign' });
  await rm(join(mine, 'n2'), { recursive: true });
  await t.throwsAsync(Cluster.start({ ...quick, store: 'disk', dataDir: mine }), { code: 'storeLost' });
});

test.serial('a corrupt store keeps the cluster from starting, and says whose it is', async (t) => {
  await using folder = await temporaryFolder();
  const options = { ...quick, store: 'disk', dataDir: folder.path } as const;
  await (await Cluster.start(options)).stop();
  await writeFile(join(folder.path, 'n2', 'CURRENT'), 'nonsense\n');
  const error = await t.throwsAsync(Cluster.start(options), { code: 'storeCorrupt' });
  t.like(error, { details: { node: 'n2' } });
});

test.serial(
  'a folder that can not be made, and a vote log that can not be written, are refused',
  async (t) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'file');
    await writeFile(file, '');
    await t.throwsAsync(Cluster.start({ ...quick, store: 'disk', dataDir: file }), {
      code: 'dataDirUnusable',
    });
    await mkdir(join(folder.path, 'folder'));
    await t.throwsAsync(Cluster.start({ ...quick, voteLog: join(folder.path, 'folder') }), {
      code: 'invalidOption',
      message: /^Expected `voteLog` to be a file to append to/u,
    });
  },
);

test.serial(
  'a node that does not even load keeps the cluster from starting, and nothing is left',
  async (t) => {
    const missing = new URL('entries/missing.js', import.meta.url).href;
    const error = await t.throwsAsync(startWith(quick, { node: missing }), { code: 'startFailed' });
    t.regex(error?.message ?? '', /^Node n\d did not start: it threw: .*missing\.js/u);
    const none = await t.throwsAsync(startWith(quick, { node: 'no address' }), { code: 'startFailed' });
    t.regex(none?.message ?? '', /^The thread of n\d can't be created: /u);
    await t.throwsAsync(startWith(quick, { supervisor: missing }), { code: 'clusterFailed' });
  },
);
