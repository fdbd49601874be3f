/** How long from `Cluster.start()` until five nodes have a leader that is ready? */
import { summarize } from '../src/analysis/statistics.js';
import { Cluster } from '../src/cluster/cluster.js';
import { aim, ask, figure, size } from './harness.js';

ask('Cluster.start() → a leader that is ready: five nodes, disk store');
const samples: number[] = [];
for (let run = 0; run < size(15, 3); run += 1) {
  const startMs = performance.now();
  await using cluster = await Cluster.start({ nodes: 5, seed: run });
  await cluster.waitForLeader();
  samples.push(performance.now() - startMs);
}
const { count, min, p50, max } = summarize(samples);
console.log(`${count} starts: min ${figure(min)} ms, max ${figure(max)} ms`);
aim('median start', p50, '≤', 1000, 'ms');
