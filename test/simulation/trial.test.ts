import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { ScheduledFault } from '../../src/simulation/faults.js';
import { fixedDelay } from '../../src/delay.js';
import { describeFaults, shrinkTrial, traceTrial } from '../../src/simulation/shrink.js';
import { sweep } from '../../src/simulation/sweep.js';
import { planTrial, runTrial, type TrialPlan, type TrialSettings } from '../../src/simulation/trial.js';

const settings: TrialSettings = { profile: 'mixed', nodes: [3, 4, 5, 6, 7] };
const quiet: TrialSettings = { profile: 'standard', nodes: [3] };

test('a hundred seeds under all faults break no rule, and each is worth something', (t) => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const result = runTrial(planTrial(seed, settings));
    t.is(result.violation, null, `seed ${seed}`);
    t.true(result.steps >= 5000 || result.virtualMs >= 60_000, `seed ${seed}`);
    t.true(result.faults >= 5, `seed ${seed}`);
    t.true(result.committed > 0 && result.operations > 0, `seed ${seed}`);
  }
});

test('one seed gives one history, on every engine', (t) => {
  // Written by another engine than most that read it. An intended change of the core changes histories:
  // UPDATE_SCENARIOS=1 writes them anew.
  const file = fileURLToPath(new URL('../../../test/simulation/trace-hashes.txt', import.meta.url));
  const hashes = Array.from({ length: 30 }, (_, seed) => runTrial(planTrial(seed, settings)).hash);
  if (process.env['UPDATE_SCENARIOS'] === '1') writeFileSync(file, `${hashes.join('\n')}\n`);
  t.deepEqual(hashes, readFileSync(file, 'utf8').trimEnd().split('\n'));
});

test('a sweep of several threads sums up what one thread sees', async (t) => {
  const options = { ...settings, firstSeed: 500, seeds: 70, forMs: Number.POSITIVE_INFINITY };
  const seen: number[] = [];
  const two = await sweep({ ...options, threads: 2 }, { onProgress: ({ seeds }) => seen.push(seeds) });
  const one = await sweep({ ...options, threads: 1 });
  t.is(two.seeds, 70);
  t.deepEqual(
    { ...two, threads: 0, elapsedMs: 0, virtualMs: Math.round(two.virtualMs) },
    { ...one, threads: 0, elapsedMs: 0, virtualMs: Math.round(one.virtualMs) },
  );
  t.deepEqual(two.failures, []);
  t.is(seen.at(-1), 70);
});

test('a sweep that is aborted rejects with the reason', async (t) => {
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  const options = { ...settings, firstSeed: 1, seeds: 1000, forMs: Number.POSITIVE_INFINITY, threads: 1 };
  t.is(await t.throwsAsync(sweep(options, { signal })), reason);
});

test('a failure is shrunk to the fault that is enough for it, and told', (t) => {
  const endless: ScheduledFault = { atMs: 900, fault: { type: 'stall', node: 1, forMs: 1e7 } };
  const plan = planTrial(3, quiet);
  const harmless = plan.faults.filter(({ fault }) => fault.type === 'heal' || fault.type === 'partition');
  const faults = [...harmless, endless].toSorted((a, b) => a.atMs - b.atMs);
  const shrunk = shrinkTrial({ ...plan, faults });
  t.deepEqual(shrunk.faults, [endless]);
  const { result, lines } = traceTrial(shrunk, 50, true);
  t.is(result.violation?.rule, 'liveness');
  t.is(lines.length, 50 + 3);
  t.deepEqual(describeFaults(shrunk.faults), ['     900.000  stall node=1 forMs=10000000']);
});

test('a failure that needs no fault is shrunk to none, and what does not fail stays as it is', (t) => {
  const plan = planTrial(3, quiet);
  const slow: TrialPlan = { ...plan, world: { ...plan.world, linkDelay: fixedDelay(1000) } };
  t.deepEqual(shrinkTrial(slow).faults, []);
  t.is(shrinkTrial(plan), plan);
});
