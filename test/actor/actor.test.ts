/** One node on the test's own thread, with a store or a core that the test holds in its hands. */
import { once } from 'node:events';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Runtime } from '../../src/actor/actor.js';
import { nodeEventLoop, sharedNowMs, type EventLoop } from '../../src/actor/clock.js';
import type { NodeEvent } from '../../src/actor/protocol.js';
import { ElectorateError } from '../../src/errors.js';
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import type { Effect } from '../../src/raft/effects.js';
import type { Input } from '../../src/raft/inputs.js';
import { InvariantError } from '../../src/raft/invariant.js';
import type { Message } from '../../src/raft/messages.js';
import { standardRules } from '../../src/raft/options.js';
import { batch, command, vote } from '../storage/stores.js';
import { HeldStore, slow, startLocal, type LocalNode } from './harness.js';
import { append, heartbeat, voteReply, voteRequest } from './messages.js';

/** A core that does as it is told: the effects for each input, and none for the others. */
function scripted(effectsOf: (input: Input) => readonly Effect[]): Pick<Runtime, 'step'> & {
  readonly inputs: Input[];
} {
  const inputs: Input[] = [];
  return {
    inputs,
    step(_state, input) {
      inputs.push(input);
      return [...effectsOf(input)];
    },
  };
}

const persist: Effect = { type: 'persist', ...batch({ hardState: vote(1, 'n2') }) };

function send(message: Message): Effect {
  return { type: 'send', message };
}

type StallOf = Extract<NodeEvent, { type: 'stalled' }>;

/** The node's event loop and the test's have each turned several times. */
async function settled(node: LocalNode): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await node.control.status();
}

function eventOf<T extends NodeEvent['type']>(
  node: LocalNode,
  type: T,
): Promise<Extract<NodeEvent, { type: T }>> {
  return node.until(() =>
    node.events.find((event): event is Extract<NodeEvent, { type: T }> => event.type === type),
  );
}

test.serial('pitfall 5: a vote leaves behind its flush, and not before', async (t) => {
  const store = new HeldStore();
  const node = await startLocal(t, {}, { openStore: () => store });
  node.deliver(voteRequest());
  await store.begun;
  await settled(node);
  t.deepEqual(node.sent, []);

  store.succeed();
  const [reply] = await node.until(() => node.sent.length > 0 && node.sent);
  t.like(reply, { type: 'voteReply', to: 'n2', granted: true });
  t.deepEqual(store.written, [batch({ hardState: vote(1, 'n2') })]);
  t.like(await eventOf(node, 'written'), { hardState: true, entries: 0 });
});

test.serial(
  'what stands before a write leaves at once, what stands behind it waits; each part in one message',
  async (t) => {
    const store = new HeldStore();
    const [first, second, third] = [voteReply(), voteRequest(), heartbeat()];
    const core = scripted(({ type }) =>
      type === 'message' ? [send(first), send(second), persist, send(third)] : [],
    );
    const node = await startLocal(t, {}, { ...core, openStore: () => store });
    node.deliver(heartbeat());
    await node.until(() => node.sent.length > 0);
    await settled(node);
    t.deepEqual(node.sent, [first, second]);
    store.succeed();
    await node.until(() => node.sent.length > 2);
    t.deepEqual(node.sent, [first, second, third]);
  },
);

test.serial(
  'pitfall 11: while a write is under way no other input is handled, and calls are answered',
  async (t) => {
    const store = new HeldStore();
    const node = await startLocal(t, {}, { openStore: () => store });
    node.deliver(voteRequest());
    await store.begun;
    node.deliver(heartbeat({ term: asTerm(2) }));
    await settled(node);
    const before = await node.control.status();
    t.like(before, { term: 0, votedFor: null, leaderId: null, mailbox: { control: 1 } });
    t.deepEqual(await node.control.log(), []);

    store.succeed();
    await store.begun;
    t.like(await node.control.status(), { term: 1, votedFor: 'n2', mailbox: { control: 0 } });
    store.succeed();
    await node.until(() => node.sent.find(({ type }) => type === 'appendEntriesReply'));
    t.like(await node.control.status(), { term: 2, leaderId: 'n2', learner: false, participating: true });
  },
);

