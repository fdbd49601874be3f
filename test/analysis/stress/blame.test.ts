import test from 'ava';
import { explainSilence, silenceBefore, type Silence } from '../../../src/analysis/stress/blame.js';
import { brokenLinkSpans } from '../../../src/analysis/stress/broken-links.js';
import type { KeptEvent, StressRecord } from '../../../src/analysis/stress/record.js';
import { perfectLink } from '../../../src/cluster/link.js';
import { asNodeId } from '../../../src/raft/brands.js';
import { done, n1, n2, n3, recordOf, seen, slices, stalled } from './support.js';

/** n3 heard nothing of n1 from 1340 to 1500. */
const silence: Silence = { node: n3, leader: n1, heard: { fromMs: 1340, untilMs: 1500 } };

interface Case {
  readonly what: string;
  readonly events?: readonly KeptEvent[];
  readonly more?: Partial<StressRecord>;
  /** Cause, thread, for how long, since when in the cell, evidence. */
  readonly blame: readonly [string, string | null, number, number, string];
}

const cases: readonly Case[] = [
  {
    what: 'the leader got no processor, as its loop and the system tell',
    events: [stalled(1480, n1, 120)],
    more: { slices: slices(1340, 1500, { waitedMs: { n1: 16, n2: 20 } }) },
    blame: ['runQueue', 'n1', 128, 340, "of 160 ms of silence, n1's thread waited 128 ms for a processor"],
  },
  {
    what: 'the router and the leader got none, one after the other',
    more: { slices: slices(1340, 1500, { waitedMs: { n1: 5, supervisor: 8 } }) },
    blame: [
      'runQueue',
      'supervisor',
      104,
      340,
      "of 160 ms of silence, the supervisor's thread waited 64.0 ms for a processor, n1's thread 40.0 ms",
    ],
  },
  {
    what: 'the quota had run out, and that is why the threads waited',
    events: [stalled(1480, n1, 120)],
    more: { slices: slices(1340, 1500, { waitedMs: { n1: 15, supervisor: 15, n3: 15 }, throttledMs: 15 }) },
    blame: ['throttled', null, 120, 340, 'of 160 ms of silence, the quota had run out for 120 ms'],
  },
  {
    what: 'the hypervisor took both processors',
    events: [stalled(1480, n1, 120)],
    more: { slices: slices(1340, 1500, { stealMs: 40 }) },
    blame: ['steal', null, 160, 340, 'of 160 ms of silence, the hypervisor took 160 ms'],
  },
  {
    what: 'the process was suspended',
    events: [stalled(1460, n1, 100)],
    more: { suspensions: [{ fromMs: 1360, untilMs: 1460 }] },
    blame: ['suspended', null, 100, 360, 'of 160 ms of silence, the process was suspended for 100 ms'],
  },
  {
    what: 'the event loop of the leader was blocked, on purpose',
    events: [stalled(1480, n1, 100, { burdenMs: 99 })],
    more: { slices: slices(1340, 1500, { waitedMs: { n1: 0.1 } }) },
    blame: [
      'eventLoop',
      'n1',
      99.5,
      340,
      'of 160 ms of silence, the event loop of n1 was blocked for 99.5 ms, 99.0 ms of it on purpose',
    ],
  },
  {
    what: 'garbage was collected',
    events: [stalled(1480, n1, 100, { gcMs: 80 })],
    blame: ['garbageCollection', 'n1', 80, 380, 'of 160 ms of silence, n1 collected garbage for 80.0 ms'],
  },
  {
    what: 'a turn of the leader waited for its write',
    events: [seen(1490, n1, { type: 'written', durationMs: 130, hardState: false, entries: 1 })],
    blame: ['flush', 'n1', 130, 360, 'of 160 ms of silence, n1 waited 130 ms for a flush'],
  },
  {
    what: 'a write of who waits is no reason: what arrives counts from its arrival',
    events: [seen(1490, n3, { type: 'written', durationMs: 130, hardState: false, entries: 1 })],
    blame: [
      'unknown',
      null,
      0,
      340,
      'nothing covers a third of 130 ms: no thread was seen to be kept from its work',
    ],
  },
  {
    what: 'the mailbox of the leader was long',
    events: [seen(1480, n1, { type: 'ready', term: 1, index: 4 }, { arrivedMs: 1400, handledMs: 1480 })],
    blame: ['mailbox', 'n1', 80, 400, 'of 160 ms of silence, what reached n1 lay in its mailbox for 80.0 ms'],
  },
  {
    what: 'the router was behind',
    events: [done(1490, null, { type: 'routerLag', lagMs: 70 })],
    blame: ['router', 'supervisor', 70, 420, 'of 160 ms of silence, the router was behind for 70.0 ms'],
  },
  {
    what: 'the link was cut',
    events: [done(1300, null, { type: 'linkCut', from: n1, to: n3, oneWay: true })],
    blame: ['link', null, 160, 340, 'of 160 ms of silence, the link from n1 to n3 was broken for 160 ms'],
  },
  {
    what: 'the thread had ended',
    events: [done(1400, n1, { type: 'exited', planned: false, reason: 'out of memory' })],
    blame: ['exited', 'n1', 160, 400, 'of 160 ms of silence, the thread of n1 had ended by itself'],
  },
  {
    what: 'too little is known',
    events: [stalled(1480, n1, 20)],
    blame: [
      'unknown',
      null,
      0,
      340,
      'nothing covers a third of 130 ms: the most is that the event loop of n1 was blocked for 20.0 ms',
    ],
  },
];

