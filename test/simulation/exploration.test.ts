import test from 'ava';
import type { Effect } from '../../src/raft/effects.js';
import type { Input } from '../../src/raft/inputs.js';
import { standardRules, vanillaRules } from '../../src/raft/options.js';
import type { RaftState } from '../../src/raft/state.js';
import { step } from '../../src/raft/step.js';
import type { Time } from '../../src/raft/time.js';
import { explore } from '../../src/simulation/exploration/explore.js';
import { TupleSet } from '../../src/simulation/exploration/tuple-set.js';

test('a tuple set numbers tuples in the order they came, and each once', (t) => {
  const set = new TupleSet();
  const tuples = Array.from({ length: 50_000 }, (_, at) =>
    Array.from({ length: 1 + (at % 7) }, (__, k) => at * 31 + k),
  );
  const numbers = tuples.map((_, at) => at);
  t.deepEqual(
    tuples.map((tuple) => set.add(tuple)),
    numbers,
  );
  t.deepEqual(
    tuples.map((tuple) => set.add(tuple)),
    numbers,
  );
  t.is(set.size, tuples.length);
  t.deepEqual(set.get(12_345), tuples[12_345]);
});

for (const [name, rules] of Object.entries({ standard: standardRules, vanilla: vanillaRules })) {
  test(`the first 60,000 states of a fresh group of three are safe (${name})`, (t) => {
    const result = explore({ rules, maxStates: 60_000 });
    t.is(result.violation, null);
    t.true(result.states >= 60_000);
    t.false(result.exhausted);
  });

  test(`the first 60,000 states from a settled leader are safe (${name})`, (t) => {
    const result = explore({ rules, from: 'settled', maxInFlight: 2, maxStates: 60_000 });
    t.is(result.violation, null);
    t.true(result.reached.term >= 2);
  });
}

test('the first 60,000 states are safe where T adapts: fresh, and from a settled leader', (t) => {
  for (const from of ['fresh', 'settled'] as const) {
    const result = explore({ from, maxInFlight: 2, maxStates: 60_000, adaptive: true });
    t.is(result.violation, null);
    const fixed = explore({ from, maxInFlight: 2, maxStates: 60_000 });
    t.true(result.local.states > fixed.local.states, 'a node is also what T it has');
  }
});

test('a small enough group is explored to the end', (t) => {
  const bounds = {
    nodes: 2,
    maxTerm: 1,
    maxInFlight: 1,
    crashes: 0,
    proposals: 0,
    duplicates: 0,
    maxLogLength: 1,
  };
  const result = explore(bounds);
  t.true(result.exhausted);
  t.is(result.violation, null);
  t.is(explore(bounds).states, result.states);
});

/** The core with one thing wrong: what a step leaves behind is tampered with. */
function broken(tamper: (state: RaftState, input: Input) => void): typeof step {
  return (state: RaftState, input: Input, time: Time): Effect[] => {
    tamper(state, input);
    return step(state, input, time);
  };
}

test('§5.2 a vote forgotten by a restart shows as two votes in one term, by a shortest path', (t) => {
  const forgetful = broken((state, input) => {
    if (input.type === 'start') state.votedFor = null;
  });
  const bounds = { rules: vanillaRules, maxTerm: 1, proposals: 0, duplicates: 0, maxStates: 100_000 };
  const { violation } = explore(bounds, { step: forgetful });
  t.is(violation?.rule, 'two votes in one term');
  // The beginning, a candidacy, a crash, and the restart that breaks it.
  t.is(violation?.trace.length, 4);
  t.regex(violation?.trace.at(-1) ?? '', /^n\d restarts → two votes in one term$/);
  t.is(explore(bounds).violation, null);
});

test('§5.4.1 a vote for a candidate with an older log loses a committed entry', (t) => {
  const careless = broken((_state, input) => {
    if (input.type !== 'message' || input.message.type !== 'voteRequest') return;
    Object.assign(input.message, { lastLog: { term: 9, index: 9 } });
  });
  const bounds = {
    rules: vanillaRules,
    from: 'settled',
    maxTerm: 2,
    maxInFlight: 2,
    proposals: 1,
    duplicates: 0,
  } as const;
  const { violation } = explore({ ...bounds, maxStates: 400_000 }, { step: careless });
  t.regex(violation?.rule ?? '', /leader completeness/);
});
