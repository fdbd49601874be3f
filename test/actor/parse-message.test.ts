import test from 'ava';
import { maxDurationMs, maxNodes } from '../../src/limits.js';
import * as fc from 'fast-check';
import { parseMessage } from '../../src/actor/parse-message.js';
import type { Message } from '../../src/raft/messages.js';
import { command } from '../storage/stores.js';
import { append, appendReply, heartbeat, voteReply, voteRequest } from './messages.js';

const peers = new Set(['n2', 'n3']);

const wellFormed: readonly Message[] = [
  voteRequest(),
  { ...voteRequest(), type: 'preVoteRequest' },
  voteReply(),
  { ...voteReply(), type: 'preVoteReply' },
  voteReply({ granted: false, reason: 'leaseLive', leaseRemainingMs: 12.5 }),
  voteReply({ granted: false, reason: 'staleLog' }),
  heartbeat(),
  append(3),
  appendReply(),
  appendReply({ success: false, hint: { term: null, index: command(4, 1).index } }),
  appendReply({ success: false }),
  heartbeat({ electionTimeoutMs: 17.5 }),
  appendReply({
    report: { electionTimeoutMs: 30, heard: { gapMs: 12.5, ageMs: 0 }, answered: { gapMs: 0, ageMs: 0 } },
  }),
];

const reporting = appendReply({
  report: { electionTimeoutMs: 30, heard: { gapMs: 1, ageMs: 1 }, answered: { gapMs: 1, ageMs: 1 } },
});

/** A message of which one field, given by its path, is something else. */
function changed(message: Message, path: string, value: unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  const fields: Record<string, unknown> = { ...message };
  fields[name] = rest.length === 0 ? value : changed(fields[name] as Message, rest.join('.'), value);
  return fields;
}

function reasonOf(value: unknown): string {
  const parsed = parseMessage(value, peers);
  return 'reason' in parsed ? parsed.reason : 'accepted';
}

test('every kind of message passes as it is', (t) => {
  for (const message of wellFormed) t.deepEqual(parseMessage(message, peers), { message });
});

test('a message of nobody, of a stranger or of itself is from an unknown sender', (t) => {
  for (const from of [undefined, null, 7, 'n1', 'n9', '']) {
    t.is(reasonOf({ ...heartbeat(), from }), 'unknownSender');
  }
});

test('a message of a type that is none is rejected as such', (t) => {
  for (const type of [undefined, 'gossip', 'toString', '__proto__', 3]) {
    t.is(reasonOf({ ...heartbeat(), type }), 'unknownType');
  }
});

test('what is no plain object is malformed', (t) => {
  for (const value of [undefined, null, 1, 'x', [], new Map(), new Date(), heartbeat]) {
    t.is(reasonOf(value), 'malformed');
  }
});

const noCount = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined, 1n];

test('terms, indexes and incarnations are integers from 0 or 1 on', (t) => {
  const counts: readonly (readonly [Message, ...string[]])[] = [
    [
      voteRequest(),
      'term',
      'incarnation',
      'round.incarnation',
      'round.counter',
      'lastLog.term',
      'lastLog.index',
    ],
    [voteReply(), 'term', 'requestTerm', 'incarnation', 'round.incarnation', 'round.counter'],
    [heartbeat(), 'term', 'prevLog.term', 'prevLog.index', 'leaderCommit'],
    [append(1), 'entries'],
    [appendReply(), 'term', 'requestTerm', 'prevLogIndex', 'entryCount'],
  ];
  for (const [message, ...paths] of counts) {
    for (const path of paths) {
      for (const value of noCount)
        t.is(reasonOf(changed(message, path, value)), 'malformed', `${path}: ${value}`);
    }
  }
});

