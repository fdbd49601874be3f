/** One node on a thread of its own: what only a real thread can show. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import type { NodeInit } from '../../src/actor/protocol.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import { command } from '../storage/stores.js';
import { startThread } from './harness.js';
import { heartbeat, voteRequest } from './messages.js';

function diskStore(t: ExecutionContext): Pick<NodeInit, 'store'> {
  const folder = mkdtempSync(join(tmpdir(), 'electorate-actor-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return { store: { kind: 'disk', path: join(folder, 'n1'), founded: false } };
}

test.serial(
  'a node whose port is closed lets go of everything: its thread exits by itself with 0',
  async (t) => {
    for (const init of [{}, diskStore(t)]) {
      const node = await startThread(t, init);
      node.deliver(voteRequest(), heartbeat());
      await node.until(() => node.sent.length === 2);
      await node.control.status();
      node.close();
      t.deepEqual(await node.exited, { code: 0, error: null });
    }
  },
);

test.serial('a node closed before it has opened its store exits with 0', async (t) => {
  const node = await startThread(t, diskStore(t), { closed: true });
  t.deepEqual(await node.exited, { code: 0, error: null });
});

test.serial('pitfall 5: a vote on disk outlives its thread, terminated or stopped', async (t) => {
  const init = diskStore(t);
  for (const [incarnation, end] of ['terminate', 'close'].entries()) {
    const term = asTerm(incarnation + 1);
    const node = await startThread(t, { ...init, incarnation: incarnation + 1 });
    node.deliver(voteRequest({ term }));
    t.like(await node.until(() => node.sent[0]), { type: 'voteReply', granted: true });
    if (end === 'terminate') await node.worker.terminate();
    else node.close();
    await node.exited;

    const next = await startThread(t, { ...init, incarnation: incarnation + 2 });
    t.like(next.received[0], { type: 'opened', term });
    next.deliver(voteRequest({ term, from: asNodeId('n3') }));
    const reply = await next.until(() => next.sent[0]);
    t.like(reply, { type: 'voteReply', granted: false, reason: 'votedForAnother' });
    next.close();
    await next.exited;
  }
});

test.serial('a vote in memory outlives its thread', async (t) => {
  const node = await startThread(t);
  node.deliver(voteRequest());
  await node.until(() => node.sent[0]);
  await node.worker.terminate();
  const next = await startThread(t, { store: node.init.store, incarnation: 2 });
  t.like(next.received[0], { type: 'opened', term: 1 });
  next.deliver(voteRequest({ from: asNodeId('n3') }));
  t.like(await next.until(() => next.sent[0]), { granted: false, reason: 'votedForAnother' });
});

test.serial(
  'a second opener of a store is refused: openFailed with storeLocked, and its thread exits with 0',
  async (t) => {
    const init = diskStore(t);
    await startThread(t, init);
    const second = await startThread(t, init);
    t.like(second.received[0], { type: 'openFailed', code: 'storeLocked' });
    t.deepEqual(await second.exited, { code: 0, error: null });
  },
);

test.serial('opening reports the number by which the system knows the thread', async (t) => {
  const node = await startThread(t);
  const [opened] = node.received;
  t.is(opened?.type, 'opened');
  if (opened?.type !== 'opened' || process.platform !== 'linux') return;
  t.true(Number.isInteger(opened.threadId));
  t.not(opened.threadId, process.pid);
});

test.serial('a hung node stands still, and goes on when it is resumed', async (t) => {
  const node = await startThread(t);
  const gate = new Int32Array(node.init.hangGate);
  Atomics.store(gate, 0, 1);
  node.tell({ type: 'hang' });
  // Nobody to wake: it has not got there yet. Somebody: it looks at the gate again and stands on.
  while (Atomics.notify(gate, 0) === 0);
  node.deliver(voteRequest());
  const asked = node.control.status().then(() => sharedNowMs());
  while (Atomics.notify(gate, 0) === 0);
  t.deepEqual(node.sent, []);

  const resumedMs = sharedNowMs();
  Atomics.store(gate, 0, 0);
  Atomics.notify(gate, 0);
  t.like(await node.until(() => node.sent[0]), { type: 'voteReply', granted: true });
  t.true((await asked) >= resumedMs);
  const granted = await node.until(() => node.events.find(({ type }) => type === 'voteGranted'));
  t.true(Number(granted.cause.arrivedMs) >= resumedMs);
});

test.serial('a bug takes the thread down with its error', async (t) => {
  const node = await startThread(t);
  node.deliver(heartbeat({ entries: [command(1, 1)], leaderCommit: command(1, 1).index }));
  await node.until(() => node.sent.length === 1);
  // A leader that takes a committed entry back: no such thing in a group without a bug.
  node.deliver(heartbeat({ term: asTerm(2), entries: [command(1, 2)] }));
  const { code, error } = await node.exited;
  t.is(code, 1);
  t.is(error?.name, 'InvariantError');
});
