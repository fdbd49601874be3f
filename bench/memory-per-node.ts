/** How much memory does one more node take? Each size in a process of its own; the slope is what counts. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { linearRegression } from 'simple-statistics';
import { settle } from '../src/analysis/settle.js';
import { Cluster } from '../src/cluster/cluster.js';
import { aim, ask, figure, isSmoke } from './harness.js';

const megabyte = 2 ** 20;
const [, , mode, nodes] = process.argv;
if (mode === '--child') await measureOne(Number(nodes));
else await measureSlope();

async function measureOne(count: number): Promise<void> {
  await using cluster = await Cluster.start({ nodes: count, seed: 1 });
  await settle(cluster, AbortSignal.timeout(60_000));
  console.log(process.memoryUsage.rss());
}

async function measureSlope(): Promise<void> {
  ask('Resident memory by number of nodes, disk store');
  const points: [number, number][] = [];
  for (const count of isSmoke ? [5, 10] : [5, 10, 15, 20, 25]) {
    const child = [fileURLToPath(import.meta.url), '--child', String(count)];
    const { stdout } = await promisify(execFile)(process.execPath, child);
    points.push([count, Number(stdout) / megabyte]);
    console.log(`${count} nodes: ${figure(Number(stdout) / megabyte)} MB`);
  }
  aim('slope', linearRegression(points).m, '≤', 12, 'MB a node');
}
