import test from 'ava';
import { Recording } from '../../src/analysis/recording.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { ClusterEvent } from '../../src/cluster/events.js';

/** A cluster whose supervisor dies when a test says so. */
function setUp(): { readonly recording: Recording; readonly die: () => void } {
  const listeners: ((event: ClusterEvent) => void)[] = [];
  const cluster = {
    subscribe: (added: (event: ClusterEvent) => void) => {
      listeners.push(added);
      return () => {};
    },
  } as unknown as Cluster;
  const recording = new Recording(cluster);
  const stamp = { id: 7, cause: null, node: null, incarnation: 0, atMs: 1 };
  return {
    recording,
    die: () => {
      for (const listener of listeners)
        listener({ type: 'clusterFailed', reason: 'It is gone: boom', ...stamp });
    },
  };
}

test('who waits for an event is told when the supervisor dies, and waits no longer', async (t) => {
  const { recording, die } = setUp();
  const waiting = recording.first(['elected'], () => null, AbortSignal.timeout(5000));
  die();
  await t.throwsAsync(waiting, { code: 'clusterFailed', message: 'It is gone: boom' });
});

test('who waits only when the supervisor is dead is told at once', async (t) => {
  const { recording, die } = setUp();
  die();
  const waiting = recording.first(['elected'], () => null, AbortSignal.timeout(5000));
  await t.throwsAsync(waiting, { code: 'clusterFailed', message: 'It is gone: boom' });
});

test('the signal ends a wait with its reason, and what is found ends it too', async (t) => {
  const { recording } = setUp();
  const controller = new AbortController();
  const waiting = recording.first(['elected'], () => null, controller.signal);
  const reason = new Error('enough');
  controller.abort(reason);
  t.is(await t.throwsAsync(waiting), reason);
  t.is(await recording.first(['elected'], () => 5, AbortSignal.timeout(5000)), 5);
});
