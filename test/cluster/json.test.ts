/** What may be proposed is what comes back unchanged from a log on disk. */
import test from 'ava';
import { assert, jsonValue, property } from 'fast-check';
import { checkJson } from '../../src/cluster/json.js';
import { isJsonValue } from '../../src/storage/parse-stored.js';

test('whatever JSON can carry is taken', (t) => {
  assert(
    property(jsonValue({ maxDepth: 5 }), (value) => {
      checkJson(value);
    }),
  );
  t.notThrows(() => checkJson({ a: [1, null, 'x', { b: false }] }));
});

class Money {
  readonly amount = 1;
}

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

const refused: readonly [what: string, value: unknown, path: string | RegExp][] = [
  ['undefined', undefined, 'value'],
  ['a function', () => 1, 'value'],
  ['a symbol', Symbol('x'), 'value'],
  ['a bigint', 1n, 'value'],
  ['NaN', Number.NaN, 'value'],
  ['an infinity deep inside', { a: [{ b: Number.POSITIVE_INFINITY }] }, 'value.a[0].b'],
  ['a hole', Object.assign([0], { length: 2 }), 'value[1]'],
  ['a missing part', { a: undefined }, 'value.a'],
  ['a date', new Date(0), 'value'],
  ['a map', new Map(), 'value'],
  ['bytes', new Uint8Array(1), 'value'],
  ['an object of a class', { price: new Money() }, 'value.price'],
  ['a cycle', cyclic, /^value(?:\.self){101}$/u],
];

/** Each level twice in the one above: few objects, and more parts than can be visited. */
const shared = Array.from({ length: 60 }).reduce<unknown>((part) => [part, part], 0);

test('refused: more parts than a node would take, shared ones counted each time', (t) => {
  const most = Array.from({ length: 999_999 }, () => 0);
  t.notThrows(() => checkJson(most));
  t.true(isJsonValue(most));
  for (const value of [[...most, 0], { deep: [[...most]] }, shared]) {
    t.throws(() => checkJson(value), {
      code: 'invalidOption',
      message: /^Expected `value` to have at most/u,
    });
    t.false(isJsonValue(value));
  }
});

for (const [what, value, path] of refused) {
  test(`refused: ${what}`, (t) => {
    const error = t.throws(() => checkJson(value), { code: 'invalidOption' });
    const option = Reflect.get(Object(Reflect.get(Object(error), 'details')), 'option');
    if (typeof path === 'string') t.is(option, path);
    else t.regex(option, path);
  });
}
