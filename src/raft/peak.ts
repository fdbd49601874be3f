/** A peak detector: the worst value of the last while, up at once, down slowly. Two numbers, no Raft story in here. */

/** Immutable. A height that was seen at a moment of the `now` clock; 0 is none. */
export interface Peak {
  readonly gapMs: number;
  readonly atMs: number;
}

/** How a peak fades: it is held, then halves again and again. */
export interface Fading {
  readonly holdMs: number;
  readonly halfLifeMs: number;
}

export const noPeak: Peak = Object.freeze({ gapMs: 0, atMs: 0 });

/** What is left of a peak. Straight from one halving to the next: a power of a fraction differs between engines. */
export function heightOf({ gapMs, atMs }: Peak, nowMs: number, { holdMs, halfLifeMs }: Fading): number {
  const halvings = (nowMs - atMs - holdMs) / halfLifeMs;
  if (gapMs === 0 || halvings <= 0) return gapMs;
  const whole = Math.floor(halvings);
  return (gapMs / 2 ** whole) * (1 - (halvings - whole) / 2);
}

/** The one of which more is left; of equals the later, which lasts longer. */
export function higherOf(a: Peak, b: Peak, nowMs: number, fading: Fading): Peak {
  const [left, right] = [heightOf(a, nowMs, fading), heightOf(b, nowMs, fading)];
  if (left === right) return a.atMs >= b.atMs ? a : b;
  return left > right ? a : b;
}
