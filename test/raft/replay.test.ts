/** Random histories: a node keeps its invariants whatever it meets, and replays exactly what it met. */
import * as fc from 'fast-check';
import test from 'ava';
import { asLogIndex, asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';
import type { Effect } from '../../src/raft/effects.js';
import type { Input, TimerName } from '../../src/raft/inputs.js';
import { InvariantError } from '../../src/raft/invariant.js';
import { brokenInvariants } from '../../src/raft/invariants.js';
import { lastIndexOf, termAt } from '../../src/raft/log.js';
import type { Message } from '../../src/raft/messages.js';
import { standardRules, vanillaRules, type CoreOptions } from '../../src/raft/options.js';
import { cloneState } from '../../src/raft/snapshot.js';
import type { RaftState } from '../../src/raft/state.js';
import { step } from '../../src/raft/step.js';
import { at, commands, configurationEntry, h, members, stateOf, T, type Setup } from './harness.js';

/** What may happen next; what that is in detail is read off the state it happens to. */
type Move =
  | { readonly kind: 'wait'; readonly ms: number; readonly ran: number }
  | { readonly kind: 'fire'; readonly timer: number; readonly early: boolean; readonly waiting: boolean }
  | { readonly kind: 'propose' }
  | { readonly kind: 'exit'; readonly peer: number }
  | { readonly kind: 'fail' }
  | {
      readonly kind: 'message';
      readonly type: number;
      readonly peer: number;
      /** Added to the current term, never below 0. */
      readonly term: number;
      /** Of the requests this node made: this term, this round. */
      readonly current: boolean;
      readonly granted: boolean;
      readonly place: number;
      readonly terms: readonly number[];
      readonly joint: boolean;
    };

const peers: readonly NodeId[] = ['n2', 'n3', 'n4', 'n5'].map(asNodeId);
const timers: readonly TimerName[] = ['election', 'preVote', 'vote', 'heartbeat', 'quorumCheck'];

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.double({ min: 0, max: 2 * T, noNaN: true }),
      ran: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fire' as const),
      timer: fc.nat(4),
      early: fc.boolean(),
      waiting: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'propose' } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('exit' as const), peer: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Move>(
      { kind: 'fail' },
      { kind: 'propose' },
      { kind: 'propose' },
      { kind: 'propose' },
      { kind: 'propose' },
    ),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('message' as const),
      type: fc.nat(5),
      peer: fc.nat(3),
      term: fc.constantFrom(-1, 0, 0, 0, 0, 1, 2),
      current: fc.boolean(),
      granted: fc.boolean(),
      place: fc.nat(7),
      terms: fc.array(fc.nat(2), { maxLength: 3 }),
      joint: fc.boolean(),
    }),
  },
);

