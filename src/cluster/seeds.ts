/** One seed for the cluster, a different one for everything in it that draws. */
import { createRandom, drawUint32 } from '../raft/random.js';

/** Deterministic in all three, and uniform over [0, 2^32) in each: say node and life, or sender and addressee. */
export function deriveSeed(seed: number, major: number, minor: number): number {
  const first = drawUint32(createRandom(seed)) ^ Math.imul(major + 1, 0x9e37_79b1);
  return drawUint32(
    createRandom((drawUint32(createRandom(first >>> 0)) ^ Math.imul(minor + 1, 0x85eb_ca6b)) >>> 0),
  );
}
