/** Bears what a node is burdened with, on its own event loop, and keeps account of it. */
import { drawGapMs } from '../delay.js';
import { maxDurationMs, maxKeptMb } from '../limits.js';
import { createRandom, drawBetween, type RandomState } from '../raft/random.js';
import type { Burden } from './burden.js';
import type { Cancel, EventLoop } from './clock.js';
import type { Flood } from './flood.js';
import { allocate, megabytesOf, type Cell } from './garbage.js';
import type { Strain } from './protocol.js';
import { Spans } from './spans.js';

/** How often something is allocated. */
const allocationMs = 10;
/** One in so many allocations is kept, and for so long. */
const keptShare = 4;
const keptMs = 500;
/** How often each peer is flooded. */
const floodMs = 100;

interface Kept {
  readonly cells: Cell | null;
  readonly megabytes: number;
  readonly untilMs: number;
}

export class Burdens {
  readonly #loop: EventLoop;
  readonly #flood: Pick<Flood, 'peers' | 'pour'>;
  readonly #spin: (loop: EventLoop, untilMs: number) => void;
  readonly #random: RandomState;
  readonly #borne = new Map<Burden['type'], Cancel>();
  readonly #spans = new Spans();
  #kept: Kept[] = [];
  #allocations = 0;
  #blockedMs = 0;
  #allocatedMb = 0;

  /**
   * @param seed of the moments that are drawn
   * @param spin lets nothing else run until then; tests whose time stands still put their own in its place
   */
  constructor(
    loop: EventLoop,
    flood: Pick<Flood, 'peers' | 'pour'>,
    seed: number,
    spin: (loop: EventLoop, untilMs: number) => void = computeUntil,
  ) {
    this.#loop = loop;
    this.#flood = flood;
    this.#random = createRandom(seed);
    this.#spin = spin;
  }

  /** Borne from now on beside those of other kinds, instead of the one of its kind; null: none of any kind. */
  set(burden: Burden | null): void {
    if (burden === null) {
      this.close();
      return;
    }
    this.#borne.get(burden.type)?.();
    this.#borne.set(burden.type, this.#bear(burden));
  }

  /** How much of that time, on the shared clock, was spent on burdens. Only of what is hardly over. */
  overlapMs(fromMs: number, untilMs: number): number {
    return this.#spans.overlapMs(fromMs, untilMs);
  }

  /** What was borne since this was last asked. */
  takeStrain(): Pick<Strain, 'blockedMs' | 'allocatedMb'> {
    const strain = { blockedMs: this.#blockedMs, allocatedMb: this.#allocatedMb };
    this.#blockedMs = 0;
    this.#allocatedMb = 0;
    return strain;
  }

  close(): void {
    for (const cancel of this.#borne.values()) cancel();
    this.#borne.clear();
    this.#kept = [];
  }

  #bear(burden: Burden): Cancel {
    // Nodes that are burdened at once are not to be busy at once.
    const withinMs = (periodMs: number): number => drawBetween(this.#random, 0, periodMs);
    switch (burden.type) {
      case 'hog':
        return this.#repeat(withinMs(burden.everyMs), (dueMs) => this.#hog(burden, dueMs));
      case 'memory': {
        let lastMs = this.#loop.nowMs();
        return this.#repeat(allocationMs, (dueMs) => {
          const nowMs = this.#loop.nowMs();
          // What a stall kept from being allocated is not made up for: that would be the next stall.
          this.#allocate(
            (burden.megabytesPerSecond / 1000) * Math.min(nowMs - lastMs, 2 * allocationMs),
            nowMs,
          );
          lastMs = nowMs;
          return Math.max(nowMs, dueMs + allocationMs);
        });
      }
      case 'flood': {
        const { peers } = this.#flood;
        if (peers === 0) return () => {};
        // To one after the other: all at once would hold the loop for longer.
        return this.#repeat(withinMs(floodMs), (dueMs) => {
          this.#flood.pour(burden.fill);
          return Math.max(this.#loop.nowMs(), dueMs + floodMs / peers);
        });
      }
    }
  }

  /** @returns when it is due again */
  #hog({ forMs, everyMs, random }: Extract<Burden, { type: 'hog' }>, dueMs: number): number {
    this.#spin(this.#loop, this.#loop.nowMs() + forMs);
    const nowMs = this.#loop.nowMs();
    const restMs = everyMs - forMs;
    if (random) return nowMs + drawGapMs(restMs, this.#random);
    // One that came late keeps its beat, but never without a rest in between.
    return dueMs + everyMs > nowMs ? dueMs + everyMs : nowMs + restMs;
  }

  #allocate(megabytes: number, nowMs: number): void {
    const cells = allocate(megabytes);
    this.#allocatedMb += megabytesOf(cells);
    this.#allocations += 1;
    this.#kept = this.#kept.filter(({ untilMs }) => untilMs > nowMs);
    const keptMb = this.#kept.reduce((sum, kept) => sum + kept.megabytes, 0);
    if (this.#allocations % keptShare !== 0 || keptMb + megabytes > maxKeptMb) return;
    this.#kept.push({ cells: cells.first, megabytes, untilMs: nowMs + keptMs });
  }

  /** @param exert returns when it is due again; the loop gets a turn in between, however soon that is */
  #repeat(inMs: number, exert: (dueMs: number) => number): Cancel {
    let cancel: Cancel | null = null;
    const plan = (dueMs: number): void => {
      const delayMs = Math.min(maxDurationMs, Math.max(1, dueMs - this.#loop.nowMs()));
      cancel = this.#loop.after(delayMs, () => plan(this.#timed(exert, dueMs)));
    };
    plan(this.#loop.nowMs() + inMs);
    return () => cancel?.();
  }

  #timed(exert: (dueMs: number) => number, dueMs: number): number {
    const fromMs = this.#loop.nowMs();
    const nextMs = exert(dueMs);
    const untilMs = this.#loop.nowMs();
    this.#spans.add(fromMs, untilMs);
    this.#blockedMs += untilMs - fromMs;
    return nextMs;
  }
}

function computeUntil(loop: EventLoop, untilMs: number): void {
  while (loop.nowMs() < untilMs);
}
