import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { stepBack } from '../../src/cluster/priority.js';

/** The 19th field of /proc/…/stat; the second is a name in brackets. */
function niceOf(threadId: number): number {
  const fields = readFileSync(`/proc/self/task/${threadId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[16]);
}

test('a thread that steps back lets the others go first, and only it; one that is gone is no error', async (t) => {
  t.notThrows(() => stepBack(null));
  if (!existsSync('/proc/thread-self')) {
    t.log('threads have no ids here');
    return;
  }
  const source = `const { readlinkSync } = require('node:fs');
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', () => {}).postMessage(Number(readlinkSync('/proc/thread-self').split('/').at(-1)));`;
  const worker = new Worker(source, { eval: true });
  const [threadId] = (await once(worker, 'message')) as [number];
  const before = niceOf(process.pid);
  stepBack(threadId);
  t.is(niceOf(threadId), Math.min(19, before + 10));
  t.is(niceOf(process.pid), before);
  await worker.terminate();
  t.notThrows(() => stepBack(threadId));
});
