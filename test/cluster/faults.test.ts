/** Every fault verb, on real threads. */
import test from 'ava';
import { Cluster } from '../../src/cluster/cluster.js';
import type { NodeId } from '../../src/raft/brands.js';
import { eventually, followersOf, quick, settle, valuesAt, Watch } from './support.js';

test.serial(
  'crash: another leads, the crashed one stays down until it is restarted, then follows',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const old = await settle(cluster);

    const { atMs } = await cluster.crash(old.id);
    // What a verb led to has been told by the time it resolves.
    t.is(watch.all('crashed', { node: old.id })[0]?.atMs, atMs);
    await t.throwsAsync(cluster.node(old.id).status(), { code: 'nodeDown' });
    const exited = await watch.until('exited', { node: old.id });
    t.like(exited, {
      planned: true,
      incarnation: 1,
      term: old.term,
      cause: watch.all('crashed')[0]?.id ?? null,
    });
    t.true(exited.closedAtMs >= atMs);

    const next = await cluster.waitForLeader();
    t.not(next.id, old.id);
    t.true(next.term > old.term);
    t.is((await cluster.status()).nodes.find(({ id }) => id === old.id)?.lifecycle, 'down');
    await t.throwsAsync(cluster.crash(old.id), { code: 'nodeDown' });

    await cluster.restart(old.id);
    t.like(watch.all('restarted')[0], { node: old.id, incarnation: 2, restarts: 1 });
    await watch.until('leaderKnown', { node: old.id, leaderId: next.id });
    t.like(await cluster.node(old.id).status(), { role: 'follower', incarnation: 2 });
  },
);

test.serial(
  'hang: the others elect without being told, calls wait, resume brings back a follower',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const old = await settle(cluster);

    await cluster.hang(old.id);
    await cluster.hang(old.id);
    const next = await cluster.waitForLeader();
    t.not(next.id, old.id);
    t.is(watch.all('exitNoticed').length, 0);
    t.is((await cluster.status()).nodes.find(({ id }) => id === old.id)?.lifecycle, 'hung');
    const answer = cluster.node(old.id).status();
    // Others answer meanwhile.
    for (let call = 0; call < 5; call += 1) await cluster.node(next.id).status();
    const waiting = Symbol('waiting');
    t.is<unknown, symbol>(await Promise.race([answer, Promise.resolve(waiting)]), waiting);

    await cluster.resume(old.id);
    t.is((await answer).id, old.id);
    await watch.until('steppedDown', { node: old.id, from: 'leader' });
    await watch.until('leaderKnown', { node: old.id, leaderId: next.id });
    t.is(watch.all('hung').length, 1);
  },
);

test.serial('hang: a hung node can be crashed, restarted and stopped', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  await cluster.hang('n1');
  await cluster.crash('n1');
  await watch.until('exited', { node: 'n1' });
  await cluster.restart('n1');
  await cluster.hang('n1');
  await cluster.restart('n1');
  t.like(await cluster.node('n1').status(), { incarnation: 3 });
  await cluster.hang('n1');
  await cluster.stop();
});

test.serial('isolate: a leader cut off is replaced and steps down, and follows once healed', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const old = await settle(cluster);

  await cluster.isolate(old.id);
  const next = await cluster.waitForLeader({ afterTerm: old.term });
  t.not(next.id, old.id);
  const down = await watch.until('steppedDown', { node: old.id, from: 'leader' });
  t.is(down.reason, 'quorumLost');
  t.is(watch.all('exitNoticed').length, 0);

  await cluster.heal();
  await watch.until('leaderKnown', { node: old.id, leaderId: next.id });
  t.is((await cluster.waitForLeader()).id, next.id);
});

