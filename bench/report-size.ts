/** How long does it take to write a report of 10,000 trials, and how large is it? */
import { benchSimulatedElections } from '../src/analysis/simulated-bench.js';
import { electionPage } from '../src/report/election-page.js';
import { aim, ask, size } from './harness.js';

ask('Report of simulated trials: T = R = 150, h = 30, messages of 0.5 ms and more');
const trials = size(10_000, 200);
const result = await benchSimulatedElections({
  trials,
  linkDelay: { type: 'lognormal', medianMs: 0.5, sigma: 1 },
  cluster: { seed: 1, rules: { exitNotice: false } },
});
const before = performance.now();
const page = await electionPage(result);
const seconds = (performance.now() - before) / 1000;
console.log(`${trials} trials`);
aim('report written in', seconds, '≤', 2, 's');
aim('report', Buffer.byteLength(page) / 1e6, '≤', 3, 'MB');
