/**
 * The least a campaign could cost here: threads that do nothing but pass the same messages through a relay and make
 * the same writes. No Raft, no mailbox, no timers, no events. What the cluster takes on top of this is its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { alive, type NodeData } from './bare-campaign-thread.js';
import type { RelayData } from './bare-relay.js';

/** A relay and four node threads. Dispose of it to stop them and to remove their stores. */
export class BareCampaign implements AsyncDisposable {
  readonly #workers: readonly Worker[];
  readonly #folder: string | null;

  private constructor(workers: readonly Worker[], folder: string | null) {
    this.#workers = workers;
    this.#folder = folder;
  }

  static async start(store: 'disk' | 'memory'): Promise<BareCampaign> {
    const folder = store === 'disk' ? await mkdtemp(join(tmpdir(), 'electorate-bare-')) : null;
    const ports = new Map<string, MessagePort>();
    const nodes = alive.map((id) => {
      const { port1, port2 } = new MessageChannel();
      ports.set(id, port2);
      const data: NodeData = { id, port: port1, folder: folder && join(folder, id) };
      return new Worker(new URL('./bare-campaign-thread.js', import.meta.url), {
        workerData: data,
        transferList: [port1],
      });
    });
    const relay = new Worker(new URL('./bare-campaign-thread.js', import.meta.url), {
      workerData: { ports } satisfies RelayData,
      transferList: [...ports.values()],
    });
    await Promise.all([...nodes, relay].map((worker) => once(worker, 'message')));
    return new BareCampaign([...nodes, relay], folder);
  }

  /** From the candidate's first send to its last grant, in ms. */
  async run(): Promise<number> {
    const [candidate] = this.#workers;
    if (candidate === undefined) throw new Error('no candidate');
    candidate.postMessage('go');
    const [elapsedMs] = (await once(candidate, 'message')) as [number];
    return elapsedMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }
}
