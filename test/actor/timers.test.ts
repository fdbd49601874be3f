import test from 'ava';
import * as fc from 'fast-check';
import { NodeClock } from '../../src/actor/clock.js';
import { Timers, type Expiry } from '../../src/actor/timers.js';
import type { SetTimerEffect } from '../../src/raft/effects.js';
import { FakeLoop } from './fake-loop.js';

interface Bench {
  readonly loop: FakeLoop;
  readonly clock: NodeClock;
  readonly timers: Timers;
  readonly expiries: (Expiry & { readonly atMs: number })[];
  /** Arms it `delayMs` from now. */
  arm(timer: SetTimerEffect['timer'], delayMs: number, generation?: number): void;
}

/** @param tickMs null: the clock loses nothing, and its ticks leave no trace in the loop */
function bench(tickMs: number | null = null, spins = true): Bench {
  const loop = new FakeLoop();
  const clock = tickMs === null ? stillClock(loop) : new NodeClock(loop, tickMs, true, () => {});
  const expiries: Bench['expiries'] = [];
  const timers = new Timers(loop, clock, spins, (expiry) => expiries.push({ ...expiry, atMs: loop.nowMs() }));
  return {
    loop,
    clock,
    timers,
    expiries,
    arm(timer, delayMs, generation = 1) {
      const onNow = timer === 'heartbeat';
      const deadlineMs = (onNow ? clock.read().nowMs : clock.read().runningMs) + delayMs;
      timers.set({ type: 'setTimer', timer, generation, deadlineMs, clock: onNow ? 'now' : 'running' });
    },
  };
}

function stillClock(loop: FakeLoop): NodeClock {
  const ticks = new FakeLoop();
  return new NodeClock(
    {
      nowMs: () => loop.nowMs(),
      after: (...timeout) => ticks.after(...timeout),
      soon: (run) => loop.soon(run),
    },
    7.5,
    false,
    () => {},
  );
}

const delay = fc.double({ min: 0, max: 300, noNaN: true });
const lateness = fc.double({ min: -1.5, max: 0.5, noNaN: true });

test('an election timer fires once, never early and no later than a timeout of 1 ms, though timeouts come early or late', (t) => {
  fc.assert(
    fc.property(delay, lateness, (delayMs, latenessMs) => {
      const { loop, expiries, arm } = bench();
      loop.latenessMs = latenessMs;
      arm('election', delayMs, 7);
      loop.advance(400);
      t.is(expiries.length, 1);
      const [expiry] = expiries;
      t.is(expiry?.generation, 7);
      t.true(expiry !== undefined && expiry.atMs >= expiry.deadlineMs);
      t.true(expiry !== undefined && expiry.lateMs <= 0.5 + loop.spinMs);
    }),
  );
});

test('of election timers over all fractions of a millisecond, most are met to one turn of the loop', (t) => {
  const latenesses = Array.from({ length: 200 }, (_, at) => {
    const { loop, expiries, arm } = bench();
    loop.latenessMs = 0.3;
    arm('election', 150 + at / 100);
    loop.advance(400);
    return expiries[0]?.lateMs ?? Number.POSITIVE_INFINITY;
  }).toSorted((a, b) => a - b);
  t.true((latenesses[150] ?? 1) <= 0.02);
  t.true((latenesses[199] ?? 1) <= 0.3);
});

test('without spinning an election timer is as coarse as the loop, and still never early', (t) => {
  const coarse = Array.from({ length: 100 }, (_, at) => {
    const { loop, expiries, arm } = bench(null, false);
    arm('election', 150 + at / 100);
    loop.advance(400);
    t.is(loop.spins, 0);
    return expiries[0]?.lateMs ?? Number.NaN;
  });
  t.true(Math.min(...coarse) >= 0);
  t.true(Math.max(...coarse) > 0.9);
});

test('no expiry spins for more than a millisecond', (t) => {
  fc.assert(
    fc.property(delay, lateness, (delayMs, latenessMs) => {
      const { loop, arm } = bench();
      loop.latenessMs = latenessMs;
      arm('vote', delayMs);
      loop.advance(400);
      t.true(loop.spins * loop.spinMs <= 1 + 2 * loop.spinMs);
    }),
  );
});

