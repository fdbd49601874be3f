import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import test from 'ava';
import * as fc from 'fast-check';
import { NodeClock, sharedNowMs, tickMsFor } from '../../src/actor/clock.js';
import { FakeLoop } from './fake-loop.js';

function clockOn(loop: FakeLoop, tickMs = 7.5): NodeClock {
  return new NodeClock(loop, tickMs, true, () => {});
}

test('the shared clock has one origin in every thread', async (t) => {
  const clock = JSON.stringify(new URL('../../src/actor/clock.js', import.meta.url));
  const program = `import(${clock}).then(({ sharedNowMs }) => require('node:worker_threads').parentPort.postMessage(sharedNowMs()))`;
  const beforeMs = sharedNowMs();
  const worker = new Worker(program, { eval: true });
  // On a busy machine the thread may be gone by the time its message is read.
  const exited = once(worker, 'exit');
  const [thereMs] = (await once(worker, 'message')) as [number];
  t.true(beforeMs < thereMs);
  t.true(thereMs < sharedNowMs());
  await exited;
});

test('the running clock keeps step while its thread runs, tick by tick and in between', (t) => {
  const loop = new FakeLoop();
  const clock = clockOn(loop);
  const startMs = loop.nowMs();
  for (let step = 0; step < 100; step += 1) {
    loop.advance(3.3);
    t.is(clock.read().runningMs, loop.nowMs());
  }
  t.true(Math.abs(loop.nowMs() - startMs - 330) < 1e-6);
  t.is(clock.lostMs, 0);
});

test('a stall counts as one tick on the running clock, whoever finds it', (t) => {
  for (const finder of ['reading', 'tick'] as const) {
    const loop = new FakeLoop();
    const clock = clockOn(loop);
    loop.advance(100);
    const before = clock.read();
    loop.stall(500);
    if (finder === 'tick') loop.advance(0);
    const after = clock.read();
    t.is(after.nowMs - before.nowMs, 500);
    t.is(after.runningMs - before.runningMs, 7.5);
    t.is(clock.lostMs, 492.5);
  }
});

test('a gap of up to a tick and 2 ms is no stall, a longer one is', (t) => {
  for (const [gapMs, countedMs] of [
    [9.5, 9.5],
    [9.6, 7.5],
  ] as const) {
    const loop = new FakeLoop();
    const clock = clockOn(loop);
    loop.stall(gapMs);
    t.is(clock.read().runningMs, 1000 + countedMs);
  }
});

for (const finder of ['reading', 'tick'] as const) {
  for (const losesStalls of [true, false]) {
    test(`a stall is told once, from its beginning to its end, by a ${finder} (rule runningClock ${losesStalls})`, (t) => {
      const loop = new FakeLoop();
      const stalls: [fromMs: number, untilMs: number][] = [];
      const clock = new NodeClock(loop, 7.5, losesStalls, (...stall) => stalls.push(stall));
      loop.advance(70);
      loop.stall(9.5);
      clock.read();
      t.deepEqual(stalls, []);
      loop.stall(500);
      if (finder === 'tick') loop.advance(0);
      clock.read();
      t.deepEqual(stalls, [[1079.5, 1579.5]]);
    });
  }
}

test('with the rule off both clocks are one, whatever stalls', (t) => {
  const loop = new FakeLoop();
  const clock = new NodeClock(loop, 7.5, false, () => {});
  loop.stall(500);
  t.deepEqual(clock.read(), { nowMs: 1500, runningMs: 1500 });
  t.is(clock.lostMs, 0);
});

test('the running clock never goes back, and never faster than the shared one', (t) => {
  const gap = fc.record({ stalls: fc.boolean(), ms: fc.double({ min: 0, max: 50, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(gap, { maxLength: 40 }), (gaps) => {
      const loop = new FakeLoop();
      const clock = clockOn(loop);
      let last = clock.read();
      for (const { stalls, ms } of gaps) {
        if (stalls) loop.stall(ms);
        else loop.advance(ms);
        const next = clock.read();
        t.true(next.runningMs >= last.runningMs);
        t.true(next.runningMs - last.runningMs <= next.nowMs - last.nowMs + 1e-9);
        last = next;
      }
    }),
  );
});

test('a closed clock leaves no timer', (t) => {
  const loop = new FakeLoop();
  const clock = clockOn(loop, tickMsFor(30));
  loop.advance(100);
  t.is(loop.waiting, 1);
  clock.close();
  t.is(loop.waiting, 0);
});

test('the tick is a quarter of the heartbeat interval, and at least 1 ms', (t) => {
  t.is(tickMsFor(30), 7.5);
  t.is(tickMsFor(2), 1);
});
