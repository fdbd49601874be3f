/** What becomes of a proposal, and what the caller is told. */
import { getEventListeners } from 'node:events';
import test from 'ava';
import { Cluster, startWith } from '../../src/cluster/cluster.js';
import { eventually, followersOf, quick, settle, valuesAt, Watch } from './support.js';

test.serial(
  'proposals wait for the first leader, and are where they are said to be, on every node',
  async (t) => {
    await using cluster = await Cluster.start(quick);
    const values = ['a', 'b', 'c'];
    const places = await Promise.all(values.map((value) => cluster.propose(value)));
    t.is(new Set(places.map(({ index }) => index)).size, values.length);
    for (const id of cluster.nodeIds) {
      await eventually(async () => (await valuesAt(cluster, id)).length === values.length);
      const log = await cluster.node(id).log();
      const found = places.map(({ index, term }) =>
        log.find((entry) => entry.index === index && entry.term === term),
      );
      t.deepEqual(
        found.map((entry) => entry?.payload),
        values.map((value) => ({ type: 'command', value })),
      );
    }
  },
);

test.serial('a follower takes no proposal, and says who leads', async (t) => {
  await using cluster = await Cluster.start(quick);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  const [follower] = await followersOf(cluster, leader.id);
  await eventually(async () => (await cluster.node(follower).status()).leaderId === leader.id);
  const error = await t.throwsAsync(cluster.node(follower).propose('x'), { code: 'notLeader' });
  t.like(error, { details: { leaderId: leader.id } });
  t.deepEqual(watch.all('invariantViolated'), []);
  t.deepEqual(await valuesAt(cluster, leader.id), []);
});

test.serial('a proposal to a leader that is cut off ends as unknown when it steps down', async (t) => {
  await using cluster = await Cluster.start(quick);
  const leader = await settle(cluster);
  await cluster.isolate(leader.id);
  await t.throwsAsync(cluster.node(leader.id).propose('x'), { code: 'outcomeUnknown' });
});

test.serial('a proposal ends as unknown when the node with it crashes, and is not made again', async (t) => {
  await using cluster = await Cluster.start({ ...quick, electionTimeoutMs: 20_000 });
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  await cluster.isolate(leader.id);
  const proposal = t.throwsAsync(cluster.propose('once'), { code: 'outcomeUnknown' });
  await watch.until('written', { node: leader.id });
  await eventually(async () => (await valuesAt(cluster, leader.id)).includes('once'));
  await cluster.crash(leader.id);
  await proposal;
  const next = await cluster.waitForLeader();
  await cluster.propose('twice');
  t.deepEqual(await valuesAt(cluster, next.id), ['twice']);
});

test.serial('a proposal made while nobody leads goes to the next leader', async (t) => {
  await using cluster = await Cluster.start(quick);
  const leader = await settle(cluster);
  await cluster.crash(leader.id);
  const { term } = await cluster.propose('next');
  t.true(term > leader.term);
});

test.serial('a proposal behind a failed write of the leader goes to the next leader', async (t) => {
  const node = new URL('entries/poisoned.js', import.meta.url).href;
  await using cluster = await startWith(quick, { node });
  const leader = await cluster.waitForLeader();
  const fatal = t.throwsAsync(cluster.node(leader.id).propose({ poison: leader.id }));
  const behind = t.throwsAsync(cluster.node(leader.id).propose('behind'), { code: 'storeFailed' });
  const { term } = await cluster.propose('next');
  t.true(term > leader.term);
  await Promise.all([fatal, behind]);
});

test.serial('a node that is down takes nothing', async (t) => {
  await using cluster = await Cluster.start(quick);
  await cluster.crash('n1');
  await t.throwsAsync(cluster.node('n1').propose('x'), { code: 'nodeDown' });
  await t.throwsAsync(cluster.node('n1').log(), { code: 'nodeDown' });
});

test.serial('a signal ends every wait with its own reason, and leaves no listener', async (t) => {
  await using cluster = await Cluster.start(quick);
  const leader = await settle(cluster);
  const reason = new Error('enough');
  await cluster.partition([['n1'], ['n2'], ['n3']]);
  await cluster.hang(leader.id);

  const controller = new AbortController();
  const { signal } = controller;
  const calls = [
    cluster.waitForLeader({ signal, afterTerm: leader.term }),
    cluster.propose('x', { signal }),
    cluster.node(leader.id).propose('y', { signal }),
    cluster.node(leader.id).status({ signal }),
    cluster.node(leader.id).log({ signal }),
  ];
  controller.abort(reason);
  for (const call of calls) t.is(await t.throwsAsync(call), reason);

  const aborted = AbortSignal.abort(reason);
  const late = [
    cluster.waitForLeader({ signal: aborted }),
    cluster.propose('x', { signal: aborted }),
    cluster.node('n1').propose('y', { signal: aborted }),
    cluster.node('n1').status({ signal: aborted }),
  ];
  for (const call of late) t.is(await t.throwsAsync(call), reason);
  t.is(getEventListeners(signal, 'abort').length, 0);
});

test.serial('what is no JSON is refused before anybody is asked', async (t) => {
  await using cluster = await Cluster.start(quick);
  for (const value of [undefined, Number.NaN, () => 1, { a: 1n }] as never[]) {
    await t.throwsAsync(cluster.propose(value), { code: 'invalidOption' });
    await t.throwsAsync(cluster.node('n1').propose(value), { code: 'invalidOption' });
  }
});

test.serial(
  'a flooded leader refuses what is too much, and the cluster still elects and commits',
  async (t) => {
    await using cluster = await Cluster.start({ ...quick, mailbox: { control: 16, data: 16 } });
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    const flood = Array.from({ length: 3000 }, (_, value) => cluster.node(leader.id).propose(value));
    const outcomes = await Promise.allSettled(flood);
    const committed = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    );
    t.true(committed > 0);
    t.true(refused.includes('mailboxFull'));
    t.true((await cluster.node(leader.id).status()).mailbox.droppedData > 0);
    await watch.until('mailboxFull', { node: leader.id, lane: 'data' });

    await cluster.crash(leader.id);
    const { term } = await cluster.propose('after the flood');
    t.true(term > leader.term);
  },
);
