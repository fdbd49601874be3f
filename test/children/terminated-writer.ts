/**
 * A thread that writes without a pause, terminated again and again; each time its store is opened once more. Ends with 0 when
 * every one could be, and prints how many. A child, since what may go wrong takes the process with it.
 */
import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import type { Entry } from '../../src/raft/log.js';
import { openLevelStore } from '../../src/storage/level-store.js';
import { ownerOf } from '../../src/storage/store.js';

const owner = ownerOf('group', 'n1');
/** In one batch: the more, the likelier is a thread to end in the middle of handing it over. */
const entriesPerBatch = 64;

if (isMainThread) await terminateWriters(String(process.argv[2]), Number(process.argv[3]));
else await write(String(workerData));

async function terminateWriters(path: string, times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    const worker = new Worker(new URL(import.meta.url), { workerData: path });
    // Rejects with what the store was refused for.
    await once(worker, 'message');
    await delay(1 + Math.random() * 4);
    await worker.terminate();
  }
  const store = await openLevelStore(path, owner, { founded: true });
  await store.close();
  console.log(times);
}

async function write(path: string): Promise<void> {
  const store = await openLevelStore(path, owner);
  let index = store.initial.entries.length;
  parentPort?.postMessage(index);
  for (;;) {
    const entries = Array.from({ length: entriesPerBatch }, (): Entry => {
      index += 1;
      return {
        index: asLogIndex(index),
        term: asTerm(1),
        payload: { type: 'command', value: 'x'.repeat(99) },
      };
    });
    const hardState = { currentTerm: asTerm(1), votedFor: asNodeId('n1') };
    await store.write({ hardState, truncateFrom: null, entries });
  }
}
