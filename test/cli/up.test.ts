import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { printEvents } from '../../src/cli/up.js';
import { startWith } from '../../src/cluster/cluster.js';
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
