import test from 'ava';
import { asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';
import { brokenInvariants } from '../../src/raft/invariants.js';
import { standardRules, vanillaRules, type CoreOptions } from '../../src/raft/options.js';
import { fixedDelay } from '../../src/delay.js';
import { World, type WorldObserver, type WorldOptions } from '../../src/simulation/world.js';

const core: CoreOptions = {
  electionTimeoutMs: 150,
  adaptiveTimeout: null,
  electionJitterMs: 150,
  heartbeatMs: 30,
  retryJitterMs: 2,
  successorSlotMs: 4,
  quorumPatience: 1,
  stallGraceMs: 75,
  voteTimeoutMs: null,
  maxAppendEntries: 64,
  rules: standardRules,
};

const ids = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId);
const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(asNodeId) as [NodeId, NodeId, NodeId];

function createWorld(options: Partial<WorldOptions> = {}, observer: WorldObserver = {}): World {
  return new World(
    {
      seed: 1,
      configuration: { voters: ids, oldVoters: null, learners: [] },
      core,
      linkDelay: fixedDelay(0.5),
      storeDelay: fixedDelay(0),
      exitNoticeDelayMs: 0.2,
      mailbox: { control: 1024, data: 1024 },
      ...options,
    },
    observer,
  );
}

/** Everything that happened, with its time: enough to tell two histories apart. */
function historyOf(seed: number): string[] {
  const history: string[] = [];
  const options: Partial<WorldOptions> = {
    seed,
    linkDelay: { type: 'lognormal', medianMs: 0.5, sigma: 1 },
    storeDelay: { type: 'uniform', minMs: 0.1, maxMs: 3 },
  };
  const world = createWorld(options, {
    stepped: (node, input, time, effects) =>
      history.push(JSON.stringify([node.id, time, input, effects, node.state])),
  });
  world.run(400);
  world.crash(n1);
  world.propose(n2, 'x');
  world.stall(n3, 90);
  world.run(600);
  world.restart(n1);
  world.run(400);
  return history;
}

test('one seed has one history, another seed another', (t) => {
  const history = historyOf(7);
  t.true(history.length > 200);
  t.deepEqual(historyOf(7), history);
  t.notDeepEqual(historyOf(8), history);
});

test('§5.2 five nodes elect one leader, replicate a value and elect another when it crashes', (t) => {
  const outcomes: string[] = [];
  const world = createWorld({}, { replied: (_node, _requestId, { type }) => outcomes.push(type) });
  t.true(world.run(1000, () => world.leader()?.state.leadership?.ready === true));
  const first = world.leader();
  if (first === undefined) return t.fail();
  world.propose(first.id, 'x');
  t.true(world.run(100, () => outcomes.length === 1));
  t.deepEqual(outcomes, ['committed']);
  world.crash(first.id);
  t.true(world.run(1000, () => world.leader()?.state.leadership?.ready === true));
  const second = world.leader();
  t.not(second?.id, first.id);
  t.deepEqual(second?.state.log.entries.at(1)?.payload, { type: 'command', value: 'x' });
  world.restart(first.id);
  world.run(500);
  t.is(first.state.leaderId, second?.id ?? null);
  t.is(first.state.log.entries.length, second?.state.log.entries.length ?? 0);
  t.is(first.state.incarnation, 2);
});

test('what a node has not flushed is neither sent nor kept, what it has flushed survives', (t) => {
  for (const keepWrite of [false, true]) {
    const world = createWorld({ storeDelay: fixedDelay(5) });
    world.run(1000, () => world.nodes.some(({ suspended }) => suspended !== null));
    const candidate = world.nodes.find(({ suspended }) => suspended !== null);
    if (candidate === undefined) return t.fail();
    t.is(candidate.state.currentTerm, asTerm(1));
    t.is(candidate.disk.hardState.currentTerm, asTerm(0));
    world.crash(candidate.id, keepWrite);
    world.restart(candidate.id);
    t.is(candidate.state.currentTerm, asTerm(keepWrite ? 1 : 0));
    t.is(candidate.state.votedFor, keepWrite ? candidate.id : null);
  }
});

test('no step is taken while a write is under way, and what arrived meanwhile is stamped with its arrival', (t) => {
  let violations = 0;
  let waited = 0;
  const world = createWorld(
    { storeDelay: fixedDelay(5) },
    {
      stepped: (node, input, time) => {
        if (node.suspended !== null) violations += 1;
        if (input.type === 'message' && input.arrived.nowMs < time.nowMs) waited += 1;
      },
    },
  );
  world.run(2000);
  t.is(violations, 0);
  t.true(waited > 0);
});

test('every node keeps the timer invariant after every step, in either profile, under crashes and cuts', (t) => {
  for (const rules of [standardRules, vanillaRules]) {
    const broken: string[] = [];
    const world = createWorld(
      { core: { ...core, rules } },
      { stepped: ({ id, state }) => broken.push(...brokenInvariants(state).map((rule) => `${id}: ${rule}`)) },
    );
    for (let round = 0; round < 20; round += 1) {
      const leader = world.leader();
      const victim = leader?.id ?? n1;
      if (round % 2 === 0) world.crash(victim);
      else for (const id of ids) if (id !== victim) world.setLink(id, victim, { up: false });
      world.run(700);
      world.heal();
      world.restart(victim);
      world.run(300);
    }
    t.deepEqual(broken, []);
    t.true(world.steps > 2000);
  }
});

