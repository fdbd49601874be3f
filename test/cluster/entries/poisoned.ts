/** A node whose store fails over a value that names the node as its `poison`. */
import { workerData } from 'node:worker_threads';
import { runActor } from '../../../src/actor/actor.js';
import type { NodeInit } from '../../../src/actor/protocol.js';
import { openMemoryStore } from '../../../src/storage/memory-store.js';
import { ownerOf } from '../../../src/storage/store.js';

await runActor(workerData as NodeInit, {
  openStore({ store: init, group, id }) {
    if (init.kind === 'disk') throw new Error('Only in memory');
    const store = openMemoryStore(init.journal, ownerOf(group, id));
    const poison = JSON.stringify({ poison: id });
    return {
      ...store,
      async write(batch): Promise<void> {
        if (JSON.stringify(batch.entries).includes(poison)) throw new Error('Poisoned');
        await store.write(batch);
      },
    };
  },
});