for (const direction of ['in', 'out'] as const) {
  test.serial(`isolate: with direction '${direction}' only what goes that way is cut`, async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const old = await settle(cluster);

    const { atMs } = await cluster.isolate(old.id, { direction });
    t.like(watch.all('isolated')[0], { node: old.id, direction, atMs });
    const next = await cluster.waitForLeader({ afterTerm: old.term });
    t.not(next.id, old.id);
    const down = await watch.until('steppedDown', { node: old.id, from: 'leader' });
    if (direction === 'in') {
      // It was followed until it gave up by itself: nobody had any other reason to.
      t.is(down.reason, 'quorumLost');
      t.true(watch.all('suspected').every(({ atMs: suspectedMs }) => suspectedMs > down.atMs));
    } else {
      await watch.until('leaderKnown', { node: old.id, leaderId: next.id });
    }
  });
}

test.serial(
  'shut down: a clean end, of which the others are told, and no restart until it is asked for',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const old = await settle(cluster);

    const { atMs } = await cluster.shutDown(old.id);
    const [told] = watch.all('shutDown', { node: old.id });
    t.is(told?.atMs, atMs);
    const exited = await watch.until('exited', { node: old.id });
    t.like(exited, { planned: true, reason: 'it was shut down', noticed: true, cause: told?.id ?? null });
    t.true(exited.closedAtMs >= atMs);
    await t.throwsAsync(cluster.node(old.id).status(), { code: 'nodeDown' });
    await t.throwsAsync(cluster.shutDown(old.id), { code: 'nodeDown' });
    const next = await cluster.waitForLeader();
    t.true(next.id !== old.id && next.term > old.term);
    await cluster.restart(old.id);
    await watch.until('leaderKnown', { node: old.id, leaderId: next.id, incarnation: 2 });
  },
);

test.serial('partition: the majority elects and commits, the minority follows once healed', async (t) => {
  await using cluster = await Cluster.start({ ...quick, nodes: 5 });
  const watch = new Watch(cluster);
  const old = await settle(cluster);
  const [companion] = await followersOf(cluster, old.id);

  await cluster.partition([[old.id, companion]]);
  const lost = t.throwsAsync(cluster.node(old.id).propose('lost'), { code: 'outcomeUnknown' });
  const next = await cluster.waitForLeader({ afterTerm: old.term });
  t.false([old.id, companion].includes(next.id));
  await cluster.node(next.id).propose('kept');
  await lost;
  t.true((await valuesAt(cluster, old.id)).includes('lost'));

  await cluster.heal();
  for (const id of cluster.nodeIds) {
    await eventually(async () => (await valuesAt(cluster, id)).join() === 'kept');
  }
  t.deepEqual(watch.all('invariantViolated'), []);
});

test.serial('partition: a later one replaces an earlier one', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  await cluster.partition([['n1'], ['n2'], ['n3']]);
  const before = watch.events.length;
  await cluster.partition([['n1', 'n2'], ['n3']]);
  const { id } = await cluster.waitForLeader();
  t.not(id, 'n3');
  t.true(watch.events.length > before);
});

test.serial(
  'cut: who hears nothing can neither win nor disturb, and one way leaves the other open',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    const [deaf, other] = await followersOf(cluster, leader.id);

    await cluster.cut(leader.id, deaf, { oneWay: true });
    t.like(watch.all('linkCut')[0], { from: leader.id, to: deaf, oneWay: true });
    await watch.until('answered', { node: deaf, from: other, reason: 'leaseLive' });
    await cluster.propose('goes on');
    await cluster.cut(deaf, other);
    t.deepEqual(await cluster.waitForLeader(), leader);
    t.deepEqual(watch.all('steppedDown', { from: 'leader' }), []);

    await cluster.heal();
    await eventually(async () => (await valuesAt(cluster, deaf)).join() === 'goes on');
    t.deepEqual(await cluster.waitForLeader(), leader);
  },
);

test.serial('setLink: a slow link delays each message by what it says', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  const [slow] = await followersOf(cluster, leader.id);
  const delay = { type: 'fixed', ms: 37.5 } as const;
  await cluster.setLink(leader.id, slow, { delay });
  t.like(watch.all('linkSet')[0]?.policy, { delay, loss: 0, cut: false });

  const { index } = await cluster.propose('late');
  const { cause } = await watch.until('committed', { node: slow, index });
  t.is(cause.kind, 'appendEntries');
  const tookMs = (cause.arrivedMs ?? 0) - (cause.sentMs ?? 0);
  t.true(tookMs >= 37.5, `${tookMs} ms`);
});

