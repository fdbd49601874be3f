import test from 'ava';
import { countsOf } from '../../../src/analysis/stress/counts.js';
import { incidentsOf } from '../../../src/analysis/stress/incidents.js';
import { lossesOf } from '../../../src/analysis/stress/losses.js';
import type { StressRecord } from '../../../src/analysis/stress/record.js';
import type { Incident, StressCounts } from '../../../src/analysis/stress/stress-result.js';
import { nothingCounted } from '../../stress-fixture.js';
import {
  done,
  election,
  lostPreVote,
  n1,
  n2,
  n3,
  recordOf,
  seen,
  slices,
  stalled,
  suspicion,
} from './support.js';

function analyse(record: StressRecord): { readonly incidents: Incident[]; readonly counts: StressCounts } {
  const losses = lossesOf(record);
  const incidents = incidentsOf(record, losses);
  return { incidents, counts: countsOf(record, losses, incidents) };
}

/** When, by whom, of whom, in which term, and what came of it. */
const told = (incidents: readonly Incident[]): unknown[] =>
  incidents.map(({ atMs, node, leader, term, outcome }) => [atMs, node, leader, term, outcome]);

const heard = (atMs: number, node = n3, term = 1): ReturnType<typeof seen> =>
  seen(atMs, node, { type: 'leaderKnown', term, leaderId: n1 });

test('nothing happened, or only before the measurement', (t) => {
  t.deepEqual(analyse(recordOf([])), { incidents: [], counts: nothingCounted });
  const early = [suspicion(700, n2, n1, 1), ...election(701, n2, 2)];
  t.deepEqual(analyse(recordOf(early)), { incidents: [], counts: nothingCounted });
});

test('a suspicion whose pre-vote found no quorum is saved, and no false election', (t) => {
  const { incidents, counts } = analyse(
    recordOf([suspicion(1500, n3, n1, 1), lostPreVote(1501, n3, 2), heard(1510)]),
  );
  t.deepEqual(told(incidents), [[500, n3, n1, 1, 'saved']]);
  t.deepEqual(counts, { ...nothingCounted, suspicions: 1, savedByPreVote: 1 });
});

test('two gave the leader up and one of them won: one false election, told of the one that stood', (t) => {
  const { incidents, counts } = analyse(
    recordOf([suspicion(1500, n3, n1, 1, 170), suspicion(1505, n2, n1, 1), ...election(1506, n2, 2)]),
  );
  t.deepEqual(told(incidents), [[506, n2, n1, 2, 'elected']]);
  t.deepEqual(counts, {
    ...nothingCounted,
    falseElections: 1,
    leaderChanges: 1,
    termSteps: 1,
    suspicions: 2,
  });
});

test('the old leader, or nobody, led afterwards: a term step, and a false election each', (t) => {
  const again = analyse(recordOf([suspicion(1500, n3, n1, 1), ...election(1506, n1, 2)]));
  t.deepEqual(told(again.incidents), [[506, n1, n1, 2, 'termStep']]);
  t.is(again.counts.leaderChanges, 0);
  t.is(again.counts.falseElections, 1);

  const lost = seen(1501, n3, { type: 'roundOpened', phase: 'vote', term: 2, round: {} });
  const twice = analyse(recordOf([suspicion(1500, n3, n1, 1), lost, ...election(1600, n2, 3)]));
  t.deepEqual(told(twice.incidents), [
    [501, n3, n1, 2, 'termStep'],
    [600, n2, n1, 3, 'elected'],
  ]);
  t.is(twice.counts.falseElections, 2);
  t.is(twice.counts.termSteps, 2);
  t.regex(
    twice.incidents[1]?.blame.evidence ?? '',
    /^nobody had been elected since term 2 began: nothing covers /u,
  );
});

test('a leader heard again and a later term are two matters', (t) => {
  const events = [
    suspicion(1500, n3, n1, 1),
    heard(1510),
    suspicion(2000, n2, n1, 1),
    ...election(2001, n2, 2),
  ];
  t.deepEqual(told(analyse(recordOf(events)).incidents), [
    [500, n3, n1, 1, 'saved'],
    [1001, n2, n1, 2, 'elected'],
  ]);
});

