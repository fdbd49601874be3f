/** For threads that are to fail. */
import { BroadcastChannel, workerData } from 'node:worker_threads';

/** How: it throws outside of any handler of ours, or never gives its event loop another turn. */
export type Failure = 'throw' | 'spin';

/** Fails when a test says so, and this thread's name. */
export function armBomb(): void {
  const channel = new BroadcastChannel('bomb');
  channel.addEventListener('message', (event) => {
    const { name, failure } = Reflect.get(event, 'data') as { name: string; failure: Failure };
    if (name !== (workerData.id ?? 'supervisor')) return;
    if (failure === 'throw') throw new Error('boom');
    for (;;);
  });
  channel.unref();
}

/** From the test's thread. */
export function explode(name: string, failure: Failure = 'throw'): void {
  const channel = new BroadcastChannel('bomb');
  channel.postMessage({ name, failure });
  channel.close();
}
