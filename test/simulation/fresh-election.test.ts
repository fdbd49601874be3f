/** The dissertation's simulated wide-area cluster, whose simulator shares nothing with ours: 10,000 elections each. */
import test from 'ava';
import { mean } from 'simple-statistics';
import { wideAreaElections } from '../../src/analysis/published.js';
import { vanillaRules } from '../../src/raft/options.js';
import { fixedDelay } from '../../src/delay.js';
import { electAfresh } from '../../src/simulation/fresh-election.js';

const trials = 10_000;
/** Ongaro 2014, §9.4, by servers that have failed. */
const publishedMeansMs = [null, 469, 632];

/** Five servers with equal logs, 300 to 600 ms, one way 30 to 40 ms, disks that take no time; ms, smallest first. */
function electionsOf(dead: number): number[] {
  const setting = {
    voters: 5,
    dead,
    logs: 'equal',
    lastHeartbeat: 'assumed',
    core: {
      electionTimeoutMs: 300,
      adaptiveTimeout: null,
      electionJitterMs: 300,
      heartbeatMs: 150,
      retryJitterMs: 1,
      successorSlotMs: 8,
      quorumPatience: 1,
      stallGraceMs: 75,
      voteTimeoutMs: null,
      maxAppendEntries: 64,
      rules: vanillaRules,
    },
    linkDelay: { type: 'uniform', minMs: 30, maxMs: 40 },
    storeDelay: fixedDelay(0),
  } as const;
  return Array.from(
    { length: trials },
    (_, trial) => electAfresh(setting, trial, 60_000)?.electedMs ?? NaN,
  ).toSorted((a, b) => a - b);
}

for (const { failed, percentiles } of wideAreaElections().filter(({ logs }) => logs === 'equal')) {
  test(`a wide-area cluster of five, ${failed} failed, elects as in the dissertation`, (t) => {
    const electedMs = electionsOf(failed);
    const publishedMs = publishedMeansMs[failed] ?? null;
    // With two failed every split vote shows our candidates' fresh timeouts (see figure 16).
    if (publishedMs !== null)
      t.true(Math.abs(mean(electedMs) / publishedMs - 1) < 0.03, `${mean(electedMs)}`);
    t.is(percentiles.length, 9);
    for (const { share, ms } of percentiles) {
      const below = electedMs.filter((sample) => sample <= ms).length / trials;
      t.true(Math.abs(below - share) < 0.02, `${ms} ms: ${below} against ${share}`);
    }
  });
}
