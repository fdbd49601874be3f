/** What dies, what comes back, what it remembers, and who is told. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Cluster, startWith } from '../../src/cluster/cluster.js';
import { supervisorStopMs } from '../../src/limits.js';
import { explode } from './entries/bomb.js';
import { eventually, followersOf, quick, settle, temporaryFolder, valuesAt, Watch } from './support.js';

const failing = {
  node: new URL('entries/node.js', import.meta.url).href,
  supervisor: new URL('entries/supervisor.js', import.meta.url).href,
};

for (const store of ['disk', 'memory'] as const) {
  test.serial(`${store}: what was committed, and the terms, outlive a crash of every node`, async (t) => {
    await using cluster = await Cluster.start({ ...quick, store });
    const values = ['one', { two: [2, null] }, 'three'];
    await settle(cluster);
    for (const value of values) await cluster.propose(value);
    const { term } = await cluster.waitForLeader();

    for (const id of cluster.nodeIds) await cluster.crash(id);
    for (const id of cluster.nodeIds) await cluster.restart(id);
    const leader = await settle(cluster);
    t.true(leader.term > term);
    await cluster.propose('four');
    for (const id of cluster.nodeIds) {
      await eventually(async () => (await valuesAt(cluster, id)).length === 4);
      t.deepEqual(await valuesAt(cluster, id), [...values, 'four']);
    }
  });
}

test.serial('disk: the next cluster in the same folder goes on where the last one stopped', async (t) => {
  await using folder = await temporaryFolder();
  const options = { ...quick, store: 'disk', dataDir: folder.path } as const;
  const first = await Cluster.start(options);
  await settle(first);
  await first.propose('kept');
  const { term } = await first.waitForLeader();
  await first.stop();

  await using second = await Cluster.start(options);
  const leader = await second.waitForLeader();
  t.true(leader.term > term);
  t.deepEqual(await valuesAt(second, leader.id), ['kept']);
});

test.serial('a node whose store is lost may not come back under its id', async (t) => {
  await using folder = await temporaryFolder();
  await using cluster = await Cluster.start({ ...quick, store: 'disk', dataDir: folder.path });
  const watch = new Watch(cluster);
  await cluster.crash('n1');
  await watch.until('exited');
  await rm(join(folder.path, 'n1'), { recursive: true });
  await t.throwsAsync(cluster.restart('n1'), { code: 'storeLost' });
  t.like(watch.all('failed')[0], { node: 'n1', code: 'storeLost' });
  const [lost] = (await cluster.status()).nodes;
  t.like(lost, { lifecycle: 'failed', incarnation: 1, failure: { code: 'storeLost' } });
  await settle(cluster);
  await cluster.propose('without it');
});

test.serial('disk: nodes that lost their journals between two clusters may not vote again', async (t) => {
  await using folder = await temporaryFolder();
  const options = { ...quick, store: 'disk', dataDir: folder.path } as const;
  const first = await Cluster.start(options);
  await first.propose('kept');
  await first.stop();
  for (const id of ['n1', 'n2']) await removeJournal(join(folder.path, id));
  await t.throwsAsync(Cluster.start(options), { code: 'storeCorrupt', message: /journal is missing/u });
});

test.serial(
  'disk: a node that lost its journal, or what it says, between two lives stays down',
  async (t) => {
    await using folder = await temporaryFolder();
    await using cluster = await Cluster.start({ ...quick, store: 'disk', dataDir: folder.path });
    const watch = new Watch(cluster);
    await cluster.crash('n1');
    await watch.until('exited', { node: 'n1', incarnation: 1 });
    const journal = await removeJournal(join(folder.path, 'n1'));
    await t.throwsAsync(cluster.restart('n1'), { code: 'storeCorrupt' });
    await watch.until('failed', { node: 'n1', incarnation: 2 });
    await writeFile(journal, '');
    await t.throwsAsync(cluster.restart('n1'), { code: 'storeLost' });
  },
);

test.serial('a node whose store is corrupt is marked failed, and nothing is overwritten', async (t) => {
  await using folder = await temporaryFolder();
  await using cluster = await Cluster.start({ ...quick, store: 'disk', dataDir: folder.path });
  const watch = new Watch(cluster);
  await settle(cluster);
  await cluster.propose('x');
  await cluster.crash('n1');
  await watch.until('exited');
  await writeFile(join(folder.path, 'n1', 'CURRENT'), 'nonsense\n');
  const before = await dataIn(join(folder.path, 'n1'));

  const error = await t.throwsAsync(cluster.restart('n1'), { code: 'storeCorrupt' });
  t.regex(error?.message ?? '', /^Node n1 did not start: /u);
  const failed = await watch.until('failed');
  t.like(failed, { node: 'n1', code: 'storeCorrupt', incarnation: 2 });
  t.deepEqual(watch.all('restarting'), []);
  t.deepEqual(await dataIn(join(folder.path, 'n1')), before);
});

test.serial('a node that throws is cut off, told to its peers, and restarted after a wait', async (t) => {
  await using cluster = await startWith({ ...quick, restart: { backoffMs: 20 } }, { node: failing.node });
  const watch = new Watch(cluster);
  const old = await settle(cluster);

  explode(old.id);
  const exited = await watch.until('exited');
  t.like(exited, { node: old.id, planned: false, reason: 'it threw: boom', noticed: true, term: old.term });
  const restarting = await watch.until('restarting');
  t.like(restarting, { node: old.id, delayMs: 20, cause: exited.id });
  const restarted = await watch.until('restarted');
  t.like(restarted, { node: old.id, incarnation: 2, cause: restarting.id });
  t.true(restarted.atMs - exited.atMs >= 20);
  for (const { atMs } of watch.all('exitNoticed')) t.true(atMs < restarted.atMs);

  const next = await cluster.waitForLeader({ afterTerm: old.term });
  if (next.id !== old.id) await watch.until('leaderKnown', { node: old.id, incarnation: 2 });
  await settle(cluster);
  await cluster.propose('again');
  t.is((await cluster.status()).nodes.find(({ id }) => id === old.id)?.restarts, 1);
});

test.serial('a node that keeps throwing is given up, and gets another chance from restart', async (t) => {
  const restart = { maxRestarts: 2, backoffMs: 1 };
  await using cluster = await startWith({ ...quick, restart }, { node: failing.node });
  const watch = new Watch(cluster);
  for (const incarnation of [1, 2, 3]) {
    explode('n3');
    await watch.until('exited', { node: 'n3', incarnation });
    if (incarnation < 3) await watch.until('restarted', { node: 'n3', incarnation: incarnation + 1 });
  }
  const failed = await watch.until('failed');
  t.like(failed, { node: 'n3', code: 'nodeDown', incarnation: 3 });
  t.regex(failed.reason, /unplanned exit number 3: it threw: boom/u);
  t.deepEqual(
    watch.all('restarting').map(({ delayMs }) => delayMs),
    [1, 2],
  );
  t.like((await cluster.status()).nodes[2], { lifecycle: 'failed', failure: { code: 'nodeDown' } });
  await settle(cluster);
  await cluster.propose('without it');

  await cluster.restart('n3');
  t.like((await cluster.status()).nodes[2], { lifecycle: 'up', incarnation: 4, failure: null });
});

test.serial('without restarts, the first unplanned exit is the last', async (t) => {
  await using cluster = await startWith({ ...quick, restart: false }, { node: failing.node });
  const watch = new Watch(cluster);
  explode('n2');
  t.like(await watch.until('failed'), { node: 'n2', incarnation: 1 });
  t.deepEqual(watch.all('restarting'), []);
});

test.serial('exit notice: the peers of a crashed leader elect long before their timeout', async (t) => {
  await using cluster = await Cluster.start({
    ...quick,
    electionTimeoutMs: 20_000,
    electionJitterMs: 20,
  });
  const watch = new Watch(cluster);
  const old = await settle(cluster);
  for (const node of await followersOf(cluster, old.id))
    await watch.until('leaderKnown', { node, term: old.term });
  const { atMs } = await cluster.crash(old.id);
  const next = await cluster.waitForLeader();
  const elected = await watch.until('elected', { node: next.id, term: next.term });
  t.true(elected.atMs - atMs < 10_000);
  t.is((await watch.until('exited')).noticed, true);
  t.true(watch.all('exitNoticed', { leaderId: old.id }).length > 0);
});

test.serial('exit notice off: nobody is told, and a timeout finds out', async (t) => {
  await using cluster = await Cluster.start({ ...quick, rules: { exitNotice: false } });
  const watch = new Watch(cluster);
  const old = await settle(cluster);
  await cluster.crash(old.id);
  await cluster.waitForLeader();
  t.is((await watch.until('exited')).noticed, false);
  t.deepEqual(watch.all('exitNoticed'), []);
  t.true(watch.all('suspected', { leaderId: old.id }).length > 0);
});

test.serial('exit notice: none for a node that only hangs or is cut off', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const first = await settle(cluster);
  const [follower] = await followersOf(cluster, first.id);
  await cluster.isolate(follower);
  await cluster.heal();
  await cluster.hang(first.id);
  await cluster.waitForLeader();
  await cluster.resume(first.id);
  t.deepEqual(watch.all('exitNoticed'), []);
  t.deepEqual(watch.all('exited'), []);
});

test.serial('a node that never ends by itself is terminated, and may be restarted or stopped', async (t) => {
  await using cluster = await startWith(quick, { node: failing.node });
  const watch = new Watch(cluster);
  explode('n1', 'spin');
  await cluster.restart('n1');
  t.like(watch.all('exited')[0], { node: 'n1', planned: true, incarnation: 1 });
  t.like(await cluster.node('n1').status(), { incarnation: 2 });
  explode('n2', 'spin');
  await cluster.stop();
  t.like(watch.all('exited', { node: 'n2' })[0], { planned: true });
});

test.serial('stop does not wait for a restart that is due later', async (t) => {
  const restart = { backoffMs: 60_000 };
  const cluster = await startWith({ ...quick, restart }, { node: failing.node });
  const watch = new Watch(cluster);
  explode('n1');
  await watch.until('restarting');
  const beganMs = performance.now();
  await cluster.stop();
  t.true(performance.now() - beganMs < supervisorStopMs);
});

test.serial(
  'the supervisor dies: everything settles with clusterFailed, and stop still cleans up',
  async (t) => {
    const cluster = await startWith({ ...quick, store: 'disk' }, { supervisor: failing.supervisor });
    const watch = new Watch(cluster);
    const leader = await cluster.waitForLeader();
    await cluster.hang(leader.id);
    const { dataDir } = cluster.options;
    const pending = [
      cluster.node(leader.id).status(),
      cluster.node(leader.id).propose('x'),
      cluster.waitForLeader({ afterTerm: 1_000_000 }),
    ].map((call) => t.throwsAsync(call, { code: 'clusterFailed' }));
    explode('supervisor');
    await Promise.all(pending);
    t.regex((await watch.until('clusterFailed')).reason, /boom/u);

    await t.throwsAsync(cluster.crash('n1'), { code: 'clusterFailed' });
    await t.throwsAsync(cluster.status(), { code: 'clusterFailed' });
    await t.throwsAsync(cluster.propose('y'), { code: 'clusterFailed' });
    await cluster.stop();
    await t.throwsAsync(readdir(String(dataDir)), { code: 'ENOENT' });
  },
);

/** @returns where it was */
async function removeJournal(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.log'));
  if (name === undefined) throw new Error(`No journal in ${folder}`);
  await rm(join(folder, name));
  return join(folder, name);
}

/** Every file of a store but LevelDB's own diary. */
async function dataIn(folder: string): Promise<(readonly [name: string, content: string])[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('LOG')).toSorted();
  return await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'base64')] as const),
  );
}
