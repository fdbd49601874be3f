/** Does it last? Fifteen minutes of random contention and faults, or as many as are asked for: `soak.js 30`. */
import { setFlagsFromString } from 'node:v8';
import { soak } from '../src/analysis/stress/soak.js';
import { soakReport } from '../src/report/soak-report.js';
import { ask, isSmoke } from './harness.js';

// Memory is to be what is in use, not what nobody has had to collect yet. Threads take it over when they start.
setFlagsFromString('--heap-growing-percent=20');
ask('Promises kept, and nothing that grows but the logs: five nodes under random contention and faults');
const minutes = Number(process.argv.slice(2).find((word) => /^\d/u.test(word)) ?? 15);
const result = await soak(
  { durationMs: isSmoke ? 10_000 : minutes * 60_000, cluster: { rules: { exitNotice: false }, seed: 1 } },
  {
    onEpisode: ({ contention, faults, sample }) =>
      console.error(
        `${(sample.atMs / 1000).toFixed(0)} s: ${contention}, ${faults.length} faults, ${sample.entries} entries`,
      ),
  },
);
console.log(soakReport(result));
if (result.violations.length > 0 || result.missing.length > 0) process.exitCode = 1;
