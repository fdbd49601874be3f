/**
 * How much of a core does a cluster cost that only keeps its leader? Beside it, what the least that does the same costs
 * here: threads that only wake up as often as the nodes' clocks do, and those that pass the same heartbeats and answers
 * through a relay as well, without any Raft. Waking a thread has its price, and machines differ in it by a lot.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { tickMsFor } from '../src/actor/clock.js';
import { settle } from '../src/analysis/settle.js';
import { summarize, type Summary } from '../src/analysis/statistics.js';
import { Cluster } from '../src/cluster/cluster.js';
import { ids, type NodeData } from './bare-idle-thread.js';
import type { RelayData } from './bare-relay.js';
import { aim, ask, figure, size } from './harness.js';

const heartbeatMs = 30;
/** A thread compiles what it runs often while it runs: what a cluster costs from then on is what it costs for long. */
const warmUpSeconds = size(15, 1);

ask(`Processor time of an idle cluster: five nodes, disk store, h = ${heartbeatMs}`);
const ticking = await costOfTicking();
const beating = await costOfBeating();
const { first, idle } = await costOfCluster();
console.log(
  `${idle.count} seconds: min ${figure(idle.min)} %, max ${figure(idle.max)} % of a core; ` +
    `p50 of the ${first.count} before, while its threads still compile: ${figure(first.p50)} %`,
);
console.log(
  `Five threads that only tick: p50 ${figure(ticking.p50)} %; ` +
    `that pass the same messages through a relay as well: ${figure(beating.p50)} %`,
);
aim('median share of a core', idle.p50, '≤', 5, '%');

async function costOfCluster(): Promise<{ readonly first: Summary; readonly idle: Summary }> {
  await using cluster = await Cluster.start({ nodes: 5, heartbeatMs, seed: 1 });
  await settle(cluster, AbortSignal.timeout(30_000));
  return { first: await measureSeconds(warmUpSeconds), idle: await measureSeconds(size(20, 2)) };
}

async function costOfTicking(): Promise<Summary> {
  const tick = `const tick = () => setTimeout(tick, ${tickMsFor(heartbeatMs)}); tick();`;
  return await costOf(ids.map(() => new Worker(tick, { eval: true })));
}

async function costOfBeating(): Promise<Summary> {
  const entry = new URL('./bare-idle-thread.js', import.meta.url);
  const ports = new Map<string, MessagePort>();
  const nodes = ids.map((id, at) => {
    const { port1: port, port2 } = new MessageChannel();
    ports.set(id, port2);
    const tickMs = tickMsFor(heartbeatMs);
    const workerData: NodeData = { id, port, tickMs, heartbeatMs: at === 0 ? heartbeatMs : null };
    return new Worker(entry, { workerData, transferList: [port] });
  });
  const workerData: RelayData = { ports };
  return await costOf([...nodes, new Worker(entry, { workerData, transferList: [...ports.values()] })]);
}

/** Ends them. */
async function costOf(threads: readonly Worker[]): Promise<Summary> {
  await delay(2_000);
  const cost = await measureSeconds(size(7, 1));
  await Promise.all(threads.map((thread) => thread.terminate()));
  return cost;
}

/** Shares of a core, in per cent, that this process took in one second after the other. */
async function measureSeconds(seconds: number): Promise<Summary> {
  const shares: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const startMs = performance.now();
    const start = process.cpuUsage();
    await delay(1000);
    const { user, system } = process.cpuUsage(start);
    shares.push(((user + system) / 1000 / (performance.now() - startMs)) * 100);
  }
  return summarize(shares);
}
