/** Big clusters and busy threads. */
import test from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import { Cluster } from '../../src/cluster/cluster.js';
import { quick, settle, Watch } from './support.js';

test.serial('the main thread blocked for three seconds: no election, no term, no suspicion', async (t) => {
  await using cluster = await Cluster.start({ ...quick, nodes: 5 });
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  // What came before may be told later.
  const fromMs = sharedNowMs();
  const gate = new Int32Array(new SharedArrayBuffer(4));
  t.is(Atomics.wait(gate, 0, 0, 3000), 'timed-out');
  const status = await cluster.node(leader.id).status();
  t.like(status, { role: 'leader', term: leader.term });
  const telling = new Set(['suspected', 'elected', 'steppedDown', 'termAdopted', 'roundOpened']);
  t.deepEqual(
    watch.events.filter(({ atMs, type }) => atMs >= fromMs && telling.has(type)),
    [],
  );
});

test.serial('25 nodes elect, commit, and fail over', async (t) => {
  await using cluster = await Cluster.start({ nodes: 25, electionTimeoutMs: 2000, voteTimeoutMs: 500 });
  const watch = new Watch(cluster);
  const old = await settle(cluster);
  await cluster.propose('first');
  await cluster.crash(old.id);
  const next = await settle(cluster);
  t.true(next.term > old.term);
  const { index } = await cluster.propose('second');
  t.is((await cluster.node(next.id).status()).commitIndex, index);
  t.deepEqual(watch.all('invariantViolated'), []);
});
