/**
 * Does a cluster with short timeouts keep its leader while nothing is done to it? Ten idle minutes, and for each false
 * election who was to blame for it: one that a stall of the host explains is the machine's.
 */
import { stress } from '../src/analysis/stress/stress.js';
import { aim, ask, figure, size } from './harness.js';

ask('False elections in ten idle minutes: five nodes, T = 12, h = 6, disk store');

const { cells } = await stress({
  contentions: [],
  repeats: 1,
  durationMs: size(600_000, 5000),
  clients: 0,
  cluster: { electionTimeoutMs: 12, electionJitterMs: 12, heartbeatMs: 6, seed: 1 },
});
for (const { outcome } of cells) {
  if (outcome.type !== 'measured') throw new Error(outcome.reason);
  const { counts, incidents, nodes, routerLag, durationMs } = outcome;
  const stalls = nodes.map(({ stalls: { count, maxMs } }) => ({ count, maxMs }));
  console.log(
    `${figure(durationMs / 1000)} s: ${counts.suspicions} suspicions, ${counts.savedByPreVote} rounds that pre-vote kept from ` +
      `a term, ${counts.nearMisses} near misses; ` +
      `${stalls.reduce((sum, { count }) => sum + count, 0)} stalls of nodes, the longest ` +
      `${figure(Math.max(...stalls.map(({ maxMs }) => maxMs)))} ms; router late by ${figure(routerLag.maxMs)} ms at worst`,
  );
  for (const { atMs, outcome: what, blame, hostStalled } of incidents) {
    if (what === 'elected' || what === 'termStep')
      console.log(
        `  at ${figure(atMs / 1000)} s${hostStalled ? ', with the host standing still' : ''}: ${blame.evidence}`,
      );
  }
  console.log(`false elections: ${counts.falseElections}, explained by the host: ${counts.explainedByHost}`);
  aim(
    'false elections without a stall that explains them',
    counts.falseElections - counts.explainedByHost,
    '≤',
    0,
    '',
  );
}
