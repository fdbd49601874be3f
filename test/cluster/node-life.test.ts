/** Calls to one life of a node, whose other end is on this thread. */
import { MessageChannel } from 'node:worker_threads';
import test from 'ava';
import { Control } from '../../src/actor/control.js';
import { KeepAlive } from '../../src/cluster/keep-alive.js';
import { NodeLife } from '../../src/cluster/node-life.js';
import { ElectorateError } from '../../src/errors.js';
import { asNodeId } from '../../src/raft/brands.js';

test('what the node itself refuses is an ElectorateError again on this side', async (t) => {
  const control = new MessageChannel();
  const events = new MessageChannel();
  const node = new Control(control.port2, {
    status: () => t.fail(),
    log: () => t.fail(),
    enqueue: () => t.fail(),
  } as never);
  const life = new NodeLife(
    { node: asNodeId('n1'), incarnation: 1, controlPort: control.port1, eventPort: events.port1 },
    new KeepAlive({ ref: () => undefined, unref: () => undefined }),
    { onEvents: () => undefined, onOver: () => undefined },
  );
  await t.throwsAsync(life.propose(Number.NaN), { instanceOf: ElectorateError, code: 'invalidOption' });
  node.answerAll();
  life.close();
});