test.serial(
  'a store that fails ends participation: no vote is sent, then or later, and an event says why',
  async (t) => {
    const store = new HeldStore();
    const node = await startLocal(t, {}, { openStore: () => store });
    node.deliver(voteRequest());
    await store.begun;
    node.deliver(voteRequest({ term: asTerm(2) }), heartbeat({ term: asTerm(3) }));
    store.fail('the disk is gone');
    t.like(await eventOf(node, 'storeFailed'), { error: 'the disk is gone', cause: { kind: 'storeFailed' } });
    t.deepEqual(await node.control.propose('x'), { type: 'storeFailed' });
    t.like(await node.control.status(), { participating: false, mailbox: { control: 0 } });
    t.deepEqual(node.sent, []);
    t.false(node.events.some(({ type }) => type === 'voteGranted' || type === 'written'));
  },
);

test.serial(
  'behind a failed write nothing is written, a proposal is answered as unknown, and timers are kept as the core sees them',
  async (t) => {
    const store = new HeldStore();
    const core = scripted((input) =>
      input.type === 'propose'
        ? [
            persist,
            persist,
            { type: 'reply', requestId: input.requestId, outcome: { type: 'leaderUnconfirmed' } },
            { type: 'setTimer', timer: 'vote', generation: 4, deadlineMs: 0, clock: 'running' },
          ]
        : [],
    );
    const node = await startLocal(t, {}, { ...core, openStore: () => store });
    const proposal = node.control.propose('x');
    await store.begun;
    store.fail('full');
    t.deepEqual(await proposal, { type: 'outcomeUnknown' });
    t.is(store.writes, 1, 'the second is not tried');
    t.like(await eventOf(node, 'timerFired'), { timer: 'vote' });
    t.deepEqual(
      core.inputs.map(({ type }) => type),
      ['start', 'propose', 'storeFailed', 'timer'],
    );
  },
);

test.serial('the log that is shown is what was flushed last, and nothing that was truncated', async (t) => {
  const writes = [
    batch({ entries: [command(1, 1), command(2, 1)] }),
    batch({ truncateFrom: asLogIndex(2), entries: [command(2, 2)] }),
  ];
  const core = scripted((input) => {
    const write = input.type === 'propose' ? writes.shift() : undefined;
    if (input.type !== 'propose' || write === undefined) return [];
    const { requestId } = input;
    return [
      { type: 'persist', ...write },
      { type: 'reply', requestId, outcome: { type: 'leaderUnconfirmed' } },
    ];
  });
  const node = await startLocal(t, {}, core);
  await node.control.propose('x');
  t.deepEqual(await node.control.log(), [command(1, 1), command(2, 1)]);
  await node.control.propose('y');
  t.deepEqual(await node.control.log(), [command(1, 1), command(2, 2)]);
});

