/** When this thread stood still to collect garbage. */
import { performance, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { sharedNowMs } from './clock.js';
import { Spans } from './spans.js';

export interface GarbageWatch {
  /**
   * How much of that time, on the shared clock, went into collecting. To be asked a turn of the event loop later: only
   * then is a collection known.
   */
  overlapMs(fromMs: number, untilMs: number): number;
  close(): void;
}

/** Watches until it is closed. Costs nothing while nothing is collected. */
export function watchGarbage(): GarbageWatch {
  const collections = new Spans();
  const originMs = sharedNowMs() - performance.now();
  const note = (entries: readonly PerformanceEntry[]): void => {
    for (const { startTime, duration } of entries) {
      collections.add(originMs + startTime, originMs + startTime + duration);
    }
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: 'gc' });
  return {
    overlapMs(fromMs, untilMs) {
      note(observer.takeRecords());
      return collections.overlapMs(fromMs, untilMs);
    },
    close: () => observer.disconnect(),
  };
}
