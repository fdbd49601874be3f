/** Contention from within a node's thread, on real threads. */
import test from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import type { NodeEvent, Strain } from '../../src/actor/protocol.js';
import { Cluster } from '../../src/cluster/cluster.js';
import { defaultMailboxBounds, shareOfLane } from '../../src/limits.js';
import type { NodeId } from '../../src/raft/brands.js';
import { eventually, followersOf, quick, settle, Watch } from './support.js';

const telling: ReadonlySet<string> = new Set([
  'suspected',
  'elected',
  'steppedDown',
  'termAdopted',
  'roundOpened',
]);

type Stall = Extract<NodeEvent, { type: 'stalled' }>;

function stallsOf(watch: Watch, node: NodeId, incarnation: number): Stall[] {
  return watch.all('stalled', { node, incarnation }).filter(({ burdenMs }) => burdenMs > 0);
}

test.serial(
  'hog: a follower blocked for three times T gives nobody up, and each stall says how much of it was on purpose',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    const [hogged] = await followersOf(cluster, leader.id);
    // What came before may be told later.
    const fromMs = sharedNowMs();
    await cluster.burden(hogged, { type: 'hog', forMs: 1500, everyMs: 1700, random: false });
    t.like(watch.all('burdened')[0], { node: hogged, incarnation: 1, burden: { type: 'hog', forMs: 1500 } });
    const stall = await watch.when(() => stallsOf(watch, hogged, 1)[1], 'a second stall');
    t.true(stall.burdenMs >= 1500 && stall.durationMs >= stall.burdenMs);
    t.true((await cluster.node(hogged).status()).strain.blockedMs >= 3000);
    t.deepEqual(
      watch.events.filter(({ atMs, type }) => atMs >= fromMs && telling.has(type)),
      [],
    );
  },
);

test.serial('hog: borne in the next life too, until heal; other kinds beside it', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  const [hogged] = await followersOf(cluster, leader.id);
  await cluster.burden(hogged, { type: 'hog', forMs: 30, everyMs: 100, random: true });
  await cluster.burden(hogged, { type: 'memory', megabytesPerSecond: 20 });
  await cluster.restart(hogged);
  await watch.when(() => stallsOf(watch, hogged, 2)[0], 'a stall of the second life');
  const strainOf = async (): Promise<Strain> => (await cluster.node(hogged).status()).strain;
  await eventually(async () => (await strainOf()).allocatedMb > 0);

  await cluster.heal();
  await strainOf();
  // Asked behind the heal, it has heard of it.
  await eventually(async () => {
    const { blockedMs, allocatedMb } = await strainOf();
    return blockedMs === 0 && allocatedMb === 0;
  });
  await cluster.restart(hogged);
  await eventually(async () => (await cluster.node(hogged).status()).incarnation === 3);
  t.deepEqual(stallsOf(watch, hogged, 3), []);
});

test.serial('the status of a cluster names the thread of the supervisor, which is no node’s', async (t) => {
  await using cluster = await Cluster.start(quick);
  const { nodes, supervisorThreadId } = await cluster.status();
  const threads = [supervisorThreadId, ...nodes.map(({ threadId }) => threadId)];
  if (process.platform !== 'linux') return t.deepEqual([...new Set(threads)], [null]);
  t.true(threads.every((id) => Number.isInteger(id)));
  return t.is(new Set([...threads, process.pid]).size, 5);
});

test.serial('null lifts all, and is told', async (t) => {
  await using cluster = await Cluster.start({ ...quick, nodes: 1 });
  const watch = new Watch(cluster);
  await cluster.burden('n1', { type: 'hog', forMs: 20, everyMs: 50, random: false });
  await cluster.burden('n1', { type: 'memory', megabytesPerSecond: 1 });
  await eventually(async () => (await cluster.node('n1').status()).strain.blockedMs > 0);
  await cluster.burden('n1', null);
  await eventually(async () => (await cluster.node('n1').status()).strain.blockedMs === 0);
  t.deepEqual(
    watch.all('burdened').map(({ burden }) => burden?.type ?? null),
    ['hog', 'memory', null],
  );
});

test.serial(
  'flood: a share of each mailbox is filled and the rest dropped, nobody is given up, and failover still works',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    const [flooder, flooded] = await followersOf(cluster, leader.id);
    const fromMs = sharedNowMs();
    await cluster.burden(flooder, { type: 'flood', fill: 1 });
    for (const id of [leader.id, flooded]) {
      await eventually(async () => {
        const { mailbox, strain } = await cluster.node(id).status();
        const isFilled = (['control', 'data'] as const).every(
          (lane) => strain.maxWaiting[lane] >= shareOfLane(defaultMailboxBounds[lane], 2),
        );
        return isFilled && mailbox.droppedControl > 0 && mailbox.droppedData > 0;
      });
    }
    t.is((await cluster.node(leader.id).status()).mailbox.rejected, 0);
    const { index } = await cluster.propose('value');
    await watch.until('committed', { node: flooded, index });
    t.deepEqual(
      watch.events.filter(({ atMs, type }) => atMs >= fromMs && telling.has(type)),
      [],
    );

    await cluster.crash(leader.id);
    const next = await cluster.waitForLeader({ afterTerm: leader.term });
    t.not(next.id, leader.id);
    await cluster.propose('another');
  },
);

test.serial(
  'pitfall 18: a hogged leader answers leaderUnconfirmed after its stall, until it is answered again',
  async (t) => {
    // Of two, neither can be elected without the other: it is still the leader when it comes back.
    await using cluster = await Cluster.start({
      ...quick,
      nodes: 2,
      electionTimeoutMs: 400,
      electionJitterMs: 50,
      heartbeatMs: 20,
      seed: 5,
    });
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    const follower = leader.id === 'n1' ? 'n2' : 'n1';
    await cluster.burden(leader.id, { type: 'hog', forMs: 2000, everyMs: 3000, random: false });
    // T after the last heartbeat: the leader stands still, and will for more than a second.
    await watch.until('suspected', { node: follower });
    // So that no answer comes before the question.
    await cluster.cut(follower, leader.id, { oneWay: true });
    await t.throwsAsync(cluster.node(leader.id).propose('too early'), { code: 'leaderUnconfirmed' });
    await cluster.heal();
    await cluster.propose('confirmed');
    t.is((await cluster.waitForLeader()).id, leader.id);
    t.deepEqual(watch.all('steppedDown'), []);
  },
);

test.serial('neither a hogged nor a flooding node keeps the cluster from stopping', async (t) => {
  const cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  await cluster.burden('n1', { type: 'hog', forMs: 400, everyMs: 401, random: false });
  await cluster.burden('n2', { type: 'flood', fill: 1 });
  await watch.when(() => stallsOf(watch, cluster.nodeIds[0] as NodeId, 1)[0], 'a stall');
  const startMs = performance.now();
  await cluster.stop();
  t.true(performance.now() - startMs < 5000);
  t.is(watch.all('exited', { planned: true, reason: 'the cluster was stopped' }).length, 3);
});

test.serial('a burden can be lifted from a node that is down, and not laid on it', async (t) => {
  await using cluster = await Cluster.start(quick);
  const { id } = await settle(cluster);
  await cluster.burden(id, { type: 'memory', megabytesPerSecond: 1 });
  await cluster.crash(id);
  await t.throwsAsync(cluster.burden(id, { type: 'flood', fill: 1 }), { code: 'nodeDown' });
  await t.notThrowsAsync(cluster.burden(id, null));
});
