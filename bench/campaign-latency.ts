/**
 * How long is a campaign, from suspicion to elected, and how much of it is Raft's? Each crash of a cluster is followed
 * by a bare campaign: the same messages and writes over the same kind of threads, and nothing else.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { TrialBench } from '../src/analysis/trial-bench.js';
import { compareWithIdeal, summarizeTrials } from '../src/analysis/election-result.js';
import { median } from '../src/analysis/statistics.js';
import type { Trial } from '../src/analysis/trial.js';
import { Cluster } from '../src/cluster/cluster.js';
import { BareCampaign } from './bare-campaign.js';
import { aim, ask, figure, size } from './harness.js';

ask('Suspicion → elected: pre-vote and vote, five nodes of which one is dead, T = 60, h = 15');
for (const store of ['memory', 'disk'] as const) {
  await using cluster = await Cluster.start({
    nodes: 5,
    store,
    electionTimeoutMs: 60,
    heartbeatMs: 15,
    rules: { exitNotice: false },
    seed: 1,
  });
  await using bare = await BareCampaign.start(store);
  const bench = new TrialBench(cluster);
  const trials: Trial[] = [];
  const bareMs: number[] = [];
  while (trials.length < size(150, 5)) {
    trials.push(await bench.run());
    await delay(15); // neither is measured while the other is still at work
    bareMs.push(await bare.run());
  }
  const { campaignMs, phases } = summarizeTrials(trials);
  const { delayMs, candidateWriteMs, voterWriteMs } = compareWithIdeal(cluster.options, trials).input;
  console.log(
    `${store}, ${trials.length} campaigns: p50 ${figure(campaignMs.p50)}, p90 ${figure(campaignMs.p90)}, ` +
      `p99 ${figure(campaignMs.p99)} ms; bare p50 ${figure(median(bareMs))} ms\n` +
      `  pre-vote p50 ${figure(phases.preVote.p50)} ms = 2 messages of ${figure(delayMs)}; ` +
      `vote p50 ${figure(phases.vote.p50)} ms = 2 messages, the candidate's write ${figure(candidateWriteMs)}, ` +
      `a voter's ${figure(voterWriteMs)}`,
  );
  aim(`${store} store, p50`, campaignMs.p50, '≤', store === 'memory' ? 0.5 : 1.2, 'ms');
  aim(`${store} store, p50 against bare`, campaignMs.p50 / median(bareMs), '≤', 1.5, 'times');
}
