/** T that adapts, on real threads: it rises for all when a leader is late, and comes back to its floor. */
import test from 'ava';
import { Cluster } from '../../src/cluster/cluster.js';
import { fixedDelay } from '../../src/delay.js';
import type { ClusterOptions } from '../../src/options.js';
import { eventually, quick, settle, Watch } from './support.js';

const floorMs = 250;
const adaptive: ClusterOptions = {
  ...quick,
  electionTimeoutMs: 'adaptive',
  // Forgotten soon, so that the test sees the end of it.
  adaptiveTimeout: { minMs: floorMs, maxMs: 5000, holdMs: 500, halfLifeMs: 100 },
  heartbeatMs: 50,
};

/** What each node says its T is. */
async function timeoutsOf(cluster: Cluster): Promise<number[]> {
  const { nodes } = await cluster.status();
  const answers = await Promise.all(nodes.map(({ id }) => cluster.node(id).status()));
  return answers.map(({ electionTimeoutMs }) => electionTimeoutMs);
}

test.serial(
  'a leader whose loop is blocked raises T for all; lifted, all are back at the floor',
  async (t) => {
    await using cluster = await Cluster.start(adaptive);
    const watch = new Watch(cluster);
    const leader = await settle(cluster);
    await cluster.burden(leader.id, { type: 'hog', forMs: 150, everyMs: 400, random: false });
    const raised = await watch.when(
      () => watch.all('timeoutChanged').find(({ fromMs, toMs }) => toMs > fromMs),
      'T is raised',
    );
    t.true(raised.gapMs > 50 && raised.seenBy !== null);
    t.true(raised.toMs >= 1.25 * floorMs && raised.toMs <= 5000);
    await eventually(async () => {
      const [first = 0, ...others] = await timeoutsOf(cluster);
      return first > floorMs && others.every((timeoutMs) => timeoutMs === first);
    });

    await cluster.heal();
    await eventually(async () => (await timeoutsOf(cluster)).every((timeoutMs) => timeoutMs === floorMs));
    t.is(watch.all('timeoutChanged').at(-1)?.toMs, floorMs);
  },
);

test.serial('slow links raise T for as long as they are slow', async (t) => {
  await using cluster = await Cluster.start(adaptive);
  const watch = new Watch(cluster);
  const leader = await settle(cluster);
  const { nodes } = await cluster.status();
  for (const { id } of nodes) {
    if (id !== leader.id) await cluster.setLink(leader.id, id, { delay: fixedDelay(120) });
  }
  await watch.when(() => watch.all('timeoutChanged').find(({ toMs }) => toMs >= 50 + 3 * 120), 'T is raised');
  await eventually(async () => (await timeoutsOf(cluster)).every((timeoutMs) => timeoutMs >= 50 + 3 * 120));
  await cluster.heal();
  await eventually(async () => (await timeoutsOf(cluster)).every((timeoutMs) => timeoutMs === floorMs));
  t.is(watch.all('timeoutChanged').at(-1)?.toMs, floorMs);
});

test.serial('a fixed T is what every status says', async (t) => {
  await using cluster = await Cluster.start(quick);
  await settle(cluster);
  t.deepEqual(await timeoutsOf(cluster), [500, 500, 500]);
});
