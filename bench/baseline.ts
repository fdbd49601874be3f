/**
 * What do elections with the defaults cost, in virtual time? Writes it to a file, for `electorate compare`: the same
 * code gives the same file. `node dist/bench/baseline.js bench/baseline.json` says that today's figures are right.
 */
import { writeFileSync } from 'node:fs';
import { samplesOf, type ElectionSamplesFile } from '../src/analysis/election-samples.js';
import { benchSimulatedElections } from '../src/analysis/simulated-bench.js';

const [, , file = ''] = process.argv;
const runs = [];
for (const rules of [
  {},
  { exitNotice: false },
  { rankedSuccessors: false },
  { exitNotice: false, rankedSuccessors: false },
]) {
  const result = await benchSimulatedElections({
    trials: 300,
    linkDelay: { type: 'lognormal', medianMs: 0.3, sigma: 0.5 },
    storeDelay: { type: 'lognormal', medianMs: 0.6, sigma: 0.5 },
    cluster: { seed: 1, rules },
  });
  runs.push(samplesOf(result));
}
const kept: ElectionSamplesFile = { schema: 'electorate.election-samples/1', runs };
writeFileSync(file, `${JSON.stringify(kept)}\n`);
