/** What gets past the boundary is fit for the core: no message, whoever made it up, makes a node throw. */
import assert from 'node:assert/strict';
import test from 'ava';
import * as fc from 'fast-check';
import { parseMessage } from '../../src/actor/parse-message.js';
import { maxDurationMs } from '../../src/limits.js';
import { asNodeId } from '../../src/raft/brands.js';
import type { Input, TimerName } from '../../src/raft/inputs.js';
import { brokenInvariants } from '../../src/raft/invariants.js';
import { standardRules, vanillaRules, type AdaptiveTimeout, type Rules } from '../../src/raft/options.js';
import { createState } from '../../src/raft/state.js';
import { step } from '../../src/raft/step.js';
import { nothing } from '../storage/stores.js';
import { slow } from './harness.js';

const ids = ['n1', 'n2', 'n3'];
const peers = new Set(['n2', 'n3']);

// Small numbers, so that terms, indexes and rounds meet those of the node.
const count = fc.nat({ max: 6 });
const some = fc.integer({ min: 1, max: 6 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const envelope = {
  group: fc.constant('group'),
  from: fc.constantFrom(...peers),
  to: fc.constant('n1'),
  incarnation: some,
};
const span = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
const positive = fc.double({ noNaN: true, min: 0.001, max: maxDurationMs });
const gap = fc.record({ gapMs: span, ageMs: span });
const round = fc.record({ incarnation: some, counter: count });
const sent = fc.record({ nowMs: finite, runningMs: finite });
const position = fc
  .tuple(count, count)
  .map(([term, index]) => (term === 0 || index === 0 ? { term: 0, index: 0 } : { term, index }));

const request = fc.record({
  ...envelope,
  type: fc.constantFrom('preVoteRequest', 'voteRequest'),
  term: some,
  round,
  lastLog: position,
});

const refusal = fc.constantFrom('notInConfiguration', 'staleTerm', 'leaderActive', 'leaseLive', 'staleLog');
const reply = fc
  .record({
    ...envelope,
    type: fc.constantFrom('preVoteReply', 'voteReply'),
    term: count,
    requestTerm: some,
    round,
    granted: fc.boolean(),
    reason: refusal,
    leaseRemainingMs: fc.double({ min: 0, max: maxDurationMs, noNaN: true }),
  })
  .map(({ reason, leaseRemainingMs, ...rest }) => ({
    ...rest,
    reason: rest.granted ? null : reason,
    leaseRemainingMs: !rest.granted && reason === 'leaseLive' ? leaseRemainingMs : null,
  }));

const payload = fc.oneof(
  fc.record({ type: fc.constant('command'), value: fc.jsonValue() }),
  fc.record({
    type: fc.constant('configuration'),
    configuration: fc.record({
      voters: fc.subarray([...ids, 'n9', '__proto__']),
      oldVoters: fc.option(fc.subarray(ids)),
      learners: fc.subarray(ids),
    }),
  }),
);
const append = fc
  .record({
    ...envelope,
    type: fc.constant('appendEntries'),
    term: some,
    prevLog: position,
    payloads: fc.array(payload, { maxLength: 3 }),
    leaderCommit: count,
    successorRank: fc.option(fc.nat(100), { nil: null }),
    electionTimeoutMs: fc.option(positive, { nil: null }),
    sent,
  })
  .map(({ payloads, ...rest }) => ({
    ...rest,
    entries: payloads.map((content, at) => ({
      index: rest.prevLog.index + at + 1,
      term: Math.max(1, rest.prevLog.term, Math.min(rest.term, rest.prevLog.term + at)),
      payload: content,
    })),
  }));

const appendReply = fc
  .record({
    ...envelope,
    type: fc.constant('appendEntriesReply'),
    term: count,
    requestTerm: some,
    prevLogIndex: count,
    entryCount: count,
    sent,
    success: fc.boolean(),
    hint: fc.option(fc.record({ term: fc.option(some), index: some })),
    report: fc.option(fc.record({ electionTimeoutMs: positive, heard: gap, answered: gap })),
  })
  .map((message) => ({ ...message, hint: message.success ? null : message.hint }));

const timers: readonly TimerName[] = ['election', 'preVote', 'vote', 'heartbeat', 'quorumCheck'];
const happenings = fc.oneof(
  { weight: 4, arbitrary: fc.record({ message: fc.oneof(request, reply, append, appendReply) }) },
  fc.record({ timer: fc.constantFrom(...timers) }),
);

/** The one thing that no parser can see, and that must stop the node: a leader takes back what is committed. */
const committedTakenBack = /truncates at/u;

const bounds: AdaptiveTimeout = { minMs: 150, maxMs: 600, holdMs: 500, halfLifeMs: 50 };

for (const [profile, rules, adaptiveTimeout] of [
  ['standard', standardRules, null],
  ['vanilla', vanillaRules, null],
  ['standard, T adapts', standardRules, bounds],
] as const) {
  test(`no message that is well-formed makes the core throw (${profile})`, (t) => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(happenings, { minLength: 20, maxLength: 40 }), (drawn) => {
        accepted += runThrough({ rules, adaptiveTimeout }, drawn);
      }),
      { numRuns: 400 },
    );
    t.true(accepted > 3000);
  });
}

/** Returns how many messages the core was given. */
function runThrough(
  options: { readonly rules: Rules; readonly adaptiveTimeout: AdaptiveTimeout | null },
  drawn: readonly ({ message: unknown } | { timer: TimerName })[],
): number {
  const state = createState({
    id: asNodeId('n1'),
    group: 'group',
    incarnation: 1,
    options: { ...slow, electionTimeoutMs: 150, electionJitterMs: 150, heartbeatMs: 30, ...options },
    configuration: { voters: ids.map(asNodeId), oldVoters: null, learners: [] },
    seed: 1,
    ...nothing,
  });
  let nowMs = 1000;
  let id = 1;
  let accepted = 0;
  const time = (): { nowMs: number; runningMs: number } => ({ nowMs, runningMs: nowMs });
  step(state, { type: 'start', id }, time());
  for (const happening of drawn) {
    nowMs += 40;
    id += 1;
    let input: Input;
    if ('timer' in happening) {
      const { generation, deadlineMs } = state.timers[happening.timer];
      nowMs = Math.max(nowMs, deadlineMs);
      input = { type: 'timer', id, timer: happening.timer, generation, waitingContact: null };
    } else {
      const parsed = parseMessage(happening.message, peers);
      if (!('message' in parsed)) continue;
      accepted += 1;
      input = { type: 'message', id, message: parsed.message, arrived: time() };
    }
    try {
      step(state, input, time());
      assert.deepEqual(brokenInvariants(state), []);
    } catch (error) {
      if (committedTakenBack.test(String(error))) return accepted;
      throw error;
    }
  }
  return accepted;
}
