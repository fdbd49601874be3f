import test from 'ava';
import { judgePressure } from '../../src/contention/judge-pressure.js';
import { parseContention } from '../../src/contention/parse-contention.js';
import type { Pressure, PressureVerdict } from '../../src/contention/pressure.js';

/** Ten seconds in which nothing was done to anybody. */
const quiet: Pressure = {
  durationMs: 10_000,
  threads: [
    { thread: 'main', ranMs: 50, waitedMs: 5 },
    { thread: 'n1', ranMs: 300, waitedMs: 300 },
    { thread: 'n2', ranMs: 200, waitedMs: 200 },
    { thread: 'supervisor', ranMs: 500, waitedMs: 400 },
    { thread: 'other', ranMs: 100, waitedMs: 100 },
  ],
  throttled: null,
  stalledMs: 500,
  stealMs: 0,
  stopped: { times: 0, totalMs: 0 },
  burdened: [
    { node: 'n1', blockedMs: 0, allocatedMb: 0 },
    { node: 'n2', blockedMs: 0, allocatedMb: 0 },
  ],
  mainBlockedMs: 0,
  mailbox: { fullest: 0.01, dropped: 0 },
  writes: { count: 40, p50Ms: 0.1, maxMs: 2.34 },
};

const judge = (text: string, seen: Partial<Pressure> = {}): PressureVerdict =>
  judgePressure(parseContention(text, 2), { ...quiet, ...seen });

const waits = (waitedMs: number): Partial<Pressure> => ({
  threads: [
    { thread: 'n1', ranMs: 200, waitedMs: waitedMs / 2 },
    { thread: 'supervisor', ranMs: 800, waitedMs: waitedMs / 2 },
    { thread: 'other', ranMs: 19_000, waitedMs: 60_000 },
  ],
});

const burdened = (...[one, two]: [Partial<Pressure['burdened'][0]>, Partial<Pressure['burdened'][0]>]) => ({
  burdened: [
    { node: 'n1', blockedMs: 0, allocatedMb: 0, ...one },
    { node: 'n2', blockedMs: 0, allocatedMb: 0, ...two },
  ],
});

test('every kind that left no trace is no success', (t) => {
  const texts = [
    'burners:1',
    'processes:1',
    'hog:100/500@leader',
    'hog:100/~500@all',
    'quota:50',
    'stop:400/2000',
    'memory:200',
    'main:1000/3000',
    'flood:1x',
    'disk:20',
    'disk:200/1000',
  ];
  for (const text of texts) t.false(judge(text).exerted, text);
});

test('nothing was asked for, and nothing has to show', (t) => {
  t.deepEqual(judge('none'), {
    exerted: true,
    evidence:
      "nothing was asked for: the cluster's threads were ready and got no processor for 90 ms a second, 0.9 times as long as they ran, supervisor the longest (400 ms in all)",
  });
});

test('burners show in how long the threads of the cluster, and no others, wait for a processor', (t) => {
  t.true(judge('burners:4x', waits(3000)).exerted);
  t.regex(judge('processes:2', waits(3000)).evidence, /^processes:2: .* 300 ms a second, 3\.0 times as long/);
  t.false(judge('burners:1', waits(1400)).exerted, 'they may have waited for each other');
  const idle = {
    threads: [
      { thread: 'n1', ranMs: 50, waitedMs: 400 },
      { thread: 'other', ranMs: 9_000, waitedMs: 9_000 },
    ],
  };
  t.false(judge('burners:1', idle).exerted, 'they hardly waited');
  const untold = judge('burners:1', { threads: null });
  t.deepEqual(untold, {
    exerted: false,
    evidence: 'burners:1: this system does not tell how long threads wait',
  });
});

