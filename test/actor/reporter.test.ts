import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import type { EventLoop } from '../../src/actor/clock.js';
import type { Cause, NodeEvents } from '../../src/actor/protocol.js';
import { Reporter } from '../../src/actor/reporter.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import type { CoreEvent } from '../../src/raft/events.js';

const term = asTerm(2);
const adopted: CoreEvent = { type: 'termAdopted', term, from: asNodeId('n2') };
const elected: CoreEvent = { type: 'elected', term, round: null, votes: [] };
const cause: Cause = {
  id: 1,
  kind: 'voteReply',
  deadlineMs: null,
  timer: null,
  from: null,
  sentMs: null,
  arrivedMs: null,
  handledMs: 1,
};

test('what is told of a round that is open is posted 3 ms later, all in one batch', (t) => {
  const { reporter, due, posted } = prepare(t);
  reporter.add(adopted, cause, 1);
  reporter.add(adopted, cause, 2);
  t.deepEqual(due(), [3]);
  t.deepEqual(posted(), []);
  t.is(due({ run: true }).length, 1);
  t.deepEqual(posted(), [['termAdopted 1', 'termAdopted 2']]);
});

test('what a script may be waiting for is posted at once, behind all that came before it', (t) => {
  const { reporter, due, posted } = prepare(t);
  reporter.add(adopted, cause, 1);
  reporter.add(elected, cause, 2);
  reporter.add(adopted, cause, 3);
  reporter.add(elected, cause, 4);
  t.deepEqual(due(), ['soon']);
  due({ run: true });
  t.deepEqual(posted(), [['termAdopted 1', 'elected 2', 'termAdopted 3', 'elected 4']]);
  reporter.add(adopted, cause, 5);
  t.deepEqual(due(), [3]);
});

test('a reporter that is closed posts what it has, and leaves nothing to be run', (t) => {
  const { reporter, due, posted } = prepare(t);
  reporter.add(adopted, cause, 1);
  reporter.close();
  t.deepEqual(due(), []);
  t.deepEqual(posted(), [['termAdopted 1']]);
});

interface Prepared {
  readonly reporter: Reporter;
  /** In how many ms what is scheduled is due; `run` runs it. */
  due(options?: { readonly run: boolean }): (number | 'soon')[];
  /** The batches that came since the last call, as types and moments. */
  posted(): string[][];
}

function prepare(t: ExecutionContext): Prepared {
  const { port1, port2 } = new MessageChannel();
  t.teardown(() => port1.close());
  const scheduled = new Map<() => void, number | 'soon'>();
  const schedule = (run: () => void, when: number | 'soon'): (() => void) => {
    scheduled.set(run, when);
    return () => void scheduled.delete(run);
  };
  const loop: EventLoop = {
    nowMs: () => 0,
    after: (delayMs, run) => schedule(run, delayMs),
    soon: (run) => schedule(run, 'soon'),
  };
  return {
    reporter: new Reporter(loop, port2, asNodeId('n1'), 1),
    due(options) {
      const due = [...scheduled];
      if (options?.run === true) {
        scheduled.clear();
        for (const [run] of due) run();
      }
      return due.map(([, when]) => when);
    },
    posted: () => batchesOn(port1).map((batch) => batch.map(({ type, atMs }) => `${type} ${atMs}`)),
  };
}

function batchesOn(port: MessagePort): NodeEvents[] {
  const batches: NodeEvents[] = [];
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    batches.push(next.message as NodeEvents);
  }
  return batches;
}
