/**
 * How much of a core does a cluster cost that only keeps its leader? Beside it, what five threads cost here that only
 * wake up as often as the nodes' clocks do: waking a thread has its price, and machines differ in it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { tickMsFor } from '../src/actor/clock.js';
import { settle } from '../src/analysis/settle.js';
import { summarize, type Summary } from '../src/analysis/statistics.js';
import { Cluster } from '../src/cluster/cluster.js';
import { aim, ask, figure, size } from './harness.js';

const heartbeatMs = 30;
ask(`Processor time of an idle cluster: five nodes, disk store, h = ${heartbeatMs}`);
const bare = await costOfTicking(tickMsFor(heartbeatMs));
const idle = await costOfCluster();
console.log(
  `${idle.count} seconds: min ${figure(idle.min)} %, max ${figure(idle.max)} % of a core; ` +
    `five threads that only tick: p50 ${figure(bare.p50)} %`,
);
aim('median share of a core', idle.p50, '≤', 5, '%');

async function costOfCluster(): Promise<Summary> {
  await using cluster = await Cluster.start({ nodes: 5, heartbeatMs, seed: 1 });
  await settle(cluster, AbortSignal.timeout(30_000));
  return await measureSeconds();
}

async function costOfTicking(tickMs: number): Promise<Summary> {
  const tick = `const tick = () => setTimeout(tick, ${tickMs}); tick();`;
  const threads = Array.from({ length: 5 }, () => new Worker(tick, { eval: true }));
  await delay(1000);
  const cost = await measureSeconds();
  await Promise.all(threads.map((thread) => thread.terminate()));
  return cost;
}

/** Shares of a core, in per cent, that this process took in one second after the other. */
async function measureSeconds(): Promise<Summary> {
  const shares: number[] = [];
  for (let second = 0; second < size(20, 3); second += 1) {
    const startMs = performance.now();
    const start = process.cpuUsage();
    await delay(1000);
    const { user, system } = process.cpuUsage(start);
    shares.push(((user + system) / 1000 / (performance.now() - startMs)) * 100);
  }
  return summarize(shares);
}
