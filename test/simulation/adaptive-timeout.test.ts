/** T that adapts, in worlds where loops lag: it rises before anybody is deposed, and comes back when all is quiet. */
import test from 'ava';
import { fixedDelay } from '../../src/delay.js';
import { asNodeId } from '../../src/raft/brands.js';
import { standardRules, type CoreOptions } from '../../src/raft/options.js';
import { createRandom, drawBetween } from '../../src/raft/random.js';
import type { SimulatedNode } from '../../src/simulation/node.js';
import { SafetyChecker } from '../../src/simulation/safety.js';
import { World } from '../../src/simulation/world.js';

const floorMs = 15;
const maxMs = 2000;
const adaptiveTimeout = { minMs: floorMs, maxMs, holdMs: 3000, halfLifeMs: 500 };
const ids = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId);

/** Five nodes, settled; every step is checked. */
class Bed {
  readonly world: World;
  readonly checker: SafetyChecker = new SafetyChecker();
  readonly random = createRandom(9);
  elections = 0;
  suspicions = 0;
  /** What T was changed to, in order. */
  readonly timeouts: number[] = [];

  constructor(adapts: boolean, options: Partial<CoreOptions> = {}) {
    const told = this.checker.observer();
    this.world = new World(
      {
        seed: 6,
        configuration: { voters: ids, oldVoters: null, learners: [] },
        core: {
          electionTimeoutMs: floorMs,
          adaptiveTimeout: adapts ? adaptiveTimeout : null,
          electionJitterMs: 15,
          heartbeatMs: 3,
          retryJitterMs: 2,
          successorSlotMs: 4,
          quorumPatience: adapts ? 3 : 1,
          stallGraceMs: adapts ? 2000 : 75,
          voteTimeoutMs: null,
          maxAppendEntries: 64,
          rules: { ...standardRules, exitNotice: false },
          ...options,
        },
        linkDelay: fixedDelay(0.1),
        storeDelay: fixedDelay(0),
        exitNoticeDelayMs: 0.2,
        mailbox: { control: 1024, data: 1024 },
      },
      {
        ...told,
        observed: (node, effect) => {
          told.observed(node, effect);
          const { event } = effect;
          if (event.type === 'elected') this.elections += 1;
          if (event.type === 'suspected') this.suspicions += 1;
          if (event.type === 'timeoutChanged') this.timeouts.push(event.toMs);
        },
      },
    );
    this.world.run(200);
    this.forget();
  }

  get leader(): SimulatedNode {
    const leader = this.world.leader();
    if (leader === undefined) throw new Error('no leader');
    return leader;
  }

  get timeoutMs(): number {
    return this.leader.state.timeoutMs;
  }

  forget(): void {
    this.elections = 0;
    this.suspicions = 0;
    this.timeouts.length = 0;
  }

  /** For a while, something every so often. */
  every(periodMs: number, forMs: number, act: () => void): void {
    const endMs = this.world.nowMs + forMs;
    while (this.world.nowMs < endMs) {
      act();
      this.world.run(periodMs);
    }
  }

  stallLeader(ms: number): void {
    const leader = this.world.leader();
    if (leader !== undefined) this.world.stall(leader.id, ms);
  }

  /** How long without a leader, when the one there is crashes; it comes back afterwards. */
  failover(): number {
    const { world, leader } = this;
    const crashedMs = world.nowMs;
    world.crash(leader.id);
    world.run(60_000, () => world.leader() !== undefined);
    const electedMs = world.nowMs - crashedMs;
    world.run(300);
    world.restart(leader.id);
    world.run(300);
    return electedMs;
  }

  checkAll(): void {
    this.checker.checkAll();
  }
}

test('stalls of a leader that grow by and by raise T before they depose it; a fixed T sees one election after the other', (t) => {
  const counts = [true, false].map((adapts) => {
    const bed = new Bed(adapts);
    let worstMs = 2;
    bed.every(200, 60_000, () => {
      bed.stallLeader(drawBetween(bed.random, 0, worstMs));
      worstMs = Math.min(150, worstMs * 1.03);
    });
    bed.checkAll();
    if (adapts) t.true(bed.timeoutMs > 300 && bed.timeoutMs <= 3 * 153, `T is ${bed.timeoutMs}`);
    return bed.elections;
  });
  t.is(counts[0], 0);
  t.true((counts[1] ?? 0) > 50, `fixed: ${counts[1]}`);
});

test('stalls that begin at their worst cost one election at the most: the deposed leader tells the next', (t) => {
  for (const [stallMs, periodMs] of [
    [100, 500],
    [400, 1000],
  ] as const) {
    const bed = new Bed(true);
    bed.every(periodMs, 20_000, () => bed.stallLeader(stallMs));
    t.is(bed.elections, 1);
    const fixed = new Bed(false);
    fixed.every(periodMs, 20_000, () => fixed.stallLeader(stallMs));
    t.true(fixed.elections >= 20, `fixed: ${fixed.elections}`);
    bed.checkAll();
  }
});

