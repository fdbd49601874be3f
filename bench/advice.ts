/** Do the timeouts that are advised for this machine do what is predicted of them? */
import { adviseTimeouts } from '../src/analysis/advising.js';
import { aim, ask, figure, size } from './harness.js';

ask('Advised timeouts against their prediction: five nodes, disk store');
const { advice, predictions, verification } = await adviseTimeouts({
  trials: size(100, 5),
  watchMs: size(10_000, 300),
  seed: 1,
});
const { electionTimeoutMs: T, electionJitterMs: R, heartbeatMs: h, retryJitterMs: r } = advice;
const { mean, p99 } = verification.summary.electedMs;
console.log(`T ${T}, R ${R}, h ${h}, r ${r} ms: mean ${figure(mean)} ms, p99 ${figure(p99)} ms`);
const { meanMs, p99Ms } = predictions.simulation;
console.log(`predicted by simulation: mean ${figure(meanMs)} ms, p99 ${figure(p99Ms)} ms`);
for (const reason of verification.reasons) console.log(`  ${reason}`);
aim('distance of the mean', 100 * Math.abs(verification.meanError), '≤', 5, '%');
aim('distance of p99', 100 * Math.abs(verification.p99Error), '≤', 15, '%');
