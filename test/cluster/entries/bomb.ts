/** For threads that are to fail. */
import { BroadcastChannel, workerData } from 'node:worker_threads';

/** Throws, outside of any handler of ours, when a test says this thread's name. */
export function armBomb(): void {
  const channel = new BroadcastChannel('bomb');
  channel.addEventListener('message', (event) => {
    if (Reflect.get(event, 'data') === (workerData.id ?? 'supervisor')) throw new Error('boom');
  });
  channel.unref();
}