test.serial(
  'pitfall 29: a full mailbox drops and counts peer messages and proposals, and no timer or store result',
  async (t) => {
    const store = new HeldStore();
    const core = scripted(({ type }) =>
      type === 'start'
        ? [{ type: 'setTimer', timer: 'election', generation: 9, deadlineMs: 0, clock: 'running' }, persist]
        : [],
    );
    const node = await startLocal(
      t,
      { mailbox: { control: 2, data: 1 } },
      { ...core, openStore: () => store },
    );
    await store.begun;
    node.deliver(...Array.from({ length: 10 }, () => heartbeat()), append(1), append(1));
    t.deepEqual(await node.control.propose('x'), { type: 'mailboxFull' });
    // The expiry is the one mail more than the two that the bound lets in.
    while ((await node.control.status()).mailbox.control < 3);
    t.like(await node.control.status(), {
      mailbox: { control: 3, data: 1, droppedControl: 8, droppedData: 2 },
    });
    store.fail('no');
    await node.until(() => core.inputs.length === 6);
    t.deepEqual(core.inputs.map(({ type }) => type).toSorted(), [
      'message',
      'message',
      'message',
      'start',
      'storeFailed',
      'timer',
    ]);
    t.is(core.inputs[1]?.type, 'storeFailed');
    t.deepEqual(
      node.events.flatMap((event) => (event.type === 'mailboxFull' ? [[event.lane, event.dropped]] : [])),
      [
        ['control', 1],
        ['data', 1],
      ],
    );
  },
);

const quick = {
  ...slow,
  electionTimeoutMs: 60,
  electionJitterMs: 0,
  heartbeatMs: 20,
};

for (const runningClock of [false, true]) {
  test.serial(
    `pitfall 1: after a stall, a heartbeat that has arrived wins over the expiry (running clock ${runningClock})`,
    async (t) => {
      const rules = { ...standardRules, promptStart: false, runningClock };
      const node = await startLocal(t, { options: { ...quick, rules } });
      node.deliver(heartbeat());
      await node.until(() => node.sent.length === 1);
      node.deliver(heartbeat());
      stall(200);
      await node.until(() => node.sent.length === 2);
      t.false(node.events.some(({ type }) => type === 'suspected'));
      // And silence is still silence.
      t.like(await eventOf(node, 'suspected'), {
        leaderId: 'n2',
        cause: { kind: 'timer', timer: 'election' },
      });
    },
  );
}

test.serial('pitfall 1: time in which the node did not run is no silence', async (t) => {
  const node = await startLocal(t, { options: quick });
  node.deliver(heartbeat());
  await node.until(() => node.sent.length === 1);
  stall(200);
  const resumedMs = sharedNowMs();
  const suspected = await eventOf(node, 'suspected');
  t.true(suspected.atMs - resumedMs > 20, `${suspected.atMs - resumedMs} ms after the stall`);
  t.true((await node.control.status()).lostMs > 150);
});

for (const drainBeforeSuspect of [true, false]) {
  test.serial(
    `an expiry goes ${drainBeforeSuspect ? 'behind' : 'before'} what is in the port (rule drainBeforeSuspect ${drainBeforeSuspect})`,
    async (t) => {
      let armed = false;
      const core = scripted(({ type }) => {
        armed = type === 'start';
        return armed
          ? [{ type: 'setTimer', timer: 'election', generation: 1, deadlineMs: 0, clock: 'running' }]
          : [];
      });
      const loop: EventLoop = {
        ...nodeEventLoop,
        soon(run) {
          const isExpiry = armed;
          armed = false;
          return nodeEventLoop.soon(() => {
            if (isExpiry) node.deliver(voteRequest());
            run();
          });
        },
      };
      const options = { ...slow, rules: { ...slow.rules, drainBeforeSuspect } };
      const node = await startLocal(t, { options }, { ...core, loop });
      await node.until(() => core.inputs.length === 3);
      t.deepEqual(
        core.inputs.map(({ type }) => type),
        ['start', ...(drainBeforeSuspect ? ['message', 'timer'] : ['timer', 'message'])],
      );
    },
  );
}

test.serial(
  'a heartbeat that is due waits for the flush under way and for nothing else, whatever has come in',
  async (t) => {
    const store = new HeldStore();
    const core = scripted(({ type }) =>
      type === 'start'
        ? [{ type: 'setTimer', timer: 'heartbeat', generation: 1, deadlineMs: 0, clock: 'now' }, persist]
        : [],
    );
    // Room for all of them, though they are of one sender.
    const mailbox = { control: 1024, data: 1024 };
    const node = await startLocal(t, { mailbox }, { ...core, openStore: () => store });
    await store.begun;
    node.deliver(...Array.from({ length: 50 }, () => voteRequest()), append(1));
    void node.control.propose('x');
    while ((await node.control.status()).mailbox.control < 51);
    t.is(core.inputs.length, 1);
    store.succeed();
    await node.until(() => core.inputs.length === 54);
    t.like(core.inputs[1], { type: 'timer', timer: 'heartbeat' });
  },
);

