import test from 'ava';
import { DiskStall, type WriteDelay } from '../../src/actor/disk-stall.js';
import { FakeLoop } from './fake-loop.js';

/** Of writes that promise something. */
function uniform(minMs: number, maxMs: number): WriteDelay {
  return { delay: { type: 'uniform', minMs, maxMs }, termsToo: false };
}

/** Asks for a write, and tells when it may be made. */
function ask(stall: DiskStall, loop: FakeLoop, isLight = false): { passedMs: number | null } {
  const asked: { passedMs: number | null } = { passedMs: null };
  void stall.passed(isLight).then(() => (asked.passedMs = loop.nowMs()));
  return asked;
}

/** Time in small steps, with a turn for what was promised in each. */
async function pass(loop: FakeLoop, ms: number): Promise<void> {
  for (let step = 0; step < ms * 10; step += 1) {
    loop.advance(0.1);
    await Promise.resolve();
    await Promise.resolve();
  }
}

test('a slow disk: each write takes a draw of its own longer, to a fraction of a millisecond', async (t) => {
  const loop = new FakeLoop(0);
  const stall = new DiskStall(loop, 1);
  stall.slow(uniform(3, 9));
  const tookMs: number[] = [];
  for (let write = 0; write < 20; write += 1) {
    const startMs = loop.nowMs();
    const asked = ask(stall, loop);
    await pass(loop, 12);
    tookMs.push((asked.passedMs ?? Number.NaN) - startMs);
  }
  t.true(
    tookMs.every((ms) => ms >= 3 && ms < 9.3),
    tookMs.join(' '),
  );
  t.true(Math.max(...tookMs) - Math.min(...tookMs) > 3);
  t.is(new Set(tookMs.map((ms) => ms.toFixed(1))).size > 10, true);
});

test('a slow disk: writes that only adopt a term are as fast as before', async (t) => {
  const loop = new FakeLoop(0);
  const stall = new DiskStall(loop, 1);
  stall.slow(uniform(3, 9));
  const asked = ask(stall, loop, true);
  await Promise.resolve();
  t.is(asked.passedMs, 0);
});

test('a slow disk: with termsToo those are slow as well', async (t) => {
  const loop = new FakeLoop(0);
  const stall = new DiskStall(loop, 1);
  stall.slow({ delay: { type: 'fixed', ms: 0.5 }, termsToo: true });
  const asked = ask(stall, loop, true);
  await pass(loop, 1);
  t.true(asked.passedMs !== null && asked.passedMs >= 0.5 && asked.passedMs < 0.7, `${asked.passedMs}`);
});

test('a slow disk that is mended lets go of the write that waits, and so does the end', async (t) => {
  for (const mend of [(stall: DiskStall) => stall.slow(null), (stall: DiskStall) => stall.end()]) {
    const loop = new FakeLoop(0);
    const stall = new DiskStall(loop, 1);
    stall.slow(uniform(1000, 1000));
    const asked = ask(stall, loop);
    await pass(loop, 5);
    t.is(asked.passedMs, null);
    mend(stall);
    await pass(loop, 1);
    t.true((asked.passedMs ?? Number.NaN) < 6);
  }
});

test('a slow disk that also stalls: the later end of the two counts', async (t) => {
  for (const [untilMs, expectedMs] of [
    [2, 5],
    [8, 8],
  ] as const) {
    const loop = new FakeLoop(0);
    const stall = new DiskStall(loop, 1);
    stall.slow(uniform(5, 5));
    stall.set(untilMs);
    const asked = ask(stall, loop);
    await pass(loop, 12);
    t.true(Math.abs((asked.passedMs ?? Number.NaN) - expectedMs) < 0.3, `${asked.passedMs}`);
  }
});

test('without a fault a write may be made at once', async (t) => {
  const loop = new FakeLoop(0);
  const asked = ask(new DiskStall(loop, 1), loop);
  await Promise.resolve();
  t.is(asked.passedMs, 0);
  t.is(loop.waiting, 0);
});