test('fields that are missing, of another kind or against another field are malformed', (t) => {
  const wrong: readonly unknown[] = [
    changed(heartbeat(), 'group', 1),
    changed(heartbeat(), 'to', null),
    changed(heartbeat(), 'sent', { nowMs: 1 }),
    changed(heartbeat(), 'sent.nowMs', Number.NaN),
    changed(heartbeat(), 'entries', 'none'),
    changed(heartbeat(), 'successorRank', undefined),
    changed(heartbeat(), 'successorRank', -1),
    changed(heartbeat(), 'successorRank', 0.5),
    // It would quieten a follower for as long as its sender liked.
    changed(heartbeat(), 'successorRank', maxNodes),
    changed(heartbeat(), 'electionTimeoutMs', undefined),
    changed(heartbeat(), 'electionTimeoutMs', 0),
    changed(heartbeat(), 'electionTimeoutMs', '15'),
    changed(heartbeat(), 'electionTimeoutMs', Number.POSITIVE_INFINITY),
    changed(heartbeat(), 'electionTimeoutMs', maxDurationMs + 1),
    changed(heartbeat(), 'prevLog', { term: 0, index: 3 }),
    changed(heartbeat(), 'prevLog', { term: 3, index: 0 }),
    changed(voteRequest(), 'term', 0),
    changed(voteReply(), 'granted', 'yes'),
    changed(voteReply(), 'reason', 'staleLog'),
    voteReply({ granted: false, reason: null }),
    { ...voteReply({ granted: false }), reason: 'mood' },
    voteReply({ granted: false, reason: 'leaseLive', leaseRemainingMs: null }),
    voteReply({ granted: false, reason: 'leaseLive', leaseRemainingMs: -1 }),
    voteReply({ granted: false, reason: 'leaseLive', leaseRemainingMs: maxDurationMs + 1 }),
    voteReply({ granted: false, reason: 'staleLog', leaseRemainingMs: 1 }),
    changed(appendReply(), 'success', 1),
    appendReply({ success: true, hint: { term: null, index: command(1, 1).index } }),
    changed(appendReply({ success: false }), 'hint', { term: 0, index: 1 }),
    changed(appendReply({ success: false }), 'hint', { term: null, index: 0 }),
    changed(appendReply(), 'report', undefined),
    changed(reporting, 'report.electionTimeoutMs', null),
    changed(reporting, 'report.electionTimeoutMs', -1),
    changed(reporting, 'report.heard', null),
    changed(reporting, 'report.heard.gapMs', -1),
    changed(reporting, 'report.heard.ageMs', Number.NaN),
    changed(reporting, 'report.answered.gapMs', '1'),
    changed(reporting, 'report.answered.ageMs', undefined),
  ];
  for (const value of wrong) t.is(reasonOf(value), 'malformed', JSON.stringify(value));
});

const after = (entries: unknown): unknown => ({
  ...heartbeat({
    prevLog: { term: command(4, 2).term, index: command(4, 2).index },
    term: command(4, 3).term,
  }),
  entries,
});

test('entries follow the position before them without a gap, in terms that neither fall nor pass the leader', (t) => {
  t.is(reasonOf(after([command(5, 2), command(6, 3)])), 'accepted');
  for (const entries of [
    [command(4, 2)],
    [command(6, 2)],
    [command(5, 2), command(7, 2)],
    [command(5, 1)],
    [command(5, 3), command(6, 2)],
    [command(5, 4)],
    [null],
  ]) {
    t.is(reasonOf(after(entries)), 'malformed');
  }
});

const carrying = (payload: unknown): unknown => ({
  ...heartbeat(),
  entries: [{ index: 1, term: 1, payload }],
});

const configuration = (changes: object): unknown => ({
  type: 'configuration',
  configuration: { voters: ['n1', 'n2'], oldVoters: null, learners: [], ...changes },
});

test('payloads are commands that JSON carries, or configurations that name each node once', (t) => {
  for (const value of [null, true, 1.5, 'x', [1, ['y']], { deep: { er: [null] } }]) {
    t.is(reasonOf(carrying({ type: 'command', value })), 'accepted');
  }
  t.is(reasonOf(carrying(configuration({}))), 'accepted');
  t.is(reasonOf(carrying(configuration({ oldVoters: ['n3'], learners: ['n4'] }))), 'accepted');

  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  let doubling: unknown = 1;
  for (let depth = 0; depth < 100; depth += 1) doubling = [doubling, doubling];
  // A hole, as a client may leave one.
  const sparse: unknown[] = [];
  sparse[2] = 1;
  for (const value of [
    undefined,
    Number.NaN,
    1n,
    new Date(),
    new Map(),
    { a: undefined },
    sparse,
    cyclic,
    doubling,
  ]) {
    t.is(reasonOf(carrying({ type: 'command', value })), 'malformed');
  }
  for (const payload of [
    null,
    { type: 'noop' },
    configuration({ voters: 'n1' }),
    configuration({ voters: ['n1', 'n1'] }),
    configuration({ voters: [1] }),
    configuration({ oldVoters: undefined }),
    configuration({ learners: null }),
  ]) {
    t.is(reasonOf(carrying(payload)), 'malformed');
  }
});

test('no value whatever makes the parser throw', (t) => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true });
  const spoilt = fc
    .tuple(
      fc.constantFrom(...wellFormed),
      fc.dictionary(fc.string(), anything),
      fc.nat({ max: 20 }),
      anything,
    )
    .map(([message, extra, at, value]) => {
      const names = Object.keys(message);
      return { ...message, ...extra, [names[at % names.length] ?? '']: value };
    });
  fc.assert(
    fc.property(fc.oneof(anything, spoilt), (value) => {
      t.notThrows(() => parseMessage(value, peers));
    }),
    { numRuns: 500 },
  );
});
