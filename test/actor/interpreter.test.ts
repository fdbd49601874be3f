import test from 'ava';
import { Interpreter, type Surroundings } from '../../src/actor/interpreter.js';
import type { ActorEvent, Cause } from '../../src/actor/protocol.js';
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import type { Effect } from '../../src/raft/effects.js';
import type { Message } from '../../src/raft/messages.js';
import type { Store } from '../../src/storage/store.js';
import { HeldStore } from './harness.js';

const cause: Cause = {
  id: 1,
  kind: 'timer',
  deadlineMs: 5,
  timer: 'election',
  from: null,
  sentMs: null,
  arrivedMs: 5,
  handledMs: 5,
};
const fired: ActorEvent = { type: 'timerFired', timer: 'election', deadlineMs: 5, lateMs: 0, lostMs: 0 };
const noticed = observe('a');

const persist: Effect = {
  type: 'persist',
  hardState: { currentTerm: asTerm(2), votedFor: asNodeId('n1') },
  truncateFrom: null,
  entries: [],
};

test('what a turn sends leaves before its timers are set and its events are told', async (t) => {
  const log: string[] = [];
  await interpreter(log).carryOut([noticed, setTimer(), send('n2'), send('n3')], cause, 5, fired);
  t.deepEqual(log, ['send n2 n3', 'tell timerFired', 'tell a', 'set election']);
});

test('pitfall 5: what stands behind a write is sent when it is flushed; what stands before it is told meanwhile', async (t) => {
  const log: string[] = [];
  const disk = new HeldStore();
  const turn = interpreter(log, disk).carryOut(
    [noticed, persist, setTimer(), send('n2'), observe('b')],
    cause,
    5,
  );
  await disk.begun;
  t.deepEqual(log, ['tell a']);
  disk.succeed();
  t.is(await turn, null);
  t.deepEqual(log.slice(1), ['tell written', 'send n2', 'set election', 'tell b']);
});

test('behind a failed write nothing is sent or told, while timers stay those of the core and proposals are answered', async (t) => {
  const log: string[] = [];
  const disk = new HeldStore();
  const reply: Effect = { type: 'reply', requestId: 7, outcome: { type: 'leaderUnconfirmed' } };
  const turn = interpreter(log, disk).carryOut(
    [send('n2'), persist, send('n3'), observe('b'), setTimer(), reply],
    cause,
    5,
  );
  await disk.begun;
  disk.fail('full');
  t.is(await turn, 'full');
  t.deepEqual(log, ['send n2', 'set election', 'reply 7 outcomeUnknown']);
});

function interpreter(log: string[], store: Store = new HeldStore()): Interpreter {
  const around: Surroundings = {
    loop: { nowMs: () => 6, after: () => () => {}, soon: () => () => {} },
    store,
    stall: { passed: () => Promise.resolve() },
    timers: {
      set: ({ timer }) => void log.push(`set ${timer}`),
      clear: (timer) => void log.push(`clear ${timer}`),
    },
    transport: { send: (messages) => void log.push(`send ${messages.map(({ to }) => to).join(' ')}`) },
    reporter: {
      add: (event) => void log.push(`tell ${event.type === 'storeFailed' ? event.error : event.type}`),
    },
    witness: { flushed: () => {}, sending: () => {} },
    reply: (requestId, { type }) => void log.push(`reply ${requestId} ${type}`),
  };
  return new Interpreter(around);
}

/** An event that is told by its text. */
function observe(error: string): Effect {
  return { type: 'observe', id: 1, cause: 1, event: { type: 'storeFailed', error } };
}

function setTimer(): Effect {
  return { type: 'setTimer', timer: 'election', generation: 1, deadlineMs: 9, clock: 'running' };
}

function send(to: string): Effect {
  const message: Message = {
    type: 'preVoteRequest',
    group: 'group',
    from: asNodeId('n1'),
    to: asNodeId(to),
    incarnation: 1,
    term: asTerm(2),
    round: { incarnation: 1, counter: 1 },
    lastLog: { term: asTerm(0), index: asLogIndex(0) },
  };
  return { type: 'send', message };
}