test('a quota shows in periods in which it ran out', (t) => {
  const throttled = { periods: 100, throttledPeriods: 60, throttledMs: 2500 };
  t.deepEqual(judge('quota:50', { throttled }), {
    exerted: true,
    evidence: 'quota:50: the quota ran out in 60 of 100 periods, for 2500 ms of all processors together',
  });
  t.false(judge('quota:50', { throttled: { ...throttled, throttledPeriods: 0 } }).exerted);
});

test('what goes by a rhythm shows at least half of what it comes to in whole times', (t) => {
  t.true(judge('stop:400/2000', { stopped: { times: 3, totalMs: 1000 } }).exerted);
  t.false(judge('stop:400/2000', { stopped: { times: 2, totalMs: 999 } }).exerted);
  t.true(judge('stop:400/~2000', { stopped: { times: 1, totalMs: 200 } }).exerted);
  t.true(judge('stop:400/20000', { stopped: { times: 1, totalMs: 200 } }).exerted, 'shorter than its period');
  t.true(judge('main:1000/3000', { mainBlockedMs: 1500 }).exerted);
  t.false(judge('main:1000/3000', { mainBlockedMs: 1499 }).exerted);
});

test('a hog shows at each node that was named, and at one where it is not known which that was', (t) => {
  const one = burdened({ blockedMs: 1000 }, {});
  t.true(judge('hog:100/500@leader', one).exerted);
  t.true(judge('hog:100/500@n1', one).exerted);
  t.false(judge('hog:100/500@n2', one).exerted);
  t.false(judge('hog:100/500@n1:n2', one).exerted);
  t.false(judge('hog:100/500@all', one).exerted);
  t.true(judge('hog:100/500@all', burdened({ blockedMs: 1000 }, { blockedMs: 1001 })).exerted);
  t.false(judge('hog:100/500@n1', burdened({ blockedMs: 999 }, {})).exerted);
  t.regex(judge('hog:100/500@n1', one).evidence, /blocked on purpose: n1 1000 ms$/);
  t.false(judge('hog:100/500@all', { burdened: [] }).exerted, 'nobody was looked at');
});

test('memory shows in what was allocated, though it may be less than was asked for', (t) => {
  const some = burdened({ allocatedMb: 200 }, { allocatedMb: 250.4 });
  t.true(judge('memory:200', some).exerted);
  t.regex(judge('memory:200', some).evidence, /n1 200 MB, n2 250 MB, of 2000 MB each/);
  t.false(judge('memory:201', some).exerted);
});

test('a flood shows in a lane that was about full, or in what was dropped', (t) => {
  t.true(judge('flood:1x', { mailbox: { fullest: 0.8, dropped: 0 } }).exerted);
  t.false(judge('flood:1x', { mailbox: { fullest: 0.79, dropped: 0 } }).exerted);
  t.true(judge('flood:0.5x', { mailbox: { fullest: 0.4, dropped: 0 } }).exerted);
  t.true(judge('flood:1x', { mailbox: { fullest: 0.1, dropped: 1 } }).exerted);
});

test('a slow disk shows in the longest write, and in none where nothing was written', (t) => {
  t.true(judge('disk:2.3').exerted);
  t.false(judge('disk:2.4').exerted);
  t.true(judge('disk:4.6/1000').exerted);
  t.regex(judge('disk:2.3').evidence, /40 writes took 2\.3 ms at the most, and half of them 0\.1 ms or more/);
  const nothing = judge('disk:1', { writes: { count: 0, p50Ms: 0, maxMs: 0 } });
  t.deepEqual(nothing, { exerted: false, evidence: 'disk:1: nothing was written' });
});

test('of what is done at once, all has to show, and each says how it did', (t) => {
  const throttled = { periods: 10, throttledPeriods: 5, throttledMs: 100 };
  const both = judge('quota:50+burners:2', { throttled });
  t.false(both.exerted);
  t.regex(both.evidence, /^quota:50: the quota ran out in 5 of 10 .*; burners:2: the cluster's threads/);
  t.true(judge('quota:50+burners:2', { throttled, ...waits(3000) }).exerted);
});