/** A well-formed message: one that some peer could send, in some history or other. */
function messageOf(state: RaftState, move: Extract<Move, { kind: 'message' }>, nowMs: number): Message {
  const from = peers[move.peer] ?? asNodeId('n2');
  const envelope = { group: state.group, from, to: state.id, incarnation: 1 };
  const term = asTerm(Math.max(0, state.currentTerm + move.term));
  const prevIndex = asLogIndex(Math.min(move.place, lastIndexOf(state.log) + 1));
  const prevTerm = asTerm(Math.min(term, termAt(state.log, prevIndex) ?? term));
  const round = move.current && state.round !== null ? state.round.round : { incarnation: 1, counter: 1 };
  const reason = move.granted ? null : move.joint ? 'leaseLive' : 'staleLog';
  const reply = {
    ...envelope,
    term,
    requestTerm: move.current ? (state.round?.term ?? term) : term,
    round,
    granted: move.granted,
    reason,
    leaseRemainingMs: reason === 'leaseLive' ? (T * move.place) / 7 : null,
  } as const;
  const sent = { nowMs: nowMs - move.place, runningMs: nowMs - move.place };
  switch (move.type) {
    case 0:
      return {
        type: 'preVoteRequest',
        ...envelope,
        term: asTerm(term + 1),
        round,
        lastLog: at(prevTerm, prevIndex),
      };
    case 1:
      return { type: 'voteRequest', ...envelope, term, round, lastLog: at(prevTerm, prevIndex) };
    case 2:
      return { type: 'preVoteReply', ...reply };
    case 3:
      return { type: 'voteReply', ...reply };
    case 4: {
      // Terms rise along a log, and none is above the leader's.
      let last: number = prevTerm;
      const entries = commands(
        move.terms.map((rise) => (last = Math.min(term, last + rise))),
        prevIndex + 1,
      ).map((entry) =>
        move.joint
          ? configurationEntry(entry.term, entry.index, members(['n1', 'n2', 'n3'], ['n3', 'n4', from]))
          : entry,
      );
      return {
        type: 'appendEntries',
        ...envelope,
        term,
        prevLog: at(prevTerm, prevIndex),
        entries,
        leaderCommit: asLogIndex(move.place),
        successorRank: null,
        electionTimeoutMs: move.current ? T * (move.place + 0.5) : null,
        sent,
      };
    }
    default:
      return {
        type: 'appendEntriesReply',
        ...envelope,
        term: asTerm(Math.max(term, state.currentTerm)),
        requestTerm: move.current ? state.currentTerm : term,
        prevLogIndex: prevIndex,
        entryCount: move.terms.length,
        sent,
        success: move.granted,
        hint: move.granted ? null : { term: null, index: asLogIndex(Math.max(1, prevIndex)) },
        report: move.current
          ? {
              electionTimeoutMs: T * move.place + 1,
              heard: { gapMs: h * move.place, ageMs: move.place },
              answered: { gapMs: h * prevIndex, ageMs: move.place },
            }
          : null,
      };
  }
}

function inputOf(
  state: RaftState,
  move: Exclude<Move, { kind: 'wait' }>,
  id: number,
  nowMs: number,
  runningMs: number,
): Input {
  const time = { nowMs, runningMs };
  switch (move.kind) {
    case 'message':
      return { type: 'message', id, message: messageOf(state, move, nowMs), arrived: time };
    case 'fire': {
      const timer = timers[move.timer] ?? 'election';
      return {
        type: 'timer',
        id,
        timer,
        generation: state.timers[timer].generation,
        waitingContact: move.waiting ? time : null,
      };
    }
    case 'propose':
      return { type: 'propose', id, requestId: id, value: id };
    case 'exit':
      return {
        type: 'peerExited',
        id,
        node: peers[move.peer] ?? asNodeId('n2'),
        incarnation: 1,
        term: state.currentTerm,
      };
    case 'fail':
      return { type: 'storeFailed', id, error: 'gone' };
  }
}

interface Recorded {
  readonly input: Input;
  readonly nowMs: number;
  readonly runningMs: number;
}

/** Plays the moves, and hands on every step with what it did. */
function play(
  state: RaftState,
  list: readonly Move[],
  seen: (effects: Effect[], recorded: Recorded) => void,
): void {
  let [nowMs, runningMs, id] = [1000, 300, 1];
  const take = (input: Input): void =>
    seen(step(state, input, { nowMs, runningMs }), { input, nowMs, runningMs });
  take({ type: 'start', id });
  for (const move of list) {
    id += 1;
    if (move.kind === 'wait') {
      nowMs += move.ms;
      runningMs += move.ms * move.ran;
      continue;
    }
    if (move.kind === 'fire' && !move.early) {
      const { armed, clock, deadlineMs } = state.timers[timers[move.timer] ?? 'election'];
      if (!armed) continue;
      const waitMs = Math.max(0, deadlineMs - (clock === 'now' ? nowMs : runningMs));
      nowMs += waitMs;
      runningMs += waitMs;
    }
    take(inputOf(state, move, id, nowMs, runningMs));
  }
}