for (const { what, events = [], more = {}, blame } of cases) {
  test(`a silence is explained: ${what}`, (t) => {
    const found = explainSilence(recordOf(events, more), silence).blame;
    t.deepEqual(
      [found.cause, found.thread, Math.round(found.forMs * 10) / 10, found.sinceMs, found.evidence],
      [...blame],
    );
  });
}

test('what is on the way of the messages counts, and no other thread', (t) => {
  const more = { slices: slices(1340, 1500, { waitedMs: { n2: 20 } }) };
  t.is(explainSilence(recordOf([stalled(1480, n2, 140)], more), silence).blame.cause, 'unknown');
  const direct = { options: { wiring: 'direct' as const } };
  const waiting = { ...direct, slices: slices(1340, 1500, { waitedMs: { supervisor: 20 } }) };
  t.is(explainSilence(recordOf([], waiting), silence).blame.cause, 'unknown');
});

test('by its running clock, the time in which it stood still itself is no silence', (t) => {
  const events = [stalled(1450, n3, 100)];
  const suspicion = { node: n3, leaderId: n1, atMs: 1500, silentMs: 160 };
  const running = recordOf(events, { options: { stallGraceMs: 150 } });
  t.deepEqual(silenceBefore(running, suspicion).heard, { fromMs: 1240, untilMs: 1500 });
  const wall = recordOf(events, { options: { rules: { runningClock: false } } });
  t.deepEqual(silenceBefore(wall, suspicion).heard, { fromMs: 1340, untilMs: 1500 });
  t.is(explainSilence(running, silenceBefore(running, suspicion)).blame.cause, 'unknown');
  const { blame } = explainSilence(wall, silenceBefore(wall, suspicion));
  t.deepEqual([blame.cause, blame.thread, blame.forMs], ['eventLoop', 'n3', 100]);
});

test('a timeout that is longer than the grace goes on while who waits stands still: what kept the leader then counts', (t) => {
  // The host starves n1 for 220 ms, and n3 for the first 130 of them.
  const events = [stalled(1430, n3, 130), stalled(1520, n1, 220)];
  const suspicion = { node: n3, leaderId: n1, atMs: 1510, silentMs: 81 };
  const waited = (graceMs: number): StressRecord =>
    recordOf(events, {
      options: { stallGraceMs: graceMs },
      slices: slices(1300, 1520, { waitedMs: { n1: 20 } }),
    });
  const counted = explainSilence(waited(75), silenceBefore(waited(75), suspicion));
  t.true(counted.hostStalled);
  t.deepEqual([counted.blame.cause, counted.blame.thread, counted.blame.forMs], ['runQueue', 'n1', 210]);
  t.is(counted.blame.evidence, "of 211 ms of silence, n1's thread waited 210 ms for a processor");
  t.false(explainSilence(waited(150), silenceBefore(waited(150), suspicion)).hostStalled);
});

