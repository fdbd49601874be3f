/** Hours of a cell, made by hand: what is told of them, and how often each event is looked at for it. */
import test from 'ava';
import { countsOf } from '../../../src/analysis/stress/counts.js';
import { incidentsOf } from '../../../src/analysis/stress/incidents.js';
import { lossesOf } from '../../../src/analysis/stress/losses.js';
import type { KeptEvent, StressRecord } from '../../../src/analysis/stress/record.js';
import { reignsOf, type Reign } from '../../../src/analysis/stress/reigns.js';
import type { Incident, StressCounts } from '../../../src/analysis/stress/stress-result.js';
import { nothingCounted } from '../../stress-fixture.js';
import { done, election, n1, n2, n3, recordOf, seen, suspicion } from './support.js';

const ids = [n1, n2, n3];

/** A write that takes a while, and counts how often it is looked at. */
class CountedWrite {
  static looks = 0;
  readonly node = n2;
  readonly incarnation = 1;
  readonly cause = null;
  readonly durationMs = 0.5;
  readonly #atMs: number;

  constructor(atMs: number) {
    this.#atMs = atMs;
  }

  get type(): 'written' {
    CountedWrite.looks += 1;
    return 'written';
  }

  get atMs(): number {
    CountedWrite.looks += 1;
    return this.#atMs;
  }
}

/** Seconds: each has a reign, which ends with a crash in every other one and with a suspicion in the rest. */
function recordOfSeconds(seconds: number, writesEach: number): StressRecord {
  const lives = ids.map(() => 1);
  const events: KeptEvent[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const beganMs = 1000 * (second + 1);
    const term = second + 2;
    const at = second % ids.length;
    const [leader = n1, next = n1] = [ids[at], ids[(at + 1) % ids.length]];
    const life = lives[at] ?? 1;
    events.push(...election(beganMs, leader, term, life));
    for (let i = 0; i < writesEach; i += 1) {
      const atMs = beganMs + 10 + (880 * i) / writesEach;
      events.push(new CountedWrite(atMs) as unknown as KeptEvent);
    }
    if (second === seconds - 1) break;
    if (second % 2 === 0) {
      events.push(done(beganMs + 900, leader, { type: 'crashed', incarnation: life }));
      lives[at] = life + 1;
    } else {
      events.push(suspicion(beganMs + 990, next, leader, term));
      const stepping = { type: 'steppedDown', term: term + 1, from: 'leader', reason: 'higherTerm' } as const;
      events.push(seen(beganMs + 1003, leader, { ...stepping, incarnation: life }));
    }
  }
  // The first election is from before it.
  return recordOf(events, { measured: { fromMs: 1500, untilMs: 1000 * (seconds + 1) } });
}

function analyse(record: StressRecord): { readonly incidents: Incident[]; readonly counts: StressCounts } {
  const losses = lossesOf(record);
  const incidents = incidentsOf(record, losses);
  return { incidents, counts: countsOf(record, losses, incidents) };
}

/** As one would look them up in a short record: all events for each reign. */
function lookedUp({ events }: StressRecord): Reign[] {
  return events
    .flatMap((elected) => {
      if (elected.type !== 'elected') return [];
      const { node, incarnation, term, atMs: electedMs } = elected;
      const ready = events.find(
        (event) => event.type === 'ready' && event.term === term && event.node === node,
      );
      const end = events.find(
        (event) =>
          event.node === node &&
          event.incarnation === incarnation &&
          event.atMs >= electedMs &&
          (event.type === 'crashed' ||
            event.type === 'exited' ||
            (event.type === 'steppedDown' && event.from === 'leader' && event.term >= term)),
      );
      const [readyMs, endedMs] = [ready?.atMs ?? null, end?.atMs ?? null];
      return [{ node, incarnation, term, electedMs, readyMs, endedMs }];
    })
    .toSorted((a, b) => a.term - b.term);
}

test('reigns are what one finds by looking through all events for each of them', (t) => {
  const record = recordOfSeconds(30, 2);
  const events = [
    ...record.events,
    // Ready twice, ended twice, a term that is over already, and an end of another life.
    seen(5900, n2, { type: 'ready', term: 6, index: 9 }),
    seen(6005, n2, { type: 'steppedDown', term: 3, from: 'leader', reason: 'higherTerm' }),
    // In its own term, for want of a quorum.
    seen(6950, n3, { type: 'steppedDown', term: 7, from: 'leader', reason: 'quorumLost', incarnation: 2 }),
    seen(6006, n3, { type: 'steppedDown', term: 9, from: 'follower', reason: 'higherTerm' }),
    done(6010, n3, { type: 'exited', incarnation: 7, planned: false }),
    ...election(6020, n1, 6, 9),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const reigns = reignsOf({ events });
  t.is(reigns.length, 32);
  t.deepEqual(reigns, lookedUp({ ...record, events }));
});

test('an hour with a reign a second: each has its incident, and no event is looked at for each of them', (t) => {
  const looksPerWrite = (seconds: number, writesEach: number): number => {
    const record = recordOfSeconds(seconds, writesEach);
    CountedWrite.looks = 0;
    const { counts, incidents } = analyse(record);
    const crashes = seconds / 2;
    const falseElections = seconds / 2 - 1;
    t.deepEqual(counts, {
      ...nothingCounted,
      crashes,
      falseElections,
      leaderChanges: seconds - 1,
      termSteps: seconds - 1,
      suspicions: falseElections,
    });
    t.is(incidents.filter(({ outcome }) => outcome === 'failover').length, crashes);
    t.is(incidents.filter(({ outcome }) => outcome === 'elected').length, falseElections);
    return CountedWrite.looks / (seconds * writesEach);
  };
  const few = looksPerWrite(360, 80);
  const many = looksPerWrite(3600, 80);
  // How far one looks around an incident is the same in both.
  t.true(many < 1.5 * few, `${few} times in six minutes, ${many} times in an hour`);
});
