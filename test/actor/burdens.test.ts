import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import type { Burden } from '../../src/actor/burden.js';
import { Burdens } from '../../src/actor/burdens.js';
import { maxKeptMb } from '../../src/limits.js';
import { FakeLoop } from './fake-loop.js';

interface Bench {
  readonly loop: FakeLoop;
  readonly burdens: Burdens;
  /** When the loop was blocked, and for how long. */
  readonly blocked: [atMs: number, forMs: number][];
  readonly poured: [atMs: number, fill: number][];
}

function bench({ seed = 1, peers = 4 } = {}): Bench {
  const loop = new FakeLoop(0);
  const blocked: Bench['blocked'] = [];
  const poured: Bench['poured'] = [];
  const burdens = new Burdens(
    loop,
    { peers, pour: (fill) => poured.push([loop.nowMs(), fill]) },
    seed,
    (_loop, untilMs) => {
      blocked.push([loop.nowMs(), untilMs - loop.nowMs()]);
      loop.stall(untilMs - loop.nowMs());
    },
  );
  return { loop, burdens, blocked, poured };
}

const hog = { type: 'hog', forMs: 100, everyMs: 500, random: false } as const;

function isNear(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance;
}

test('a hog blocks the loop for so long out of each period, from a drawn moment on', (t) => {
  const firsts = [1, 2, 3].map((seed) => {
    const { loop, burdens, blocked } = bench({ seed });
    burdens.set(hog);
    loop.advance(10_000);
    t.true(blocked.length === 20 || blocked.length === 19);
    for (const [at, [atMs, forMs]] of blocked.entries()) {
      t.is(forMs, 100);
      t.true(isNear(atMs, (blocked[0]?.[0] ?? 0) + 500 * at, 1), 'on the beat');
    }
    t.true(isNear(burdens.takeStrain().blockedMs, 100 * blocked.length, 1e-6));
    return blocked[0]?.[0] ?? Number.NaN;
  });
  t.is(new Set(firsts).size, 3, 'nodes that are burdened at once are not busy at once');
  t.true(firsts.every((atMs) => atMs < 501));
});

test('a hog that was late keeps its beat, and after a long stall rests first', (t) => {
  const { loop, burdens, blocked } = bench();
  burdens.set(hog);
  loop.advance(500);
  const [first] = blocked[0] ?? [Number.NaN];
  const stall = (untilMs: number): void => loop.stall(untilMs - loop.nowMs());
  stall(first + 700);
  loop.advance(0);
  t.true(isNear(blocked[1]?.[0] ?? 0, first + 700, 1));
  loop.advance(400);
  t.true(isNear(blocked[2]?.[0] ?? 0, first + 1000, 1));
  stall(first + 5000);
  loop.advance(600);
  t.true(isNear(blocked[3]?.[0] ?? 0, first + 5000, 1));
  t.true(isNear(blocked[4]?.[0] ?? 0, first + 5500, 1), 'a rest of 400 ms');
});

test('a random hog blocks as often on average, at moments of which none tells the next', (t) => {
  const { loop, burdens, blocked } = bench();
  burdens.set({ ...hog, random: true });
  loop.advance(500_000);
  t.true(blocked.length > 900 && blocked.length < 1100, String(blocked.length));
  t.true(blocked.every(([, forMs]) => forMs === 100));
  const rests = blocked.slice(1).map(([atMs], at) => atMs - (blocked[at]?.[0] ?? 0) - 100);
  // Of exponential gaps, 1/e are longer than the mean, and 1/e² longer than twice the mean.
  const longerThan = (ms: number): number => rests.filter((rest) => rest > ms).length / rests.length;
  t.true(isNear(longerThan(400), Math.exp(-1), 0.05));
  t.true(isNear(longerThan(800), Math.exp(-2), 0.04));

  const again = bench();
  again.burdens.set({ ...hog, random: true });
  again.loop.advance(500_000);
  t.deepEqual(again.blocked, blocked, 'one seed, one history');
});

test('memory is allocated at its rate, and nothing that a stall kept from it is made up for', (t) => {
  const { loop, burdens } = bench();
  burdens.set({ type: 'memory', megabytesPerSecond: 20 });
  loop.advance(1000);
  t.true(isNear(burdens.takeStrain().allocatedMb, 20, 0.5));
  t.is(burdens.takeStrain().allocatedMb, 0, 'since it was last asked');
  loop.stall(1000);
  loop.advance(100);
  t.true(burdens.takeStrain().allocatedMb < 3);
});

test.serial('some of what is allocated is kept, within the bound, and let go with the burden', (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapMb = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const { loop, burdens } = bench();
  const before = heapMb();
  burdens.set({ type: 'memory', megabytesPerSecond: 400 });
  loop.advance(1000);
  const kept = heapMb() - before;
  t.true(kept > maxKeptMb / 2 && kept < 1.5 * maxKeptMb, `${kept} MB`);
  burdens.set(null);
  t.true(heapMb() - before < maxKeptMb / 4);
});

test('each peer is flooded ten times a second, one after the other', (t) => {
  const { loop, burdens, poured } = bench({ peers: 4 });
  burdens.set({ type: 'flood', fill: 2 });
  loop.advance(10_000);
  t.true(isNear(poured.length, 400, 4));
  t.true(poured.every(([, fill]) => fill === 2));
  const gaps = poured.slice(1).map(([atMs], at) => atMs - (poured[at]?.[0] ?? 0));
  t.true(gaps.every((gapMs) => gapMs > 20 && gapMs < 30));
});

test('a flood without anybody to flood is none', (t) => {
  const { loop, burdens } = bench({ peers: 0 });
  burdens.set({ type: 'flood', fill: 2 });
  t.is(loop.waiting, 0);
});

test('a burden takes the place of the one of its kind; those of other kinds stay; null lifts all', (t) => {
  const { loop, burdens, blocked, poured } = bench();
  burdens.set(hog);
  burdens.set({ type: 'flood', fill: 1 });
  burdens.set({ ...hog, forMs: 7, everyMs: 50 });
  t.is(loop.waiting, 2);
  loop.advance(1000);
  t.true(blocked.length >= 19 && blocked.every(([, forMs]) => forMs === 7));
  t.true(poured.length > 0);
  burdens.set(null);
  t.is(loop.waiting, 0);
  const [hogs, floods] = [blocked.length, poured.length];
  loop.advance(1000);
  t.deepEqual([blocked.length, poured.length], [hogs, floods]);
});

test('what was on purpose in a time is told, of whichever kind', (t) => {
  const { loop, burdens, blocked } = bench();
  burdens.set(hog);
  loop.advance(700);
  const [atMs] = blocked[0] ?? [Number.NaN];
  t.is(burdens.overlapMs(atMs - 50, atMs + 200), 100);
  t.true(isNear(burdens.overlapMs(atMs + 60, atMs + 200), 40, 1e-9));
});

test('closed burdens leave no timer, whatever was borne', (t) => {
  const borne: readonly Burden[] = [
    hog,
    { ...hog, random: true },
    { type: 'memory', megabytesPerSecond: 1 },
    { type: 'flood', fill: 1 },
  ];
  for (const burden of borne) {
    const { loop, burdens } = bench();
    burdens.set(burden);
    loop.advance(2000);
    t.is(loop.waiting, 1);
    burdens.close();
    t.is(loop.waiting, 0);
  }
});
