import test from 'ava';
import type { Strain } from '../../src/actor/protocol.js';
import type { ClusterEvent } from '../../src/cluster/events.js';
import { StrainTally } from '../../src/contention/strain-watch.js';
import { asNodeId } from '../../src/raft/brands.js';

const strain = (seen: Partial<Strain>): Strain => ({
  maxWaiting: { control: 0, data: 0 },
  maxAgeMs: 0,
  blockedMs: 0,
  allocatedMb: 0,
  heartbeatGaps: [],
  ...seen,
});

const [n1, n2] = [asNodeId('n1'), asNodeId('n2')];

test('what the nodes say is added up by node, and the fullest lane is measured by its own bound', (t) => {
  const tally = new StrainTally({ control: 10, data: 100 });
  tally.add({ id: n1, strain: strain({ blockedMs: 5, maxWaiting: { control: 4, data: 30 } }) });
  tally.add({ id: n2, strain: strain({ allocatedMb: 7, maxWaiting: { control: 0, data: 60 } }) });
  tally.add({ id: n1, strain: strain({ blockedMs: 6, allocatedMb: 1 }) });
  const { burdened, mailbox } = tally.sum();
  t.deepEqual(burdened, [
    { node: 'n1', blockedMs: 11, allocatedMb: 1 },
    { node: 'n2', blockedMs: 0, allocatedMb: 7 },
  ]);
  t.deepEqual(mailbox, { fullest: 0.6, dropped: 0 });
});

test('writes and drops are counted from the events', (t) => {
  const tally = new StrainTally({ control: 10, data: 100 });
  t.deepEqual(tally.sum().writes, { count: 0, p50Ms: 0, maxMs: 0 });
  const see = (event: object): void => tally.observe(event as ClusterEvent);
  for (const durationMs of [3, 1, 20]) see({ type: 'written', durationMs });
  for (const dropped of [4, 5]) see({ type: 'mailboxFull', dropped });
  see({ type: 'healed' });
  t.deepEqual(tally.sum().writes, { count: 3, p50Ms: 3, maxMs: 20 });
  t.is(tally.sum().mailbox.dropped, 9);
});
