/** The generator: the same everywhere and always, in its range, and level. */
import test from 'ava';
import { createRandom, drawBetween, drawUint32 } from '../../src/raft/random.js';

/** sfc32 seeded through splitmix32, written once more with big integers. */
function* reference(seed: bigint): Generator<number> {
  const mask = 0xffff_ffffn;
  let word = (seed & mask) ^ (((seed >> 32n) * 0x85eb_ca6bn) & mask);
  const next = (): bigint => {
    word = (word + 0x9e37_79b9n) & mask;
    let mixed = word ^ (word >> 16n);
    mixed = (mixed * 0x21f0_aaadn) & mask;
    mixed ^= mixed >> 15n;
    mixed = (mixed * 0x735a_2d97n) & mask;
    return mixed ^ (mixed >> 15n);
  };
  let [a, b, c, counter] = [next(), next(), next(), 1n];
  for (let draw = 0; ; draw += 1) {
    const result = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = ((((c << 21n) | (c >> 11n)) & mask) + result) & mask;
    if (draw >= 12) yield Number(result);
  }
}

for (const seed of [0, 1, 7, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER]) {
  test(`seed ${seed} draws what sfc32 draws`, (t) => {
    const random = createRandom(seed);
    const expected = reference(BigInt(seed));
    for (let draw = 0; draw < 100; draw += 1) t.is(drawUint32(random), expected.next().value);
  });
}

test('seed 1 draws these, on every engine and in every release', (t) => {
  const random = createRandom(1);
  t.deepEqual(
    [drawUint32(random), drawUint32(random), drawUint32(random)],
    [2_420_951_833, 2_513_034_076, 3_847_892_949],
  );
  t.deepEqual(
    [drawBetween(random, 100, 50), drawBetween(random, 0, 1)],
    [147.319_952_127_465_17, 0.306_857_158_199_032_03],
  );
});

test('a copy of the state draws what the original draws', (t) => {
  const random = createRandom(3);
  drawUint32(random);
  const copy = structuredClone(random);
  for (let draw = 0; draw < 10; draw += 1) t.is(drawUint32(copy), drawUint32(random));
});

test('seeds that differ in a bit draw differently', (t) => {
  const first = new Set<number>();
  for (let bit = 0; bit < 52; bit += 1) first.add(drawUint32(createRandom(2 ** bit)));
  t.is(first.size, 52);
});

test('a draw is real-valued, never below `from`, never at `from + width`, and exactly `from` without width', (t) => {
  const random = createRandom(5);
  const draws = Array.from({ length: 10_000 }, () => drawBetween(random, 150, 150));
  t.true(draws.every((draw) => draw >= 150 && draw < 300));
  t.true(draws.filter((draw) => !Number.isInteger(draw * 1024)).length > 9_990);
  t.is(drawBetween(random, 150, 0), 150);
});

test('draws are level: 100,000 of them in 16 parts pass chi-squared at one in a million', (t) => {
  const random = createRandom(11);
  const parts = Array.from({ length: 16 }, () => 0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const part = Math.floor(drawBetween(random, 0, 16));
    parts[part] = (parts[part] ?? 0) + 1;
  }
  const expected = 100_000 / 16;
  const chiSquared = parts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 15 degrees of freedom.
  t.true(chiSquared < 56.5, `chi-squared ${chiSquared}`);
});
