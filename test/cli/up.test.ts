import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { printEvents } from '../../src/cli/up.js';
import { startWith, type Cluster } from '../../src/cluster/cluster.js';
import type { ClusterEvent } from '../../src/cluster/events.js';
import { explode } from '../cluster/entries/bomb.js';
import { quick } from '../cluster/support.js';

const supervisor = new URL('../cluster/entries/supervisor.js', import.meta.url).href;

test.serial('the supervisor dies while up prints: it ends, and says why', async (t) => {
  await using cluster = await startWith(quick, { supervisor });
  const stdout = new PassThrough();
  const printed = text(stdout);
  const printing = printEvents(cluster, AbortSignal.timeout(20_000), stdout);
  stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('leads in term')) explode('supervisor');
  });
  await t.throwsAsync(printing, { code: 'clusterFailed', message: /boom/u });
  stdout.end();
  t.regex(await printed, /cluster .*boom/u);
});

function crashAt(atMs: number): ClusterEvent {
  return { type: 'crashed', id: 1, cause: null, node: 'n1', incarnation: 1, atMs } as ClusterEvent;
}

test('an event that a second thread reports after the first has no time before it', async (t) => {
  const ended = new AbortController();
  const reason = new Error('seen enough');
  const cluster = {
    subscribe: (listener: (event: ClusterEvent) => void) => {
      for (const event of [1000, 999.9, 1002].map(crashAt)) listener(event);
      ended.abort(reason);
      return () => {};
    },
    waitForLeader: () => Promise.resolve({ id: 'n1', term: 1 }),
  } as unknown as Cluster;
  const stdout = new PassThrough();
  t.is(await t.throwsAsync(printEvents(cluster, ended.signal, stdout)), reason);
  stdout.end();
  t.is(await text(stdout), '0.000 n1 crashed\n0.000 n1 crashed\n0.002 n1 crashed\nn1 leads in term 1\n');
});