test.serial('a stall is told with its length, and with how much of it a burden took', async (t) => {
  const node = await startLocal(t, { options: quick });
  node.tell({ type: 'burden', burden: { type: 'hog', forMs: 60, everyMs: 100, random: false } });
  const burdened = await node.until(() =>
    node.events.find((event): event is StallOf => event.type === 'stalled' && event.burdenMs > 0),
  );
  t.true(burdened.burdenMs >= 60 && burdened.burdenMs <= burdened.durationMs);
  t.like(burdened.cause, { kind: 'driver', handledMs: burdened.atMs });
  t.true((await node.control.status()).strain.blockedMs >= 60);

  node.tell({ type: 'burden', burden: null });
  await settled(node);
  const told = node.events.length;
  stall(200);
  const other = await node.until(() =>
    node.events
      .slice(told)
      .find((event): event is StallOf => event.type === 'stalled' && event.durationMs >= 200),
  );
  t.is(other.burdenMs, 0);
});

test.serial('rule runningClock off: a stall loses no time, and is told all the same', async (t) => {
  const node = await startLocal(t, {
    options: { ...slow, rules: { ...slow.rules, runningClock: false }, heartbeatMs: 20 },
  });
  stall(100);
  t.true((await eventOf(node, 'stalled')).durationMs >= 100);
  t.is((await node.control.status()).lostMs, 0);
});

test.serial(
  'a status tells the most that waited, and the longest, since the last one, what waits included',
  async (t) => {
    const store = new HeldStore();
    const core = scripted(({ type }) => (type === 'start' ? [persist] : []));
    const node = await startLocal(t, {}, { ...core, openStore: () => store });
    await store.begun;
    node.deliver(voteRequest(), voteRequest(), append(1));
    while ((await node.control.status()).mailbox.data < 1);
    stall(50);
    const waiting = await node.control.status();
    t.deepEqual(waiting.strain.maxWaiting, { control: 2, data: 1 });
    t.true(waiting.strain.maxAgeMs >= 50);
    store.succeed();
    await node.until(() => core.inputs.length === 4);
    const handled = await node.control.status();
    t.deepEqual(handled.strain.maxWaiting, { control: 2, data: 1 });
    t.true(handled.strain.maxAgeMs >= 50);
    t.deepEqual((await node.control.status()).strain, {
      maxWaiting: { control: 0, data: 0 },
      maxAgeMs: 0,
      blockedMs: 0,
      allocatedMb: 0,
      heartbeatGaps: [],
    });
  },
);

test.serial('no burden keeps a node from stopping, and none outlasts it', async (t) => {
  const node = await startLocal(t, { options: quick });
  node.tell({ type: 'burden', burden: { type: 'hog', forMs: 20, everyMs: 20.001, random: true } });
  node.tell({ type: 'burden', burden: { type: 'memory', megabytesPerSecond: 10 } });
  node.tell({ type: 'burden', burden: { type: 'flood', fill: 0.1 } });
  await node.until(() => node.events.find((event) => event.type === 'stalled' && event.burdenMs > 0));
  node.close();
  await t.notThrowsAsync(node.done);
});

test.serial('a flood reaches every peer, in messages that pass for messages', async (t) => {
  const node = await startLocal(t);
  node.tell({ type: 'burden', burden: { type: 'flood', fill: 0.1 } });
  await node.until(() => new Set(node.sent.map(({ to }) => to)).size === 2);
  t.deepEqual([...new Set(node.sent.map(({ type, from }) => `${type} ${from}`))], ['appendEntriesReply n1']);
  t.is(node.sent.filter(({ to }) => to === 'n2').length % 20, 0);
});

