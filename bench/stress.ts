/**
 * How much contention does a cluster bear? Five nodes at T = 150, at T = 15, and adaptive; about two hours in full.
 * With files that `electorate stress --json` wrote, one a setting, it judges these instead.
 */
import { judgeReach, reachContentions, reachRuns } from '../src/analysis/stress/reach.js';
import { readStressResult } from '../src/analysis/stress/read-stress.js';
import type { StressResult } from '../src/analysis/stress/stress-result.js';
import { stress } from '../src/analysis/stress/stress.js';
import { reachReport } from '../src/report/stress-reach-report.js';
import { ask, isSmoke, size } from './harness.js';

ask('False elections and failovers by contention: five nodes, T = 150, T = 15 with R = 15, and adaptive');
const contentions = isSmoke ? ['burners:4x'] : reachContentions;
const sizes = { durationMs: size(20_000, 500), repeats: size(5, 1), crashRepeats: size(16, 1), contentions };
const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const runs = files.length > 0 ? [] : reachRuns(sizes).slice(0, size(5, 2));
const results: StressResult[] = [];
for (const file of files) results.push(await readStressResult(file));
for (const run of runs) {
  const options = { ...run, cluster: { ...run.cluster, seed: 1 } };
  results.push(await stress(options, { onBegin: show }));
}
console.log(`\n${reachReport(judgeReach(results), results)}`);

function show({ contention }: { readonly contention: string }, done: number, of: number): void {
  console.error(`run ${results.length + 1}/${runs.length}, cell ${done + 1}/${of}: ${contention}`);
}