test.serial(
  'setLink: despite losses, doubles and reordering, what was committed is there once',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    for (const from of cluster.nodeIds) {
      for (const to of cluster.nodeIds.filter((id) => id !== from)) {
        await cluster.setLink(from, to, {
          loss: 0.1,
          duplication: 0.2,
          reordering: { share: 0.2, withinMs: 10 },
          delay: { type: 'lognormal', medianMs: 2, sigma: 0.5 },
        });
      }
    }
    const values = Array.from({ length: 20 }, (_, number) => number);
    const committed: number[] = [];
    for (const value of values) {
      try {
        await cluster.propose(value);
        committed.push(value);
      } catch (error) {
        t.like(error, { code: 'outcomeUnknown' });
      }
    }
    t.true(committed.length > 0);
    await cluster.heal();
    const { id } = await settle(cluster);
    await cluster.node(id).propose('last');
    const found = (await valuesAt(cluster, id)).filter((value) => value !== 'last');
    t.is(new Set(found).size, found.length);
    for (const value of committed) t.true(found.includes(value));
    const { dropped } = (await cluster.status()).router;
    t.true(dropped.lost > 0);
  },
);

test.serial('stallDisk: a write takes until the stall ends, by its time or by heal', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  const [brief, endless] = await followersOf(cluster, leader.id);

  /** So that the next write of either is the one that was stalled. */
  const propose = async (value: string): Promise<void> => {
    const { index } = await cluster.propose(value);
    for (const node of [brief, endless]) await watch.until('committed', { node, index });
  };

  await propose('zero');
  const briefly = writesOf(watch, brief).length;
  await cluster.stallDisk(brief, { forMs: 60 });
  const { untilMs } = await watch.until('diskStalled', { node: brief });
  await propose('one');
  t.true((writesOf(watch, brief)[briefly]?.atMs ?? 0) >= (untilMs ?? Number.POSITIVE_INFINITY));

  const endlessly = writesOf(watch, endless).length;
  await cluster.stallDisk(endless);
  t.is(watch.all('diskStalled', { node: endless })[0]?.untilMs, null);
  await cluster.propose('two');
  await cluster.heal();
  const healedAtMs = watch.all('healed')[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const late = await watch.when(() => writesOf(watch, endless)[endlessly], 'the write that was stalled');
  t.true(late.atMs >= healedAtMs);
  await eventually(async () => (await valuesAt(cluster, endless)).includes('two'));
});

test.serial('slowDisk: writes take that much longer, in later lives too, until heal', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  const [slow] = await followersOf(cluster, leader.id);
  /** How long the write of the next entry took, in ms. */
  const write = async (value: string): Promise<number> => {
    const before = writesOf(watch, slow).length;
    const { index } = await cluster.propose(value);
    await watch.until('committed', { node: slow, index });
    return writesOf(watch, slow)[before]?.durationMs ?? Number.NaN;
  };

  await cluster.slowDisk(slow, { type: 'uniform', minMs: 300, maxMs: 310 });
  await watch.until('diskSlowed', { node: slow });
  t.true((await write('one')) >= 300);
  await cluster.restart(slow);
  await settle(cluster);
  t.true((await write('two')) >= 300);
  await cluster.heal();
  t.true((await write('three')) < 300);
});

test.serial(
  'stallDisk: the disk stays stalled in the next life, and is well in it once healed',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    const [brief, endless] = await followersOf(cluster, leader.id);

    await cluster.stallDisk(endless);
    await cluster.heal();
    await cluster.restart(endless);
    await cluster.stallDisk(brief, { forMs: 1500 });
    const { untilMs } = await watch.until('diskStalled', { node: brief });
    await cluster.restart(brief);
    const { index } = await cluster.propose('value');
    for (const node of [brief, endless]) await watch.until('committed', { node, index, incarnation: 2 });
    const written = writesOf(watch, brief).find(({ incarnation }) => incarnation === 2);
    t.true((written?.atMs ?? 0) >= (untilMs ?? Number.POSITIVE_INFINITY));
  },
);