test.serial(
  'pitfall 1: after a stall, an expiry goes behind a vote request that had arrived before it',
  async (t) => {
    const core = scripted(({ type }) =>
      type === 'start'
        ? [
            {
              type: 'setTimer',
              timer: 'election',
              generation: 1,
              deadlineMs: sharedNowMs() + 30,
              clock: 'now',
            },
          ]
        : [],
    );
    const node = await startLocal(t, {}, core);
    await node.until(() => core.inputs.length === 1);
    node.deliver(voteRequest());
    stall(100);
    await node.until(() => core.inputs.length === 3);
    t.deepEqual(
      core.inputs.map(({ type }) => type),
      ['start', 'message', 'timer'],
    );
  },
);

for (const [place, drainBeforeSuspect] of [
  ['mailbox', true],
  ['port', true],
  ['mailbox', false],
  ['port', false],
] as const) {
  test.serial(
    `pitfall 1: a contact that still waits in the ${place} goes with the expiry of an election timer (rule drainBeforeSuspect ${drainBeforeSuspect})`,
    async (t) => {
      const store = new HeldStore();
      const core = scripted(({ type }) =>
        type === 'start'
          ? [{ type: 'setTimer', timer: 'election', generation: 1, deadlineMs: 0, clock: 'running' }, persist]
          : [],
      );
      const step: Runtime['step'] = (state, input, time) => {
        state.leaderId = asNodeId('n2');
        state.currentTerm = asTerm(1);
        return core.step(state, input, time);
      };
      const options = { ...slow, rules: { ...slow.rules, drainBeforeSuspect } };
      const node = await startLocal(t, { options }, { step, openStore: () => store });
      await store.begun;
      while ((await node.control.status()).mailbox.control < 1);
      // With entries: in the lane that the expiry overtakes.
      node.deliver(append(1));
      if (place === 'mailbox') while ((await node.control.status()).mailbox.data < 1);
      store.succeed();
      await node.until(() => core.inputs.length === 3);
      const [, expiry, message] = core.inputs;
      if (expiry?.type !== 'timer' || message?.type !== 'message') return t.fail();
      return t.deepEqual(expiry.waitingContact, drainBeforeSuspect ? message.arrived : null);
    },
  );
}

test.serial(
  'a message from a stranger, of no type or malformed is counted, reported at a bounded rate and dropped',
  async (t) => {
    const core = scripted(() => []);
    const node = await startLocal(t, {}, core);
    const bad = [
      heartbeat({ from: asNodeId('n9') }),
      { ...heartbeat(), type: 'gossip' } as unknown as Message,
      heartbeat({ term: asTerm(-1) }),
    ];
    node.deliver(...bad, voteRequest());
    t.like(await eventOf(node, 'messageRejected'), { reason: 'unknownSender', cause: { kind: 'driver' } });
    await node.until(() => core.inputs.length === 2);
    t.is((await node.control.status()).mailbox.rejected, 3);
    t.is(node.events.filter(({ type }) => type === 'messageRejected').length, 1);
    t.like(core.inputs[1], { type: 'message', message: { type: 'voteRequest' } });
  },
);

test.serial('what comes before a node begins is lost', async (t) => {
  const core = scripted(() => []);
  const node = await startLocal(t, {}, core, { begin: false });
  node.deliver(voteRequest({ term: asTerm(6) }));
  node.tell({ type: 'begin' });
  node.deliver(voteRequest({ term: asTerm(7) }));
  await node.until(() => core.inputs.length === 2);
  t.like(core.inputs, [{ type: 'start' }, { message: { term: asTerm(7) } }]);
});

