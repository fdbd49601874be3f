import test from 'ava';
import { ablateStress, stressFeatures } from '../../../src/analysis/stress/ablation.js';
import { resolveClusterOptions } from '../../../src/options.js';
import { stressAblationReport } from '../../../src/report/stress-ablation-report.js';

test('each feature is switched against what it is a part of, by a rule or by an adaptive T', (t) => {
  const cluster = resolveClusterOptions({ electionTimeoutMs: 15, electionJitterMs: 15, heartbeatMs: 3 });
  for (const { name, without } of stressFeatures) {
    const { rules, electionTimeoutMs, adaptiveTimeout, quorumPatience } = without(cluster);
    const changed = Object.entries(rules ?? {}).filter(
      ([rule, value]) => Object(cluster.rules)[rule] !== value,
    );
    const adapts = electionTimeoutMs === 'adaptive' && adaptiveTimeout?.minMs === 15;
    t.true(changed.length > 0 || adapts || quorumPatience === 1, name);
  }
});

test.serial('every side is run in turn under everything that is asked for', async (t) => {
  const began: string[] = [];
  const ablation = await ablateStress(
    {
      contentions: [],
      durationMs: 500,
      repeats: 1,
      clients: 0,
      cluster: { nodes: 3, store: 'memory', seed: 1, electionTimeoutMs: 100, heartbeatMs: 20 },
    },
    {
      onBegin: (side, { contention, round }, done, of) =>
        began.push(`${side} ${contention} ${round} ${done}/${of}`),
    },
  );
  const of = stressFeatures.length + 1;
  t.deepEqual(
    began,
    ['everything', ...stressFeatures.map(({ name }) => name)].map((name, at) => `${name} none 1 ${at}/${of}`),
  );
  t.deepEqual(
    [...ablation.full, ...ablation.sides.flatMap(({ summaries }) => summaries)].map(
      ({ measured }) => measured,
    ),
    Array<number>(of).fill(1),
  );
  const report = stressAblationReport(ablation);
  for (const { name } of stressFeatures) t.is(report.split(`\n│ ${name} `).length, 3, 'a row in both tables');
  t.deepEqual(
    report.split('\n').filter((line) => line.length > 120),
    [],
  );
});

test('what makes no sense is refused before anything is started', async (t) => {
  await t.throwsAsync(ablateStress({ contentions: ['hurry:1'] }), { code: 'invalidOption' });
  await t.throwsAsync(ablateStress({ repeats: 0 }), { code: 'invalidOption', message: /`repeats`/u });
});
