import test from 'ava';
import {
  array,
  assert as check,
  constant,
  constantFrom,
  integer,
  option,
  property,
  record,
} from 'fast-check';
import { checkLinearizability, drawHistory, type Operation } from '../../src/simulation/linearizability.js';

function write(client: string, value: string, calledAt: number, returnedAt: number | null): Operation {
  return { client, key: 'x', kind: 'write', value, calledAt, returnedAt };
}

function read(client: string, value: string | null, calledAt: number, returnedAt: number | null): Operation {
  return { client, key: 'x', kind: 'read', value, calledAt, returnedAt };
}

const histories: readonly [title: string, linearizable: boolean, history: Operation[]][] = [
  ['nothing', true, []],
  ['a read before any write returns nothing', true, [read('a', null, 0, 1), write('b', '1', 2, 3)]],
  ['a read after a write returns it', true, [write('a', '1', 0, 1), read('b', '1', 2, 3)]],
  ['a read after a write misses it', false, [write('a', '1', 0, 1), read('b', null, 2, 3)]],
  ['a read beside a write may miss it', true, [write('a', '1', 0, 5), read('b', null, 2, 3)]],
  ['a read beside a write may see it', true, [write('a', '1', 0, 5), read('b', '1', 2, 3)]],
  [
    'once seen, a write stays seen',
    false,
    [write('a', '1', 0, 9), read('b', '1', 2, 3), read('c', null, 4, 5)],
  ],
  [
    'an unanswered write may take effect late',
    true,
    [write('a', '1', 0, null), read('b', null, 2, 3), read('c', '1', 9, 10)],
  ],
  ['an unanswered write may never take effect', true, [write('a', '1', 0, null), read('b', null, 2, 3)]],
  [
    'an unanswered write cannot come and go',
    false,
    [write('a', '1', 0, null), read('b', '1', 2, 3), read('b', null, 4, 5)],
  ],
  ['an unanswered read says nothing', true, [write('a', '1', 0, 1), read('b', 'never', 2, null)]],
  ['a value nobody wrote', false, [write('a', '1', 0, 1), read('b', '2', 2, 3)]],
  [
    'two readers disagree on the order of two writes',
    false,
    [write('a', '1', 0, 1), write('b', '2', 0, 1), read('c', '1', 2, 3), read('d', '2', 4, 5)],
  ],
];

for (const [title, linearizable, history] of histories) {
  test(`${title}: ${linearizable ? 'linearizable' : 'not linearizable'}`, (t) => {
    t.is(checkLinearizability(history).linearizable, linearizable);
  });
}

test('keys are independent: the one that fails is named', (t) => {
  const other = [write('a', '1', 0, 1), read('b', null, 2, 3)].map((operation) => ({
    ...operation,
    key: 'y',
  }));
  const verdict = checkLinearizability([write('a', '1', 0, 1), read('b', '1', 2, 3), ...other]);
  t.like(verdict, { linearizable: false, key: 'y' });
});

/** The definition, literally: some order of the operations respects real time and what a register does. */
function someOrderExplains(operations: readonly Operation[], value: string | null = null): boolean {
  if (operations.every(({ returnedAt }) => returnedAt === null)) return true;
  return operations.some((operation, at) => {
    const rest = operations.toSpliced(at, 1);
    if (rest.some(({ returnedAt }) => returnedAt !== null && returnedAt < operation.calledAt)) return false;
    if (operation.kind === 'write') return someOrderExplains(rest, operation.value);
    return operation.value === value && someOrderExplains(rest, value);
  });
}

const anyOperation = record({
  client: constantFrom('a', 'b', 'c'),
  key: constant('x'),
  kind: constantFrom<'read' | 'write'>('read', 'write'),
  value: constantFrom('1', '2'),
  calledAt: integer({ min: 0, max: 12 }),
  lasts: option(integer({ min: 0, max: 6 }), { freq: 6 }),
}).map(({ lasts, ...rest }) => ({ ...rest, returnedAt: lasts === null ? null : rest.calledAt + lasts }));

test('agrees with the definition on small random histories', (t) => {
  const verdicts = new Set<boolean>();
  check(
    property(array(anyOperation, { maxLength: 6 }), (history) => {
      const { linearizable } = checkLinearizability(history);
      verdicts.add(linearizable);
      const telling = history.filter(({ kind, returnedAt }) => kind === 'write' || returnedAt !== null);
      return linearizable === someOrderExplains(telling);
    }),
    { numRuns: 3000, seed: 7 },
  );
  t.is(verdicts.size, 2);
});

test('a history that fails is drawn, with the longest order that was found', (t) => {
  const verdict = checkLinearizability([
    write('a', '1', 0, 10),
    read('b', '1', 20, 30),
    read('c', null, 40, 50),
  ]);
  if (verdict.linearizable) {
    t.fail('expected a violation');
    return;
  }
  const drawing = drawHistory(verdict, 26);
  t.deepEqual(drawing.split('\n').slice(1), [
    '  1 ├────┤                      a write 1',
    '  2           ├────┤            b read → 1',
    '  ?                     ├────┤  c read → nothing',
  ]);
});

test('two hundred concurrent operations are decided at once', (t) => {
  const history = Array.from({ length: 100 }, (_, at) => [
    write('w', `${at}`, at * 10, at * 10 + 15),
    read('r', `${at}`, at * 10 + 5, at * 10 + 18),
  ]).flat();
  t.true(checkLinearizability(history).linearizable);
});