test.serial('restart: a node that runs is stopped in order, and comes back in its next life', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  await cluster.propose('before');
  await cluster.restart(leader.id);
  t.like(watch.all('exited')[0], { node: leader.id, planned: true, incarnation: 1 });
  t.like(watch.all('restarted')[0], { node: leader.id, incarnation: 2 });
  await eventually(async () => (await valuesAt(cluster, leader.id)).includes('before'));
});

test.serial('restart: of several at once one does it', async (t) => {
  await using cluster = await Cluster.start(quick);
  await cluster.crash('n1');
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => cluster.restart('n1')));
  t.is(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  t.like(await cluster.node('n1').status(), { incarnation: 2 });
});

test.serial('verbs refuse who is unknown or down and what makes no sense, and change nothing', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const unknown = { code: 'unknownNode', message: "Expected a node of n1, n2, n3, got 'n9'" };
  t.throws(() => cluster.node('n9'), unknown);
  const onUnknown: (() => Promise<unknown>)[] = [
    () => cluster.crash('n9'),
    () => cluster.hang('n9'),
    () => cluster.resume('n9'),
    () => cluster.isolate('n9'),
    () => cluster.shutDown('n9'),
    () => cluster.restart('n9'),
    () => cluster.stallDisk('n9'),
    () => cluster.slowDisk('n9', { type: 'uniform', minMs: 1, maxMs: 2 }),
    () => cluster.burden('n9', null),
    () => cluster.cut('n1', 'n9'),
    () => cluster.setLink('n9', 'n1', {}),
    () => cluster.partition([['n1'], ['n9']]),
  ];
  for (const verb of onUnknown) await t.throwsAsync(verb, unknown);

  const senseless: (() => Promise<unknown>)[] = [
    () => cluster.cut('n1', 'n1'),
    () => cluster.setLink('n1', 'n1', {}),
    () => cluster.setLink('n1', 'n2', { loss: 2 }),
    () => cluster.partition([['n1', 'n2'], ['n2']]),
    () => cluster.stallDisk('n1', { forMs: Number.NaN }),
    () => cluster.stallDisk('n1', { forMs: -1 }),
    () => cluster.stallDisk('n1', { forMs: '500' as never }),
    () => cluster.slowDisk('n1', { type: 'fixed', ms: 1 }, { termsToo: 'yes' as never }),
    () => cluster.cut('n1', 'n2', { oneWay: (() => true) as never }),
    () => cluster.waitForLeader({ afterTerm: Number.NaN }),
    () => cluster.waitForLeader({ afterTerm: -1 }),
    () => cluster.slowDisk('n1', { type: 'uniform', minMs: -1, maxMs: 2 }),
    () => cluster.slowDisk('n1', { type: 'uniform', minMs: 2, maxMs: 1 }),
    () => cluster.slowDisk('n1', { type: 'uniform', minMs: 0, maxMs: Number.POSITIVE_INFINITY }),
  ];
  for (const verb of senseless) await t.throwsAsync(verb, { code: 'invalidOption' });

  await cluster.crash('n1');
  const onDown: (() => Promise<unknown>)[] = [
    () => cluster.crash('n1'),
    () => cluster.hang('n1'),
    () => cluster.resume('n1'),
    () => cluster.stallDisk('n1'),
    () => cluster.slowDisk('n1', { type: 'uniform', minMs: 1, maxMs: 2 }),
    () => cluster.burden('n1', { type: 'flood', fill: 1 }),
  ];
  for (const verb of onDown) await t.throwsAsync(verb, { code: 'nodeDown' });
  await watch.until('exited');
  t.deepEqual(watch.supervised(), ['crashed', 'exited']);
});

/** The writes of entries by one node, in order. */
function writesOf(watch: Watch, node: NodeId): ReturnType<typeof watch.all<'written'>> {
  return watch.all('written', { node }).filter(({ entries }) => entries > 0);
}