test('a leader that is heard again only when a later term has begun was given up in vain, and with that term', (t) => {
  const stands = seen(1510, n3, { type: 'roundOpened', phase: 'vote', term: 2, round: {} });
  const events = [suspicion(1500, n2, n1, 1), stands, heard(1520, n2)];
  t.deepEqual(told(analyse(recordOf(events)).incidents), [[510, n3, n1, 2, 'termStep']]);
});

test('what a crash makes necessary is one failover: its suspicions, lost rounds and terms are not false', (t) => {
  const { incidents, counts } = analyse(
    recordOf([
      done(1500, n1, { type: 'crashed' }),
      suspicion(1650, n2, n1, 1),
      suspicion(1651, n3, n1, 1),
      lostPreVote(1652, n3, 2),
      seen(1653, n3, { type: 'roundOpened', phase: 'vote', term: 2, round: {} }),
      ...election(1700, n2, 3, 1, [n2, n3]),
    ]),
  );
  t.deepEqual(told(incidents), [[500, n2, n1, 1, 'failover']]);
  t.is(incidents[0]?.blame.cause, 'injectedCrash');
  t.deepEqual(counts, { ...nothingCounted, crashes: 1, leaderChanges: 1, termSteps: 2 });
});

test('a term that begins once the successor is ready is false again', (t) => {
  const { incidents, counts } = analyse(
    recordOf([
      done(1500, n1, { type: 'crashed' }),
      ...election(1650, n2, 2, 1, [n2, n3]),
      suspicion(1900, n3, n2, 2),
      ...election(1901, n3, 3, 1, [n2, n3]),
    ]),
  );
  t.deepEqual(told(incidents), [
    [500, n2, n1, 1, 'failover'],
    [901, n3, n2, 3, 'elected'],
  ]);
  t.is(counts.falseElections, 1);
});

test('who never heard the new leader gives no suspicion: its silence counts from the election', (t) => {
  const late = [
    suspicion(1500, n2, n1, 1),
    ...election(1501, n2, 2, 1, [n1]),
    stalled(1700, n2, 190),
    ...election(1705, n3, 3),
  ];
  const [, second] = analyse(recordOf(late)).incidents;
  t.deepEqual([second?.leader, second?.term, second?.blame.cause, second?.blame.thread], [
    n2,
    3,
    'eventLoop',
    'n2',
  ] as unknown[]);
});

test('a leader that stepped down by itself and stood again: what kept its quorum from answering', (t) => {
  const events = [
    stalled(1490, n2, 140),
    stalled(1490, n3, 150),
    seen(1500, n1, { type: 'steppedDown', term: 1, from: 'leader', reason: 'quorumLost' }),
    ...election(1700, n1, 2),
  ];
  const [only] = analyse(recordOf(events)).incidents;
  t.deepEqual(
    [only?.outcome, only?.blame.cause, only?.blame.thread, only?.blame.sinceMs],
    ['termStep', 'eventLoop', 'n2', 350],
  );
});

test('near misses and broken invariants are counted as they come, and two leaders of a term are one', (t) => {
  const { counts } = analyse(
    recordOf([
      seen(1100, n2, { type: 'heartbeatNearMiss', term: 1, leaderId: n1, gapMs: 130, share: 0.87 }),
      seen(1200, n2, { type: 'elected', term: 1, round: null, votes: [] }),
      seen(1300, n2, { type: 'invariantViolated', rule: 'r', detail: 'd' }),
    ]),
  );
  t.is(counts.nearMisses, 1);
  t.is(counts.invariantViolations, 2);
});

test('a stall of the host explains a false election when it is longer than T − h and nobody made it', (t) => {
  const events = [suspicion(1500, n3, n1, 1, 160), ...election(1501, n3, 2)];
  const waiting = slices(1300, 1540, { waitedMs: { n1: 17 } });
  t.is(analyse(recordOf(events, { slices: waiting })).counts.explainedByHost, 1);
  t.is(analyse(recordOf(events, { slices: waiting, busyOnPurpose: true })).counts.explainedByHost, 0);
  const stolen = slices(1300, 1540, { stealMs: 36 });
  t.is(analyse(recordOf(events, { slices: stolen, busyOnPurpose: true })).counts.explainedByHost, 1);
  const short = slices(1300, 1540, { waitedMs: { n1: 10 } });
  t.is(analyse(recordOf(events, { slices: short })).counts.explainedByHost, 0);
});
