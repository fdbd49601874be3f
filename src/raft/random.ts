/**
 * The seeded generator in a node's state: sfc32 (Chris Doty-Humphrey, PractRand), four 32-bit words, seeded through
 * splitmix32. Integer arithmetic only, so the same seed gives the same draws on every engine.
 */

/** Plain data, mutated by each draw. */
export interface RandomState {
  a: number;
  b: number;
  c: number;
  counter: number;
}

/** @param seed any number; its low 32 bits and, for larger integers, the next 32 count. */
export function createRandom(seed: number): RandomState {
  let word = (seed >>> 0) ^ Math.imul(Math.floor(seed / 0x1_0000_0000) >>> 0, 0x85eb_ca6b);
  const next = (): number => {
    word = (word + 0x9e37_79b9) | 0;
    let mixed = word ^ (word >>> 16);
    mixed = Math.imul(mixed, 0x21f0_aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) | 0;
  };
  const state = { a: next(), b: next(), c: next(), counter: 1 };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) drawUint32(state);
  return state;
}

/** Uniform over [0, 2^32). */
export function drawUint32(state: RandomState): number {
  const result = (((state.a + state.b) | 0) + state.counter) | 0;
  state.counter = (state.counter + 1) | 0;
  state.a = state.b ^ (state.b >>> 9);
  state.b = (state.c + (state.c << 3)) | 0;
  state.c = (((state.c << 21) | (state.c >>> 11)) + result) | 0;
  return result >>> 0;
}

/** Uniform and real-valued over [from, from + width), with 53 bits; exactly `from` when `width` is 0. */
export function drawBetween(state: RandomState, from: number, width: number): number {
  const high = drawUint32(state) >>> 5;
  const low = drawUint32(state) >>> 6;
  return from + ((high * 0x400_0000 + low) / 0x20_0000_0000_0000) * width;
}
