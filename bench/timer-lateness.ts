/**
 * Are timeouts real-valued, and how late do they fire? Nodes that can't reach each other ask for pre-votes for ever:
 * each retry wait is drawn, reported, and seen to end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeEvent } from '../src/actor/protocol.js';
import { Recording } from '../src/analysis/recording.js';
import { summarize } from '../src/analysis/statistics.js';
import { Cluster } from '../src/cluster/cluster.js';
import { aim, ask, figure, size } from './harness.js';

ask('Election timers, fired against drawn: five nodes apart, T = R = 20, memory store');
await using cluster = await Cluster.start({
  nodes: 5,
  store: 'memory',
  electionTimeoutMs: 20,
  electionJitterMs: 20,
  heartbeatMs: 5,
  seed: 1,
});
await cluster.waitForLeader();
await cluster.partition(cluster.nodeIds.map((id) => [id]));
await delay(1000); // until every retry wait is drawn from all of [0, T]
using recording = new Recording(cluster);
await delay(size(20, 3) * 1000);

const lateness = recording.events.flatMap((event) =>
  event.type === 'timerFired' && isElectionTimer(event) ? [event.lateMs] : [],
);
const drawn: number[] = [];
const fired: number[] = [];
const pending = new Map<string, { readonly atMs: number; readonly waitMs: number }>();
for (const event of recording.events) {
  if (event.type === 'roundLost' && event.retryInMs !== null) {
    pending.set(event.node, { atMs: event.atMs, waitMs: event.retryInMs });
  }
  const wait = pending.get(event.node);
  if (event.type !== 'timerFired' || event.timer !== 'election' || wait === undefined) continue;
  pending.delete(event.node);
  drawn.push(wait.waitMs);
  fired.push(event.atMs - wait.atMs);
}
const late = summarize(lateness);
console.log(`${late.count} expiries; ms: min, p50, p90, p99, max`);
for (const [name, { min, p50, p90, p99, max }] of [
  ['drawn', summarize(drawn)],
  ['fired', summarize(fired)],
  ['late ', late],
] as const) {
  console.log(`${name}  ${[min, p50, p90, p99, max].map(figure).join('  ')}`);
}
aim('median lateness', late.p50, '≤', 0.1, 'ms');

function isElectionTimer({ timer }: Extract<NodeEvent, { type: 'timerFired' }>): boolean {
  return timer === 'election' || timer === 'preVote' || timer === 'vote';
}
