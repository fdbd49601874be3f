import test from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import { Clients, type Answered, type ClientLoad } from '../../src/analysis/clients.js';
import { spin } from '../../src/contention/burn.js';
import { asNodeId } from '../../src/raft/brands.js';

const n1 = asNodeId('n1');

/** What is told of clients that nobody answers, when they have sent so many writes. */
async function sentWithoutAnswer(
  count: number,
  load: ClientLoad,
  onSent: (count: number) => void = () => {},
): Promise<Answered> {
  let sent = 0;
  let reach: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const propose = (): Promise<never> => {
    sent += 1;
    onSent(sent);
    if (sent === count) reach();
    return new Promise(() => {});
  };
  const options = { voters: [n1], electionTimeoutMs: 150 };
  using clients = new Clients({ options, node: () => ({ propose }) }, load, n1);
  await reached;
  return clients.answered;
}

test('a write that its own thread was too busy for was due when it should have been sent', async (t) => {
  const intervalMs = 20;
  let blockedMs = 0;
  const { dueMs } = await sentWithoutAnswer(3, { count: 1, intervalMs }, (sent) => {
    if (sent !== 2) return;
    blockedMs = sharedNowMs();
    spin(10 * intervalMs);
  });
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = dueMs;
  t.is(dueMs.length, 3);
  t.true(first < second && second <= blockedMs);
  t.true(third > second && third <= blockedMs + intervalMs, `${third - blockedMs} ms into the block`);
});

test('clients take turns, and what was sent is told without an answer', async (t) => {
  const fromMs = sharedNowMs();
  const { dueMs, acknowledged, refused } = await sentWithoutAnswer(2, { count: 2, intervalMs: 200 });
  t.is(dueMs.length, 2);
  t.true((dueMs[1] ?? 0) - fromMs > 90, 'half an interval later');
  t.deepEqual(acknowledged, []);
  t.is(refused, 0);
});