test('when the stalls end T is back at its floor within 10 s, and a failover as short as before', (t) => {
  const bed = new Bed(true);
  const quietMs = bed.failover();
  bed.every(1000, 10_000, () => bed.stallLeader(400));
  t.true(bed.timeoutMs > 1000);
  bed.world.run(10_000);
  t.is(bed.timeoutMs, floorMs);
  t.true(bed.failover() <= 1.2 * quietMs);
  bed.checkAll();
});

test('crashes keep T for the next leader, and do not keep it up', (t) => {
  const bed = new Bed(true);
  bed.every(300, 5_000, () => bed.stallLeader(60));
  const raisedMs = bed.timeoutMs;
  t.true(raisedMs > 150);
  bed.forget();
  const slowMs = bed.failover();
  t.true(slowMs > 0.8 * raisedMs, `${slowMs} after a T of ${raisedMs}`);
  for (let crash = 0; crash < 8; crash += 1) {
    bed.failover();
    bed.world.run(400);
  }
  t.is(bed.timeoutMs, floorMs);
});

test('a crash every second does not keep T up: from 5 s after the stalls on, failovers are as short as before', (t) => {
  const bed = new Bed(true);
  const quietMs = bed.failover();
  bed.every(1000, 10_000, () => bed.stallLeader(200));
  t.true(bed.timeoutMs > 500);
  const endMs = bed.world.nowMs + 10_000;
  const failovers: { readonly atMs: number; readonly electedMs: number }[] = [];
  for (let atMs = bed.world.nowMs; atMs < endMs; atMs += 1000) {
    bed.world.run(atMs - bed.world.nowMs);
    failovers.push({ atMs: 10_000 - (endMs - atMs), electedMs: bed.failover() });
  }
  t.true((failovers[0]?.electedMs ?? 0) > 500);
  const late = failovers.filter(({ atMs }) => atMs > 5000).map(({ electedMs }) => electedMs);
  t.true((late.toSorted((a, b) => a - b)[Math.floor(late.length / 2)] ?? 1e9) <= 1.2 * quietMs, String(late));
});

test('what everybody goes through together is no gap: a process that is suspended keeps its T and its leader', (t) => {
  const bed = new Bed(true);
  bed.every(2000, 20_000, () => {
    for (const { id } of bed.world.nodes) bed.world.stall(id, 400);
  });
  t.deepEqual([bed.elections, bed.suspicions, bed.timeouts], [0, 0, []]);
});

test('neither a follower whose loop is blocked nor one whose link is down says anything of T', (t) => {
  const bed = new Bed(true);
  const [blocked, cut] = ids.filter((id) => id !== bed.leader.id);
  if (blocked === undefined || cut === undefined) return t.fail();
  bed.every(1000, 10_000, () => {
    bed.world.stall(blocked, 400);
    for (const id of ids) bed.world.setLink(id, cut, { up: false });
    bed.world.run(300);
    bed.world.heal();
  });
  t.deepEqual([bed.elections, bed.timeouts], [0, []]);
});

test('followers that stall together raise T by their late answers, though their leader gave itself up', (t) => {
  const bed = new Bed(true);
  bed.every(500, 20_000, () => {
    const followers = ids.filter((id) => id !== bed.world.leader()?.id);
    for (const id of followers.slice(0, 3)) bed.world.stall(id, 60);
  });
  t.true(bed.elections <= 1, `${bed.elections} elections`);
  t.true(bed.timeoutMs > 100);
  bed.checkAll();
});

test('a link that grows slow raises T, and no further than it is slow', (t) => {
  const bed = new Bed(true);
  for (let delayMs = 1; delayMs <= 20; delayMs += 0.1) {
    for (const from of ids) for (const to of ids) bed.world.setLink(from, to, { delay: fixedDelay(delayMs) });
    bed.world.run(30);
  }
  t.is(bed.elections, 0);
  t.true(bed.timeoutMs > 100 && bed.timeoutMs < 200, `T is ${bed.timeoutMs}`);
});

test('an isolated leader keeps its T: a quorum that is gone is no quorum that is late', (t) => {
  const bed = new Bed(true);
  bed.every(1000, 10_000, () => {
    const { id } = bed.leader;
    for (const other of ids) {
      bed.world.setLink(id, other, { up: false });
      bed.world.setLink(other, id, { up: false });
    }
    bed.world.run(200);
    bed.world.heal();
  });
  t.true(bed.elections >= 8);
  t.deepEqual(bed.timeouts, []);
});