test('the heartbeat and the quorum check are never early and never spin', (t) => {
  for (const timer of ['heartbeat', 'quorumCheck'] as const) {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 300, noNaN: true }), lateness, (delayMs, latenessMs) => {
        const { loop, expiries, arm } = bench();
        loop.latenessMs = latenessMs;
        arm(timer, delayMs);
        loop.advance(400);
        t.is(expiries.length, 1);
        t.is(loop.spins, 0);
        t.true((expiries[0]?.lateMs ?? -1) >= 0);
      }),
    );
  }
});

test('a deadline that has passed does not fire from within set, but at the next turn', (t) => {
  for (const timer of ['election', 'heartbeat'] as const) {
    const { loop, expiries, arm } = bench();
    arm(timer, -5);
    t.is(expiries.length, 0);
    loop.advance(1);
    t.is(expiries.length, 1);
  }
});

test('pitfall 1: a stall is no silence: after it, an election timer waits on for what it had left', (t) => {
  const { loop, expiries, arm } = bench(7.5);
  arm('election', 150);
  loop.advance(50);
  loop.stall(1000);
  loop.advance(90);
  t.is(expiries.length, 0);
  loop.advance(5);
  t.is(expiries.length, 1);
});

test('an expiry tells how long its thread stood still since it was armed, and not before', (t) => {
  const { loop, expiries, arm } = bench(7.5);
  loop.stall(500);
  arm('election', 150);
  loop.stall(1000);
  loop.advance(150);
  t.is(expiries[0]?.lostMs, 992.5);
  t.true((expiries[0]?.lateMs ?? 9) < 1);
});

test('a heartbeat is on the shared clock: after a stall it is due at once', (t) => {
  const { loop, expiries, arm } = bench(7.5);
  arm('heartbeat', 30);
  loop.stall(1000);
  loop.advance(0);
  t.is(expiries.length, 1);
  t.like(expiries[0], { lateMs: 0, lostMs: 970 }, 'for it stood still');
});

test('a standstill that ends before a deadline on the shared clock is no reason for its lateness', (t) => {
  const { loop, expiries, arm } = bench(7.5);
  arm('heartbeat', 300);
  loop.stall(200);
  loop.advance(200);
  const { lateMs = 9, lostMs = 9 } = expiries[0] ?? {};
  t.true(lateMs + lostMs < 1);
});

test('setting a timer again replaces it, clearing removes it, and each name is its own', (t) => {
  const { loop, timers, expiries, arm } = bench();
  arm('election', 10, 1);
  arm('election', 20, 2);
  arm('vote', 10, 3);
  arm('preVote', 10, 4);
  timers.clear('vote');
  timers.clear('heartbeat');
  loop.advance(100);
  t.deepEqual(
    expiries.map(({ timer, generation }) => [timer, generation]),
    [
      ['preVote', 4],
      ['election', 2],
    ],
  );
});

test('a timer may be set again from its own expiry', (t) => {
  const loop = new FakeLoop();
  const clock = stillClock(loop);
  let beats = 0;
  const timers: Timers = new Timers(loop, clock, true, ({ deadlineMs }) => {
    beats += 1;
    timers.set({
      type: 'setTimer',
      timer: 'heartbeat',
      generation: beats,
      deadlineMs: deadlineMs + 30,
      clock: 'now',
    });
  });
  timers.set({ type: 'setTimer', timer: 'heartbeat', generation: 0, deadlineMs: 1030, clock: 'now' });
  loop.advance(301);
  t.is(beats, 10);
});

test('a timer that is put off again and again, as every heartbeat does, asks the loop for little', (t) => {
  const { loop, expiries, arm } = bench();
  for (let beat = 0; beat < 100; beat += 1) {
    arm('election', 150 + (beat % 7), beat);
    loop.advance(30);
  }
  t.true(loop.delays.length <= 26);
  t.is(expiries.length, 0);
  loop.advance(130);
  t.deepEqual(
    expiries.map(({ generation }) => generation),
    [99],
  );
  t.true((expiries[0]?.lateMs ?? 9) < 1);
});

test('a timer whose deadline comes nearer is brought forward', (t) => {
  const { loop, expiries, arm } = bench();
  arm('election', 300, 1);
  arm('election', 20, 2);
  loop.advance(21);
  t.deepEqual(
    expiries.map(({ generation }) => generation),
    [2],
  );
  loop.advance(400);
  t.is(expiries.length, 1);
});

test('closed timers leave nothing behind', (t) => {
  const { loop, timers, expiries, arm } = bench();
  arm('election', 0.5);
  arm('heartbeat', 30);
  timers.close();
  t.is(loop.waiting, 0);
  loop.advance(100);
  t.is(expiries.length, 0);
});
