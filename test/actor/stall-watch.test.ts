import test from 'ava';
import { StallWatch, type StallEvent } from '../../src/actor/stall-watch.js';
import { stallsPerSecond } from '../../src/limits.js';
import { FakeLoop } from './fake-loop.js';

interface Bench {
  readonly loop: FakeLoop;
  readonly watch: StallWatch;
  readonly told: [event: StallEvent, atMs: number][];
}

function within(beginMs: number, endMs: number): (fromMs: number, untilMs: number) => number {
  return (fromMs, untilMs) => Math.max(0, Math.min(endMs, untilMs) - Math.max(beginMs, fromMs));
}

/** Garbage was collected for 4 ms, and then a burden borne for 3. */
function bench(): Bench {
  const loop = new FakeLoop();
  const told: Bench['told'] = [];
  const watch = new StallWatch(
    loop,
    { overlapMs: within(1000, 1004), close: () => {} },
    { overlapMs: within(1004, 1007) },
    (...event) => told.push(event),
  );
  return { loop, watch, told };
}

test('a stall is told with what kept the thread, as of its end, in a later turn', (t) => {
  const { loop, watch, told } = bench();
  watch.saw(1001, 1021);
  t.deepEqual(told, []);
  loop.advance(1);
  t.deepEqual(told, [[{ type: 'stalled', durationMs: 20, gcMs: 3, burdenMs: 3, omitted: 0 }, 1021]]);
});

test('those of one turn are told together, in order', (t) => {
  const { loop, watch, told } = bench();
  watch.saw(1000, 1010);
  watch.saw(1020, 1050);
  t.is(loop.waiting, 1);
  loop.advance(1);
  watch.saw(1060, 1070);
  loop.advance(1);
  t.deepEqual(
    told.map(([, atMs]) => atMs),
    [1010, 1050, 1070],
  );
});

test('beyond the bound of a second only the longest so far are told; the rest is counted with the next', (t) => {
  const { loop, watch, told } = bench();
  for (let at = 0; at < stallsPerSecond; at += 1) watch.saw(2000 + 10 * at, 2005 + 10 * at);
  watch.saw(2600, 2605);
  watch.saw(2620, 2624);
  watch.saw(2640, 2646);
  watch.saw(2660, 2666);
  watch.saw(3004, 3005);
  watch.saw(3006, 3007);
  loop.advance(1);
  t.is(told.length, stallsPerSecond + 3);
  t.deepEqual(
    told.slice(stallsPerSecond - 1).map(([{ durationMs, omitted }, atMs]) => [durationMs, omitted, atMs]),
    [
      [5, 0, 2005 + 10 * (stallsPerSecond - 1)],
      [6, 2, 2646],
      // A second after the first began.
      [1, 1, 3005],
      [1, 0, 3007],
    ],
  );
});

test('a closed watch leaves nothing behind and tells nothing', (t) => {
  const { loop, watch, told } = bench();
  watch.saw(1000, 1020);
  watch.close();
  t.is(loop.waiting, 0);
  loop.advance(1);
  t.deepEqual(told, []);
});