test.serial(
  'every event carries its cause: when the message was sent, when it arrived, when it was handled',
  async (t) => {
    const node = await startLocal(t);
    node.deliver(voteRequest());
    const { id, cause, atMs, node: from, incarnation } = await eventOf(node, 'voteGranted');
    t.like(cause, { kind: 'voteRequest', from: 'n2', timer: null, deadlineMs: null });
    const moments = [cause.sentMs, cause.arrivedMs, cause.handledMs, atMs, sharedNowMs()].map(Number);
    t.deepEqual(
      moments,
      moments.toSorted((a, b) => a - b),
    );
    t.true(id > 0);
    t.deepEqual([from, incarnation], [asNodeId('n1'), 1]);
    const ids = node.events.map((event) => event.id);
    t.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
    t.is(new Set(ids).size, ids.length);
  },
);

test.serial(
  'a follower answers a proposal with who leads; a sole voter commits it; what JSON does not carry is refused',
  async (t) => {
    const follower = await startLocal(t);
    t.deepEqual(await follower.control.propose('x'), { type: 'notLeader', leaderId: null });
    follower.deliver(heartbeat());
    await follower.until(() => follower.sent.length > 0);
    t.deepEqual(await follower.control.propose('x'), { type: 'notLeader', leaderId: asNodeId('n2') });
    const refusal: unknown = await t.throwsAsync(follower.control.propose(new Map() as never), { any: true });
    t.like(refusal, { code: 'invalidOption' });

    const alone = await startLocal(t, {
      configuration: { voters: [asNodeId('n1')], oldVoters: null, learners: [] },
    });
    await eventOf(alone, 'ready');
    t.like(await alone.control.propose({ deep: [1] }), { type: 'committed', index: 2, term: 1 });
    t.like((await alone.control.log())[1], { index: 2, payload: { type: 'command', value: { deep: [1] } } });
    t.like(await alone.control.status(), {
      role: 'leader',
      confirmed: true,
      commitIndex: 2,
      lastContactMs: null,
    });
  },
);

test.serial('once a peer’s end is told, what its life still says is forgotten', async (t) => {
  const store = new HeldStore();
  const core = scripted((input) =>
    input.type === 'message' && input.message.type === 'voteRequest' ? [persist] : [],
  );
  const node = await startLocal(t, {}, { ...core, openStore: () => store });
  node.deliver(voteRequest());
  await store.begun;
  node.deliver(append(2), append(2, { from: asNodeId('n3') }));
  await settled(node);
  const before = await node.control.status();
  node.tell({ type: 'peerExited', node: asNodeId('n2'), incarnation: 1, term: asTerm(1) });
  await settled(node);
  const after = await node.control.status();
  store.succeed();
  t.like(before, { mailbox: { control: 0, data: 2 } });
  t.like(after, { mailbox: { control: 1, data: 1 } });
});

test.serial('a stalled disk holds writes back and nothing else, until it ends', async (t) => {
  const store = new HeldStore();
  const node = await startLocal(t, {}, { openStore: () => store });
  node.tell({ type: 'stallDisk', untilMs: Number.POSITIVE_INFINITY });
  node.deliver(voteRequest());
  await eventOf(node, 'termAdopted');
  await settled(node);
  t.like(await node.control.status(), { term: 0 });
  t.is(store.writes, 0);
  node.tell({ type: 'stallDisk', untilMs: null });
  await store.begun;
  store.succeed();
  await node.until(() => node.sent.length > 0);
});

test.serial('a stall with an end is over then', async (t) => {
  const node = await startLocal(t);
  const untilMs = sharedNowMs() + 30;
  node.tell({ type: 'stallDisk', untilMs });
  node.deliver(voteRequest());
  const { atMs, durationMs } = await eventOf(node, 'written');
  t.true(atMs >= untilMs);
  t.true(durationMs > 20);
});

