/** The samples of the pressure, so told that each slice holds what happened in it. Pure. */
import { samplesPerSteal, type PressureSample } from '../../contention/pressure.js';
import type { Slice } from './record.js';

/**
 * The system adds a wait when it is over, all of it to the last sample: what is longer than a slice belongs to those
 * before. What the quota took is told to a thread that was out of it as well, so that its slice is as long as that. Steal
 * is spread over the slices since it was last looked at.
 */
export function slicesOf(samples: readonly PressureSample[]): Slice[] {
  const slices = samples.slice(1).map(({ atMs, threads, throttledMs }, at) => ({
    fromMs: samples[at]?.atMs ?? atMs,
    untilMs: atMs,
    waitedMs: Object.fromEntries(threads.map(({ thread, waitedMs }) => [thread, waitedMs])),
    throttledMs: throttledMs ?? 0,
    stealMs: 0,
  }));
  carryWaitsBack(slices);
  for (const [at, { stealMs }] of samples.entries()) {
    if (stealMs === null || stealMs === 0) continue;
    // By their number and not by the clock: most may have been taken while the one who looks stood still itself.
    const over = slices.slice(Math.max(0, at - samplesPerSteal), at);
    const lastingMs = over.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
    for (const slice of over) slice.stealMs += stealMs * ((slice.untilMs - slice.fromMs) / lastingMs);
  }
  return slices;
}

function carryWaitsBack(
  slices: readonly {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly waitedMs: Record<string, number>;
  }[],
): void {
  const excess = new Map<string, number>();
  for (const { fromMs, untilMs, waitedMs } of slices.toReversed()) {
    for (const thread of new Set([...Object.keys(waitedMs), ...excess.keys()])) {
      const waited = (waitedMs[thread] ?? 0) + (excess.get(thread) ?? 0);
      waitedMs[thread] = Math.min(waited, untilMs - fromMs);
      excess.set(thread, waited - waitedMs[thread]);
    }
  }
}
