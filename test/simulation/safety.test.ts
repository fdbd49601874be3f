/** The checks check: what they must find is done to a world behind its back. */
import test, { type ExecutionContext } from 'ava';
import { asLogIndex, asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';
import type { Message } from '../../src/raft/messages.js';
import { standardRules, type CoreOptions } from '../../src/raft/options.js';
import { fixedDelay } from '../../src/delay.js';
import { timeAt, type SimulatedNode } from '../../src/simulation/node.js';
import { SafetyChecker, SafetyViolation } from '../../src/simulation/safety.js';
import { World, type WorldOptions } from '../../src/simulation/world.js';

const ids = ['n1', 'n2', 'n3'].map(asNodeId);

const core: CoreOptions = {
  electionTimeoutMs: 150,
  adaptiveTimeout: null,
  electionJitterMs: 50,
  heartbeatMs: 30,
  retryJitterMs: 10,
  successorSlotMs: 4,
  quorumPatience: 1,
  stallGraceMs: 75,
  voteTimeoutMs: null,
  maxAppendEntries: 64,
  rules: standardRules,
};

interface Bed {
  readonly world: World;
  readonly checker: SafetyChecker;
  /** What the world tells, for telling something that did not happen. */
  readonly told: ReturnType<SafetyChecker['observer']>;
  readonly leader: SimulatedNode;
  readonly followers: readonly SimulatedNode[];
}

/** A settled cluster of three in which a value is committed. */
function settle(t: ExecutionContext, options: Partial<WorldOptions> = {}): Bed {
  const checker = new SafetyChecker();
  const told = checker.observer();
  const world = new World(
    {
      seed: 6,
      configuration: { voters: ids, oldVoters: null, learners: [] },
      core,
      linkDelay: fixedDelay(1),
      storeDelay: fixedDelay(0),
      exitNoticeDelayMs: 0.2,
      mailbox: { control: 1024, data: 1024 },
      ...options,
    },
    told,
  );
  world.run(500);
  const leader = world.leader();
  if (leader === undefined) throw new Error('no leader');
  world.propose(leader.id, 'x');
  world.run(100);
  checker.checkAll();
  t.is(checker.committed.length, 2);
  return { world, checker, told, leader, followers: world.nodes.filter((node) => node !== leader) };
}

function breaks(t: ExecutionContext, rule: string, act: () => void): void {
  const error = t.throws(act, { instanceOf: SafetyViolation });
  t.is(error?.rule, rule);
}

test('a world that works breaks no rule', (t) => {
  const { world, checker, leader } = settle(t);
  world.crash(leader.id);
  world.run(1000);
  world.restart(leader.id);
  world.run(1000);
  t.notThrows(() => checker.checkAll());
});

test('two leaders of one term are found', (t) => {
  const { world, told, leader, followers } = settle(t);
  const [other] = followers;
  if (other === undefined) return t.fail();
  breaks(t, 'election safety', () => {
    other.state.role = 'leader';
    told.stepped(other, { type: 'start', id: 1 }, timeAt(other, world.nowNs), []);
  });
  t.is(leader.state.role, 'leader');
});

test('a second vote in one term, an erased one and a term written after a later one are found', (t) => {
  for (const [rule, votedFor, back] of [
    ['one vote', asNodeId('n9'), 0],
    ['one vote', null, 0],
    ['terms', null, 1],
  ] as const) {
    const { told, leader } = settle(t);
    const currentTerm = asTerm(leader.state.currentTerm - back);
    const hardState = { currentTerm, votedFor };
    breaks(t, rule, () =>
      told.written(leader, { type: 'persist', hardState, truncateFrom: null, entries: [] }),
    );
  }
});

test('a disk that forgets entries it had flushed is found', (t) => {
  const { world, checker, leader, followers } = settle(t);
  const error = t.throws(
    () => {
      for (const { id, disk } of followers) {
        world.crash(id);
        disk.entries.length = 0;
        world.restart(id);
      }
      world.crash(leader.id);
      world.run(3000);
      checker.checkAll();
    },
    { instanceOf: SafetyViolation },
  );
  t.is(error?.rule, 'leader completeness');
});

test('a commit that no quorum holds is found', (t) => {
  const { world, leader, followers } = settle(t);
  breaks(t, 'commit by quorum', () => {
    for (const { id } of followers) world.setLink(leader.id, id, { up: false });
    world.propose(leader.id, 'y');
    for (const peer of leader.state.leadership?.peers ?? []) peer.matchIndex = asLogIndex(3);
    world.propose(leader.id, 'z');
    world.run(100);
  });
});

test('removing a committed entry is found, but not at a straggler that an older leader than the commit reached', (t) => {
  for (const [termOfRemoval, isBroken] of [
    [1, true],
    [0, false],
  ] as const) {
    const { world, told, leader, followers } = settle(t);
    const [follower] = followers;
    if (follower === undefined) return t.fail();
    const since = leader.state.currentTerm - 1;
    follower.state.currentTerm = asTerm(since + termOfRemoval);
    const removal = { type: 'persist', hardState: null, truncateFrom: asLogIndex(2), entries: [] } as const;
    const remove = (): void =>
      told.stepped(follower, { type: 'start', id: 1 }, timeAt(follower, world.nowNs), [removal]);
    if (isBroken) breaks(t, 'durability', remove);
    else t.not(t.throws(remove, { instanceOf: SafetyViolation })?.rule, 'durability');
  }
});

test('a leader that counts on a promise that was not given is found, where T adapts', (t) => {
  const adaptiveTimeout = { minMs: 150, maxMs: 900, holdMs: 500, halfLifeMs: 100 };
  const { world, leader, followers } = settle(t, { core: { ...core, adaptiveTimeout } });
  world.run(1000);
  const [progress] = leader.state.leadership?.peers ?? [];
  if (progress === undefined) return t.fail();
  for (const { id } of followers) world.setLink(id, leader.id, { up: false });
  progress.promisedMs += 1.5;
  breaks(t, 'authority', () => world.run(100));
});

test('an acknowledgement of what is not flushed is found', (t) => {
  const { world, leader, followers } = settle(t);
  const [follower] = followers;
  if (follower === undefined) return t.fail();
  breaks(t, 'flush before send', () => {
    world.propose(leader.id, 'y');
    follower.disk.entries.length = 0;
    world.run(100);
  });
});

test('a grant, and a candidacy, inside a lease are found; after its end they are none of its business', (t) => {
  const envelope = { group: 'world', from: asNodeId('n1'), to: asNodeId('n2'), incarnation: 1 };
  const round = { incarnation: 1, counter: 1 };
  const requestTerm = asTerm(9);
  const reply = { ...envelope, term: requestTerm, requestTerm, round, reason: null, leaseRemainingMs: null };
  const lastLog = { term: asTerm(1), index: asLogIndex(1) };
  const messages: readonly Message[] = [
    { ...reply, type: 'preVoteReply', granted: true },
    { ...reply, type: 'voteReply', granted: true },
    { ...envelope, type: 'voteRequest', term: requestTerm, round, lastLog },
  ];
  for (const message of messages) {
    const { world, told, followers } = settle(t);
    const [voter] = followers;
    if (voter === undefined) return t.fail();
    const stepAt = (afterMs: number): void =>
      told.stepped(voter, { type: 'start', id: 1 }, timeAt(voter, world.nowNs + afterMs * 1e6), [
        { type: 'send', message },
      ]);
    t.notThrows(() => stepAt(200));
    breaks(t, 'lease', () => stepAt(100));
  }
});

test('a commit index and a term that go back are found', (t) => {
  for (const [rule, go] of [
    ['commit', ({ state }: SimulatedNode): unknown => (state.commitIndex = asLogIndex(0))],
    ['terms', ({ state }: SimulatedNode): unknown => (state.currentTerm = asTerm(0))],
  ] as const) {
    const { world, told, leader } = settle(t);
    breaks(t, rule, () => {
      go(leader);
      told.stepped(leader, { type: 'start', id: 1 }, timeAt(leader, world.nowNs), []);
    });
  }
});

test('§6.2 a leader that goes on though no quorum has answered it within T is found', (t) => {
  const { world, told, leader } = settle(t);
  const { generation } = leader.state.timers.quorumCheck;
  const checkAfter = (ms: number, checked: number): void =>
    told.stepped(
      leader,
      { type: 'timer', id: 1, timer: 'quorumCheck', generation: checked, waitingContact: null },
      timeAt(leader, world.nowNs + ms * 1e6),
      [],
    );
  t.notThrows(() => checkAfter(100, generation - 1));
  t.notThrows(() => checkAfter(200, generation - 2), 'an outdated expiry checks nothing');
  breaks(t, 'quorum check', () => checkAfter(200, generation - 1));
});

test('a follower without a timer is found', (t) => {
  const { world, followers } = settle(t);
  const [follower] = followers;
  if (follower === undefined) return t.fail();
  breaks(t, 'timers', () => {
    follower.state.timers.election.armed = false;
    follower.state.timers.preVote.armed = true;
    world.run(100);
  });
});

test('a memory that parts from its disk is found', (t) => {
  const { world, checker, followers } = settle(t);
  const [follower] = followers;
  if (follower === undefined) return t.fail();
  breaks(t, 'disk', () => {
    follower.disk.hardState = { currentTerm: asTerm(0), votedFor: 'n9' as NodeId };
    world.run(0);
    checker.checkAll();
  });
});