test.serial(
  'closing the port finishes the write under way, stalled or not, and then closes the store',
  async (t) => {
    const store = new HeldStore();
    const node = await startLocal(t, {}, { openStore: () => store });
    node.tell({ type: 'stallDisk', untilMs: Number.POSITIVE_INFINITY });
    node.deliver(voteRequest());
    await eventOf(node, 'termAdopted');
    node.deliver(voteRequest());
    node.close();
    await store.begun;
    t.false(store.closed);
    store.succeed();
    await node.done;
    t.true(store.closed);
    t.is(store.written.length, 1);
  },
);

test.serial(
  'an error of the turn that was under way at the end is not swallowed, and the store is closed',
  async (t) => {
    const store = new HeldStore();
    const core = scripted(({ type }) => {
      if (type === 'storeFailed') throw new InvariantError('a bug behind the write');
      return type === 'message' ? [persist] : [];
    });
    const node = await startLocal(t, {}, { ...core, openStore: () => store });
    node.deliver(heartbeat());
    await store.begun;
    node.close();
    await once(node.init.raftPort, 'close');
    store.fail('disk');
    await t.throwsAsync(node.done, { instanceOf: InvariantError, message: 'a bug behind the write' });
    t.true(store.closed);
  },
);

test.serial(
  'without a control lane as well, a proposal that comes before the beginning waits for it',
  async (t) => {
    const core = scripted(() => []);
    const options = { ...slow, rules: { ...slow.rules, controlLane: false } };
    const node = await startLocal(t, { options }, core, { begin: false });
    void node.control.propose('early');
    await settled(node);
    node.tell({ type: 'begin' });
    await node.until(() => core.inputs.length === 2);
    t.deepEqual(
      core.inputs.map(({ type }) => type),
      ['start', 'propose'],
    );
  },
);

test.serial('an error thrown by the core is not swallowed: the node goes down with it', async (t) => {
  const core = scripted(({ type }) => {
    if (type === 'message') throw new InvariantError('a bug');
    return [];
  });
  const node = await startLocal(t, {}, core);
  node.deliver(heartbeat());
  await t.throwsAsync(node.done, { instanceOf: InvariantError, message: 'a bug' });
});

test.serial('a store that is refused is told with its code, and the node ends', async (t) => {
  const node = await startLocal(
    t,
    {},
    { openStore: () => Promise.reject(new ElectorateError('storeLocked', 'in use')) },
  );
  await t.notThrowsAsync(node.done);
  t.deepEqual(node.received, [{ type: 'openFailed', code: 'storeLocked', error: 'in use' }]);
});

test.serial('the vote log has a line for each vote given, written before it is sent', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'electorate-votes-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const voteLog = join(folder, 'votes');
  const store = new HeldStore();
  const node = await startLocal(t, { voteLog, incarnation: 3 }, { openStore: () => store });
  node.deliver(voteRequest());
  await store.begun;
  t.is(readFileSync(voteLog, 'utf8'), '');
  store.succeed();
  await node.until(() => node.sent.length > 0);
  t.is(readFileSync(voteLog, 'utf8'), '{"node":"n1","incarnation":3,"term":1,"votedFor":"n2"}\n');
});

function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test.serial(
  'pitfall 12: of messages that come one by one, timers get their turn after a slice of them',
  async (t) => {
    const most = 1000;
    let handled = 0;
    let handledBefore: number | null = null;
    const node: LocalNode = await startLocal(
      t,
      {},
      {
        step(_, { type }) {
          if (type !== 'message') return [];
          // Each brings the next, so that the port never runs dry and no two wait at once.
          handled += 1;
          if (handled < most) node.deliver(heartbeat());
          if (handled === 1) setImmediate(() => void (handledBefore = handled));
          return [];
        },
      },
    );
    node.deliver(heartbeat());
    await node.until(() => handled === most);
    t.true(handledBefore !== null && handledBefore <= 64, `${handledBefore} of ${most}`);
  },
);