const setups: fc.Arbitrary<Setup> = fc.record({
  seed: fc.nat(),
  term: fc.nat(2),
  voters: fc.constantFrom(['n1', 'n2', 'n3'], ['n1', 'n2', 'n3', 'n4', 'n5'], ['n1'], ['n2', 'n3']),
  learners: fc.constantFrom([], ['n4']),
  options: fc.constantFrom<Partial<Omit<CoreOptions, 'rules'>>>(
    {},
    { stallGraceMs: 0 },
    { adaptiveTimeout: { minMs: T, maxMs: 5 * T, holdMs: 2 * T, halfLifeMs: h }, stallGraceMs: 5 * T },
  ),
  rules: fc.oneof(
    fc.constantFrom(standardRules, vanillaRules),
    fc.record(Object.fromEntries(Object.keys(standardRules).map((rule) => [rule, fc.boolean()]))),
  ),
});

/** What a node may throw for, because no correct group can make it happen. */
function isDocumented(error: unknown): boolean {
  return (
    error instanceof InvariantError && /^leader .* truncates at \d+, committed is \d+$/u.test(error.message)
  );
}

const runs = { numRuns: 1500 };

test('whatever well-formed messages, timers and clocks a node meets, its invariants hold and it throws for one documented reason only', (t) => {
  const holds = fc.check(
    fc.property(setups, fc.array(moves, { maxLength: 60 }), (setup, list) => {
      const state = stateOf(setup);
      let { currentTerm, commitIndex } = state;
      try {
        play(state, list, (effects) => {
          const broken = brokenInvariants(state);
          if (broken.length > 0) throw new Error(broken.join('; '));
          if (state.currentTerm < currentTerm || state.commitIndex < commitIndex)
            throw new Error('it went back');
          ({ currentTerm, commitIndex } = state);
          if (effects.filter((effect) => effect.type === 'persist' && effect.hardState !== null).length > 1) {
            throw new Error('term and vote were written twice');
          }
        });
      } catch (error) {
        if (!isDocumented(error)) throw error;
      }
    }),
    runs,
  );
  t.false(holds.failed, `${holds.errorInstance} with ${JSON.stringify(holds.counterexample)}`);
});

test('a seed and a list of inputs replay a node exactly: same effects, same state, also from a copy half-way', (t) => {
  fc.assert(
    fc.property(setups, fc.array(moves, { maxLength: 60 }), fc.nat(60), (setup, list, half) => {
      const state = stateOf(setup);
      const recorded: Recorded[] = [];
      const expected: Effect[][] = [];
      const copies: RaftState[] = [];
      try {
        play(state, list, (effects, input) => {
          recorded.push(input);
          expected.push(effects);
          if (recorded.length === half + 1) copies.push(cloneState(state), structuredClone(state));
        });
      } catch (error) {
        if (!isDocumented(error)) throw error;
        return;
      }
      const replay = (from: RaftState, inputs: readonly Recorded[]): Effect[][] =>
        inputs.map(({ input, nowMs, runningMs }) => step(from, input, { nowMs, runningMs }));
      const again = stateOf(setup);
      t.deepEqual(replay(again, recorded), expected);
      t.deepEqual(again, state);
      for (const copy of copies) {
        t.deepEqual(replay(copy, recorded.slice(half + 1)), expected.slice(half + 1));
        t.deepEqual(copy, state);
      }
    }),
    { numRuns: 200 },
  );
});

test('random lists reach every role and most of what a node can report', (t) => {
  const [roles, events] = [new Set<string>(), new Set<string>()];
  fc.assert(
    fc.property(setups, fc.array(moves, { maxLength: 60 }), (setup, list) => {
      const state = stateOf(setup);
      try {
        play(state, list, (effects) => {
          roles.add(state.role);
          for (const effect of effects) if (effect.type === 'observe') events.add(effect.event.type);
        });
      } catch (error) {
        if (!isDocumented(error)) throw error;
      }
    }),
    { numRuns: 500, seed: 1 },
  );
  t.deepEqual([...roles].toSorted(), ['candidate', 'follower', 'leader']);
  for (const type of [
    'suspected',
    'exitNoticed',
    'roundWon',
    'roundLost',
    'elected',
    'established',
    'ready',
    'committed',
    'configurationInForce',
    'heartbeatNearMiss',
    'storeFailed',
  ]) {
    t.true(events.has(type), type);
  }
});