test('pitfall 1: two of five that stood still for six times T keep their leader, by either clock', (t) => {
  for (const runningClock of [true, false]) {
    const suspicions: NodeId[] = [];
    const world = createWorld(
      { core: { ...core, rules: { ...standardRules, runningClock } } },
      { observed: ({ id }, { event }) => void (event.type === 'suspected' && suspicions.push(id)) },
    );
    world.run(1000);
    const followers = world.nodes.filter(({ state }) => state.role === 'follower');
    for (const { id } of followers.slice(0, 2)) world.stall(id, 900);
    world.run(1500);
    t.deepEqual(suspicions, []);
  }
});

test('pitfall 1: after a stall heartbeats that had arrived win over the expired timer, unless rule drainBeforeSuspect is off', (t) => {
  for (const drainBeforeSuspect of [true, false]) {
    const suspicions: string[] = [];
    // On the wall clock, so that the timer has expired by the end of the stall.
    const rules = { ...standardRules, runningClock: false, drainBeforeSuspect };
    const world = createWorld(
      { core: { ...core, rules } },
      { observed: (node, { event }) => void (event.type === 'suspected' && suspicions.push(node.id)) },
    );
    world.run(1000);
    const followers = world.nodes.filter(({ state }) => state.role === 'follower');
    for (const { id } of followers.slice(0, 2)) world.stall(id, 900);
    world.run(890);
    t.deepEqual(suspicions, []);
    world.run(20);
    const stalled = followers.slice(0, 2).map(({ id }) => id);
    t.deepEqual(suspicions, drainBeforeSuspect ? [] : stalled);
  }
});

test('a failed write ends participation: the group elects without that node', (t) => {
  const world = createWorld();
  world.run(1000);
  const leader = world.leader();
  if (leader === undefined) return t.fail();
  world.failDisk(leader.id);
  world.propose(leader.id, 'x');
  world.run(1000);
  t.false(leader.state.participating);
  t.truthy(world.leader());
  t.not(world.leader()?.id, leader.id);
});

test('a message of an incarnation that was announced dead arrives nowhere', (t) => {
  const heard: string[] = [];
  let crashedMs = Number.POSITIVE_INFINITY;
  let dead: NodeId | null = null;
  const world = createWorld(
    { linkDelay: fixedDelay(3) },
    {
      stepped: (_node, input, time) => {
        if (input.type !== 'message' || input.message.from !== dead) return;
        if (time.nowMs > crashedMs + 0.2) heard.push(input.message.type);
      },
    },
  );
  world.run(1000, () => world.leader() !== undefined);
  dead = world.leader()?.id ?? null;
  if (dead === null) return t.fail();
  crashedMs = world.nowMs;
  world.crash(dead);
  world.run(50);
  t.deepEqual(heard, []);
});

test('a full data lane loses proposals and appends, never a timer or a heartbeat', (t) => {
  const world = createWorld({ storeDelay: fixedDelay(50), mailbox: { control: 1024, data: 2 } });
  world.run(2000, () => world.leader()?.state.leadership?.ready === true);
  const leader = world.leader();
  if (leader === undefined) return t.fail();
  const accepted = Array.from({ length: 10 }, (_, value) => world.propose(leader.id, value));
  t.deepEqual(accepted, [true, true, true, ...Array.from({ length: 7 }, () => false)]);
  world.run(2000);
  t.is(world.leader()?.id, leader.id);
});

test('what is under way when its link is cut is lost, even when the link is joined before it is due', (t) => {
  for (const isCut of [false, true]) {
    const world = createWorld({ linkDelay: fixedDelay(3) });
    world.run(1000, () => world.leader() !== undefined);
    const leader = world.leader();
    if (leader === undefined) return t.fail();
    world.run(500);
    world.propose(leader.id, 'x');
    for (const { id } of world.nodes) {
      if (!isCut || id === leader.id) continue;
      world.setLink(leader.id, id, { up: false });
      world.setLink(leader.id, id, { up: true });
    }
    const held = (): number => world.nodes.filter(({ state }) => state.log.entries.length === 2).length;
    world.run(10);
    t.is(held(), isCut ? 1 : 5);
    world.run(200);
    t.is(held(), 5);
  }
});

test('a link that was slow and is healed keeps nobody waiting for its last slow message', (t) => {
  const world = createWorld();
  world.run(1000, () => world.leader() !== undefined);
  const leader = world.leader();
  if (leader === undefined) return t.fail();
  for (const { id } of world.nodes) world.setLink(leader.id, id, { delay: fixedDelay(5000) });
  world.run(40);
  world.heal();
  const { currentTerm } = leader.state;
  world.run(2000);
  t.is(world.leader()?.state.currentTerm, currentTerm);
});
