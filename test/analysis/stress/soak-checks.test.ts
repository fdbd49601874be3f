import test from 'ava';
import {
  differencesOf,
  growthPerMinute,
  inconstancies,
  LeaderWatch,
  missingOf,
  type SoakSample,
} from '../../../src/analysis/stress/soak-checks.js';
import type { ClusterEvent } from '../../../src/cluster/events.js';
import { asLogIndex, asNodeId, asTerm } from '../../../src/raft/brands.js';
import type { Entry, JsonValue } from '../../../src/raft/log.js';

const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(asNodeId) as [
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
];

function entryOf(index: number, term: number, value: JsonValue): Entry {
  return { index: asLogIndex(index), term: asTerm(term), payload: { type: 'command', value } };
}

function elected(node: typeof n1, term: number): ClusterEvent {
  return {
    type: 'elected',
    id: 1,
    cause: null,
    node,
    incarnation: 1,
    atMs: 0,
    term: asTerm(term),
    round: null,
    votes: [],
  } as unknown as ClusterEvent;
}

test('two leaders in one term are a violation, one that is elected twice or later is none', (t) => {
  const watch = new LeaderWatch();
  for (const [node, term] of [
    [n1, 1],
    [n1, 1],
    [n2, 2],
    [n1, 3],
  ] as const) {
    watch.see(elected(node, term));
  }
  t.deepEqual(watch.violations, []);
  t.is(watch.elections, 3);
  watch.see(elected(n3, 2));
  t.deepEqual(watch.violations, ['n2 and n3 were both elected in term 2']);
});

const log = [entryOf(1, 1, null), entryOf(2, 1, { soak: 1 }), entryOf(3, 2, { soak: 2 })];

test('logs differ where a term, a value or the end differs', (t) => {
  t.deepEqual(
    differencesOf(
      new Map([
        [n1, log],
        [n2, [...log]],
      ]),
    ),
    [],
  );
  const [first, second] = log as [Entry, Entry];
  for (const other of [
    [first, second],
    [first, second, entryOf(3, 3, { soak: 2 })],
    [first, second, entryOf(3, 2, { soak: 9 })],
  ]) {
    t.deepEqual(
      differencesOf(
        new Map([
          [n1, log],
          [n2, other],
        ]),
      ),
      ['the logs of n1 and n2 differ at index 3'],
    );
  }
});

test('what was acknowledged is missing when it stands nowhere, or elsewhere', (t) => {
  const acknowledged = new Map([
    [1, 2],
    [2, 3],
  ]);
  t.deepEqual(missingOf(acknowledged, log), []);
  t.deepEqual(missingOf(new Map([...acknowledged, [3, 4]]), log), [3]);
  t.deepEqual(missingOf(new Map([[1, 3]]), log), [1]);
});

function sampleOf(atMs: number, ownBytes: number, threads = 9): SoakSample {
  return { atMs, entries: 1, residentBytes: ownBytes, ownBytes, threads, ports: 2, files: null };
}

test('growth is that of the last two thirds: warming up is none', (t) => {
  const warm = Array.from({ length: 10 }, (_, at) => sampleOf(60_000 * at, at < 3 ? 1e6 * at : 5e6));
  t.true(Math.abs(growthPerMinute(warm) ?? Number.NaN) < 1);
  const leaking = Array.from({ length: 10 }, (_, at) => sampleOf(60_000 * at, 1000 * at));
  t.true(Math.abs((growthPerMinute(leaking) ?? Number.NaN) - 1000) < 1e-6);
  t.is(growthPerMinute(leaking.slice(0, 2)), null);
});

test('what is not the same in all warm samples is told, but not what the system does not tell', (t) => {
  const [first, second, third] = [sampleOf(0, 1, 7), sampleOf(6, 2), sampleOf(9, 1)];
  t.deepEqual(inconstancies([first, second, third]), []);
  t.deepEqual(inconstancies([first, second, sampleOf(7, 1, 12), third]), ['threads: 9 to 12']);
});
