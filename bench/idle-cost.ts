/** How much of a core does a cluster cost that only keeps its leader? */
import { setTimeout as delay } from 'node:timers/promises';
import { summarize } from '../src/analysis/statistics.js';
import { settle } from '../src/analysis/settle.js';
import { Cluster } from '../src/cluster/cluster.js';
import { aim, ask, figure, size } from './harness.js';

ask('Processor time of an idle cluster: five nodes, disk store, h = 30');
await using cluster = await Cluster.start({ nodes: 5, seed: 1 });
await settle(cluster, AbortSignal.timeout(30_000));
const shares: number[] = [];
for (let second = 0; second < size(20, 3); second += 1) {
  const startMs = performance.now();
  const start = process.cpuUsage();
  await delay(1000);
  const { user, system } = process.cpuUsage(start);
  shares.push(((user + system) / 1000 / (performance.now() - startMs)) * 100);
}
const { count, min, p50, max } = summarize(shares);
console.log(`${count} seconds: min ${figure(min)} %, max ${figure(max)} % of a core`);
aim('median share of a core', p50, '≤', 5, '%');
