import test from 'ava';
import type { Burden } from '../../src/actor/burden.js';
import { resolveBurden } from '../../src/cluster/burden-option.js';

const hog = { type: 'hog', forMs: 100, everyMs: 500, random: false } as const;

test('a burden that can be borne is taken as it is', (t) => {
  const borne: readonly Burden[] = [
    hog,
    { ...hog, random: true },
    { type: 'memory', megabytesPerSecond: 0.5 },
    { type: 'flood', fill: 10 },
  ];
  for (const burden of borne) t.deepEqual(resolveBurden(burden), burden);
});

for (const [burden, message] of [
  [{ ...hog, forMs: 500 }, 'Expected `burden.forMs` to be less than `burden.everyMs` (500), got 500'],
  [{ ...hog, forMs: 0 }, 'Expected `burden.forMs` to be greater than 0 and at most 60000, got 0'],
  [{ ...hog, everyMs: 60_001 }, 'Expected `burden.everyMs` to be a number from 0 to 60000, got 60001'],
  [{ ...hog, random: 'yes' }, "Expected `burden.random` to be true or false, got 'yes'"],
  [{ ...hog, fill: 1 }, 'Expected `burden.fill` to be one of type, forMs, everyMs, random, got 1'],
  [
    { type: 'memory', megabytesPerSecond: 1001 },
    'Expected `burden.megabytesPerSecond` to be a number from 0 to 1000, got 1001',
  ],
  [{ type: 'memory' }, 'Expected `burden.megabytesPerSecond` to be a number from 0 to 1000, got undefined'],
  [{ type: 'flood', fill: Number.NaN }, 'Expected `burden.fill` to be a number from 0 to 10, got NaN'],
  [
    { type: 'nap' },
    "Expected `burden` to be null or of type 'hog', 'memory' or 'flood', got { type: 'nap' }",
  ],
  [undefined, "Expected `burden` to be null or of type 'hog', 'memory' or 'flood', got undefined"],
] as const) {
  test(`refused: ${message}`, (t) => {
    t.throws(() => resolveBurden(burden as unknown as Burden), { code: 'invalidOption', message });
  });
}
