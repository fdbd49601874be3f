/**
 * The closed forms of MEASURING and the simulation were made apart: they have to agree. Seeds are fixed, and each
 * tolerance is what the sample's own scatter allows (four standard errors), never more than one per cent.
 */
import test from 'ava';
import { idealElection } from '../../src/analysis/ideal.js';
import { summarize } from '../../src/analysis/statistics.js';
import { standardRules, vanillaRules } from '../../src/raft/options.js';
import { fixedDelay } from '../../src/delay.js';
import { ElectionSimulator } from '../../src/simulation/elections.js';

const profiles = {
  standard: { ...standardRules, exitNotice: false, rankedSuccessors: false },
  vanilla: vanillaRules,
};
const sizes = [
  { voters: 3, alsoDead: 0 },
  { voters: 5, alsoDead: 0 },
  { voters: 5, alsoDead: 1 },
  { voters: 7, alsoDead: 0 },
];
const timings = [
  { electionTimeoutMs: 150, electionJitterMs: 150, heartbeatMs: 30, delayMs: 0.5, writeMs: 1 },
  { electionTimeoutMs: 150, electionJitterMs: 50, heartbeatMs: 75, delayMs: 0.2, writeMs: 0.5 },
  { electionTimeoutMs: 15, electionJitterMs: 15, heartbeatMs: 3, delayMs: 0.05, writeMs: 0.1 },
  { electionTimeoutMs: 1000, electionJitterMs: 500, heartbeatMs: 100, delayMs: 5, writeMs: 10 },
];

for (const [profile, rules] of Object.entries(profiles)) {
  for (const { voters, alsoDead } of sizes) {
    for (const { delayMs, writeMs, ...timing } of timings) {
      const { electionTimeoutMs: T, electionJitterMs: R, heartbeatMs: h } = timing;
      const group = `${voters} nodes, ${1 + alsoDead} dead`;
      test(`${profile}, ${group}, T ${T}, R ${R}, h ${h}, d ${delayMs}, W 2 × ${writeMs}: the mean is the ideal's`, (t) => {
        const alive = voters - 1 - alsoDead;
        const retryJitterMs = 2 * writeMs;
        const ideal = idealElection({
          ...timing,
          voters,
          alive,
          electable: alive,
          delayMs,
          candidateWriteMs: writeMs,
          voterWriteMs: writeMs,
          logWriteMs: writeMs,
          preVote: rules.preVote,
          retryJitterMs: rules.retryWait ? retryJitterMs : null,
        });
        const expected = ideal.meanWithSplitVotesMs ?? Number.NaN;
        const core = {
          ...timing,
          adaptiveTimeout: null,
          retryJitterMs,
          successorSlotMs: 4,
          quorumPatience: 1,
          stallGraceMs: 75,
          voteTimeoutMs: null,
          maxAppendEntries: 64,
          rules,
        };
        const simulator = new ElectionSimulator(
          { voters, alsoDead, core, linkDelay: fixedDelay(delayMs), storeDelay: fixedDelay(writeMs) },
          7,
        );
        const samples = Array.from({ length: 4000 }, () => simulator.run().electedMs);
        const { mean, min } = summarize(samples);
        const variance =
          samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (samples.length - 1);
        const tolerance = Math.min(0.01 * expected, 4 * Math.sqrt(variance / samples.length));
        const off = mean - expected;
        t.true(Math.abs(off) < tolerance, `${mean} against ${expected}, ± ${tolerance}`);
        t.true(min > ideal.minMs - 1e-6);
      });
    }
  }
}