test('a leader that stepped down for want of a quorum: the threads that kept it from hearing one', (t) => {
  const events = [
    stalled(1400, n2, 140),
    stalled(1410, n3, 160),
    seen(1420, n1, { type: 'steppedDown', term: 1, from: 'leader', reason: 'quorumLost' }),
  ];
  const { blame } = explainSilence(recordOf(events), silence);
  t.deepEqual([blame.cause, blame.thread, blame.forMs], ['eventLoop', 'n2', 130]);
  t.is(
    blame.evidence,
    'n1 stepped down because no quorum had answered it: of 150 ms of silence, the event loop of n2 was blocked for 130 ms',
  );
});

test('a leader that stepped down for want of a quorum: who is down is not who it would have taken', (t) => {
  const events = [
    seen(1100, n2, { type: 'crashed' }),
    stalled(1410, n3, 140),
    seen(1420, n1, { type: 'steppedDown', term: 1, from: 'leader', reason: 'quorumLost' }),
  ];
  const { blame } = explainSilence(recordOf(events), silence);
  t.deepEqual([blame.cause, blame.thread], ['eventLoop', 'n3']);
  // Of three, one must have answered.
  const alone = [seen(1100, n3, { type: 'crashed' }), ...events];
  const { blame: down } = explainSilence(recordOf(alone), silence);
  t.deepEqual([down.cause, down.forMs], ['injectedCrash', 150]);
  t.regex(down.evidence, /of 150 ms of silence, n\d was down/u);
});

test('a leader may have stepped down before its last message arrived', (t) => {
  const events = [
    stalled(1320, n2, 140),
    stalled(1325, n3, 160),
    seen(1330, n1, { type: 'steppedDown', term: 1, from: 'leader', reason: 'quorumLost' }),
  ];
  t.is(explainSilence(recordOf(events), silence).blame.thread, 'n2');
  const again = seen(1335, n1, { type: 'elected', term: 2, round: null, votes: [] });
  t.is(
    explainSilence(recordOf([...events, again]), silence).blame.cause,
    'unknown',
    'that was another reign',
  );
});

test('of five, a leader needs two to answer: the third slowest is no reason, the second fastest is', (t) => {
  const options = { nodes: 5, store: 'memory' as const, seed: 1 };
  const lost = seen(1420, n1, { type: 'steppedDown', term: 1, from: 'leader', reason: 'quorumLost' });
  const slow = [stalled(1400, asNodeId('n3'), 140), stalled(1400, asNodeId('n4'), 140)];
  const of = (events: readonly KeptEvent[]): string | null =>
    explainSilence(recordOf([...events, lost], { options }), silence).blame.thread;
  t.is(of(slow), null);
  t.is(of([...slow, stalled(1400, n2, 100)]), 'n2');
});

test('links are broken from what broke them until what mends them', (t) => {
  const events = [
    done(1100, n3, { type: 'isolated', direction: 'out' }),
    done(1200, n1, { type: 'isolated', direction: 'out' }),
    done(1300, null, { type: 'healed' }),
    done(1400, null, { type: 'partitioned', groups: [[n1, n2], [n3]] }),
    done(1500, null, { type: 'partitioned', groups: [[n1, n3], [n2]] }),
    done(1600, null, { type: 'linkSet', from: n1, to: n3, policy: { ...perfectLink, loss: 0.5 } }),
    done(1700, null, { type: 'linkSet', from: n1, to: n3, policy: perfectLink }),
    done(2900, null, { type: 'linkCut', from: n3, to: n1, oneWay: false }),
  ];
  t.deepEqual(brokenLinkSpans(recordOf(events), n1, n3), [
    { fromMs: 1200, untilMs: 1300 },
    { fromMs: 1400, untilMs: 1500 },
    { fromMs: 1600, untilMs: 1700 },
    { fromMs: 2900, untilMs: 3000 },
  ]);
});
