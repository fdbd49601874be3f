/** A node with a direct line to a peer: what it sends and takes over it. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import test from 'ava';
import { Gate } from '../../src/actor/gate.js';
import { Ledger } from '../../src/actor/ledger.js';
import { sharedNowMs } from '../../src/actor/clock.js';
import type { Delivery } from '../../src/actor/protocol.js';
import { asNodeId } from '../../src/raft/brands.js';
import type { Message } from '../../src/raft/messages.js';
import { startLocal, type LocalNode } from './harness.js';
import { heartbeat } from './messages.js';

interface Bench {
  readonly node: LocalNode;
  /** Of what n2 says, and of what it is told. */
  readonly gates: readonly [Gate, Gate];
  readonly far: MessagePort;
  /** What came out at the far end. */
  readonly heard: Message[];
  say(message: Message): void;
}

/** n2 is at the far end, in its first life. */
async function withLine(t: Parameters<typeof startLocal>[0]): Promise<Bench> {
  const node = await startLocal(t);
  const { port1, port2 } = new MessageChannel();
  const [outgoing, incoming] = [Gate.allocate(), Gate.allocate()];
  const gates = [new Gate(incoming), new Gate(outgoing)] as const;
  const heard: Message[] = [];
  port2.on('message', ({ message }: Delivery) => {
    heard.push(message);
    node.notify();
  });
  t.teardown(() => port2.close());
  // Posted on this thread the port is moved all the same.
  node.join({ peer: asNodeId('n2'), incarnation: 1, outgoing, incoming, port: port1 });
  return {
    node,
    gates,
    far: port2,
    heard,
    say: (message) => {
      gates[0].enter();
      port2.postMessage({ message, sentMs: sharedNowMs() } satisfies Delivery);
    },
  };
}

test.serial('what comes over a line is answered over it, counted, and the term shown is noted', async (t) => {
  const { node, heard, say } = await withLine(t);
  say(heartbeat());
  const answer = await node.until(() => heard[0]);
  t.like(answer, { type: 'appendEntriesReply', to: 'n2', term: 1 });
  t.deepEqual(node.sent, []);
  const ledger = new Ledger(node.init.ledger);
  t.deepEqual([ledger.sentDirect, Number(ledger.shownTerm)], [1, 1]);
});

test.serial('who speaks for somebody else, or for another life, is not heard', async (t) => {
  const { node, heard, say } = await withLine(t);
  say(heartbeat({ from: asNodeId('n3') }));
  say(heartbeat({ incarnation: 2 }));
  say(heartbeat());
  await node.until(() => heard[0]);
  t.is(heard.length, 1);
  t.is((await node.control.status()).mailbox.rejected, 2);
});

test.serial(
  'a line whose gates are closed loses what is under way, and the next message is routed',
  async (t) => {
    const { node, gates, heard, say } = await withLine(t);
    say(heartbeat());
    t.deepEqual(
      gates.map((gate) => gate.close()),
      [1, 0],
      'lost, and counted by who closed it',
    );
    node.deliver(heartbeat());
    await node.until(() => node.sent[0]);
    t.like(node.sent[0], { type: 'appendEntriesReply', to: 'n2' });
    t.deepEqual(heard, []);
  },
);
