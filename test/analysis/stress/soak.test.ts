/** On real threads, for a short while. */
import test from 'ava';
import { soak } from '../../../src/analysis/stress/soak.js';
import { soakReport } from '../../../src/report/soak-report.js';

test.serial(
  'what was acknowledged among faults and contention is there at the end, in equal logs',
  async (t) => {
    const contentions: string[] = [];
    const result = await soak(
      { durationMs: 6000, cluster: { nodes: 3, seed: 5, store: 'memory', rules: { exitNotice: false } } },
      { onEpisode: ({ contention }) => contentions.push(contention) },
    );
    t.true(result.acknowledged > 10, `${result.acknowledged}`);
    t.deepEqual(result.missing, []);
    t.deepEqual(result.violations, []);
    t.true(result.episodes.length >= 1);
    t.deepEqual(
      contentions,
      result.episodes.map(({ contention }) => contention),
    );
    t.true(result.episodes.some(({ faults }) => faults.length > 0));
    const [first] = result.episodes;
    t.true((first?.sample.entries ?? 0) >= result.acknowledged / 2);
    t.true((first?.sample.ownBytes ?? 0) < (first?.sample.residentBytes ?? 0));
    const report = soakReport(result);
    t.regex(report, /^invariants: held$/mu);
    t.regex(report, new RegExp(`^acknowledged: ${result.acknowledged}, missing: none$`, 'mu'));
    t.false(
      soakReport({ ...result, violations: ['two of them'], missing: [7] }).includes('invariants: held'),
    );
  },
);

test.serial('a soak that is called off ends with the reason of whoever called it off', async (t) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = soak(
    { durationMs: 60_000, cluster: { nodes: 3, seed: 6, store: 'memory' } },
    { onEpisode: () => controller.abort(reason), signal: controller.signal },
  );
  t.is(await t.throwsAsync(running), reason);
});

test('a length that is none is refused before anything starts', async (t) => {
  await t.throwsAsync(soak({ durationMs: 10 }), { code: 'invalidOption', message: /`durationMs`/u });
});
