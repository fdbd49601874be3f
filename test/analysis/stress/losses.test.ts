import test from 'ava';
import { withoutLeaderMs } from '../../../src/analysis/stress/leading.js';
import { failoversOf, isInFailover, lossesOf } from '../../../src/analysis/stress/losses.js';
import { done, election, n1, n2, n3, recordOf, seen, suspicion } from './support.js';

const crashed = (atMs: number, node = n1): ReturnType<typeof done> => done(atMs, node, { type: 'crashed' });

test('a crash of the leader: the failover is its successor, and the terms in between belong to it', (t) => {
  const record = recordOf([
    crashed(1500),
    seen(1660, n3, { type: 'roundOpened', phase: 'vote', term: 2, round: {} }),
    ...election(1700, n2, 3, 1, [n2, n3]),
  ]);
  const losses = lossesOf(record);
  t.deepEqual(failoversOf(losses, 1000), [
    { atMs: 500, crashed: n1, winner: n2, term: 3, electedMs: 202, readyMs: 204, termSteps: 2 },
  ] as unknown);
  t.true(isInFailover(losses, 1660));
  t.false(isInFailover(losses, 1705));
});

test('who was elected and lost it before its first entry is no successor', (t) => {
  const record = recordOf([
    crashed(1500),
    ...election(1660, n3, 2).slice(0, 2),
    ...election(1700, n2, 3, 1, [n2, n3]),
  ]);
  t.deepEqual(
    failoversOf(lossesOf(record), 1000).map(({ winner, electedMs }) => ({ winner, electedMs })),
    [{ winner: n2, electedMs: 202 }],
  );
});

test('a crash that came too late, of a follower, or before the measurement takes no leader away', (t) => {
  t.deepEqual(lossesOf(recordOf([...election(1490, n2, 2), crashed(1500)])), []);
  t.deepEqual(lossesOf(recordOf([crashed(1500, n3)])), []);
  t.deepEqual(lossesOf(recordOf([crashed(900)])), []);
  const stepped = seen(1400, n1, { type: 'steppedDown', term: 1, from: 'leader', reason: 'quorumLost' });
  t.deepEqual(lossesOf(recordOf([stepped, crashed(1500)])), []);
});

test('nobody followed before the end: the loss stands, without a failover', (t) => {
  const losses = lossesOf(recordOf([crashed(2900)]));
  t.is(losses.length, 1);
  t.deepEqual(failoversOf(losses, 1000), []);
  t.true(isInFailover(losses, 2999));
});

test('there is a leader while a quorum follows one in its term', (t) => {
  t.is(withoutLeaderMs(recordOf([])), 0);
  t.is(withoutLeaderMs(recordOf([suspicion(1500, n3, n1, 1)])), 0, 'two of three still follow');
  const both = [suspicion(1500, n3, n1, 1), suspicion(1510, n2, n1, 1)];
  t.is(
    withoutLeaderMs(recordOf([...both, ...election(1600, n2, 2)])),
    93,
    'until n3 has heard of the next one',
  );
  t.is(withoutLeaderMs(recordOf([...both])), 1490);
  t.is(withoutLeaderMs(recordOf([crashed(1500), ...election(1600, n2, 2, 1, [n2, n3])])), 103);
});

test('a leader that nobody has heard of has no quorum behind it', (t) => {
  const events = [suspicion(1500, n2, n1, 1), suspicion(1500, n3, n1, 1), ...election(1550, n2, 2, 1, [n2])];
  t.is(withoutLeaderMs(recordOf(events)), 1500, 'n1 and n2 both lead, and nobody follows');
  const again = election(1500, n1, 2, 1, []);
  t.is(withoutLeaderMs(recordOf(again)), 1498, 'the others follow it in the term before');
});
