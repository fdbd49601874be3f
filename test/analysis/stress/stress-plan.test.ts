import test from 'ava';
import { parseStressResult } from '../../../src/analysis/stress/read-stress.js';
import { isSamePlan, planDifference, resolveStressPlan } from '../../../src/analysis/stress/stress-plan.js';
import type { StressOptions } from '../../../src/analysis/stress/stress-result.js';
import { cellOf, incidentOf, stressResultOf } from '../../stress-fixture.js';

test('by default there is one contention of each kind behind the baseline', (t) => {
  const { contentions, durationMs, repeats, faults, clients } = resolveStressPlan();
  t.is(contentions[0], 'none');
  for (const kind of ['burners', 'processes', 'hog', 'quota', 'stop', 'memory', 'main', 'flood', 'disk']) {
    t.true(
      contentions.some((text) => text.startsWith(`${kind}:`)),
      kind,
    );
  }
  t.deepEqual([durationMs, repeats, faults, clients], [20_000, 5, 'none', { count: 2, intervalMs: 20 }]);
});

test('the baseline comes first and once, also where it is named', (t) => {
  const { contentions } = resolveStressPlan({ contentions: ['burners:2', ' none ', 'flood:1x'] });
  t.deepEqual(contentions, ['none', 'burners:2', 'flood:1x']);
});

for (const [options, message] of [
  [{ contentions: ['hurry:3'] }, /^Expected `contention` to be of a kind .*, got 'hurry:3'$/u],
  [{ contentions: ['hog:100/500@n9'] }, /^Expected `contention` to name nodes of n1, .* `n9`/u],
  [{ contentions: ['burners:2', 'burners:2'] }, /^Expected `contention` to name each contention once/u],
  [{ durationMs: 10 }, /^Expected `durationMs` to be a number from 500 to 86400000, got 10$/u],
  [{ repeats: 0 }, /^Expected `repeats` to be a whole number from 1 to 10000, got 0$/u],
  [{ clients: -1 }, /^Expected `clients` to be a whole number from 0 to 1000, got -1$/u],
  [{ clientIntervalMs: 0 }, /^Expected `clientIntervalMs` to be a number from 1 to 60000, got 0$/u],
  [
    { clients: 0, clientIntervalMs: 5 },
    /^Expected `clientIntervalMs` to be left out without `clients`, got 5$/u,
  ],
  [{ faults: 'fire' }, /^Expected `faults` to be none or crash-every-1s, got 'fire'$/u],
  [{ faults: 'crash-every-1s', cluster: { nodes: 2 } }, /^Expected `nodes` to be at least 3/u],
  [{ cluster: { heartbeatMs: 200 } }, /^Expected `heartbeatMs` to be less than/u],
  [{ cluster: { dataDir: './there' } }, /^Expected `dataDir` to be left out of a stress run/u],
  [{ cluster: { keep: true } }, /^Expected `keep` to be left out of a stress run/u],
] as const) {
  test(`refused before anything starts: ${JSON.stringify(options)}`, (t) => {
    // As a script without types would call it.
    t.throws(() => resolveStressPlan(options as StressOptions), { message, code: 'invalidOption' });
  });
}

test('a plan is the same whatever its seed, and another one with any other option', (t) => {
  const plan = resolveStressPlan({ cluster: { seed: 1 } });
  t.true(isSamePlan(plan, resolveStressPlan({ cluster: { seed: 2 } })));
  t.true(isSamePlan(plan, JSON.parse(JSON.stringify(plan)) as typeof plan), 'as it comes out of a file');
  t.false(isSamePlan(plan, resolveStressPlan({ repeats: 4 })));
  t.false(isSamePlan(plan, resolveStressPlan({ contentions: ['burners:4x'] })));
  t.false(isSamePlan(plan, resolveStressPlan({ cluster: { heartbeatMs: 20 } })));
});

test('of two plans the first part that differs is named', (t) => {
  const plan = resolveStressPlan();
  t.is(planDifference(plan, resolveStressPlan()), null);
  t.deepEqual(planDifference(plan, resolveStressPlan({ cluster: { heartbeatMs: 20 } })), {
    path: 'cluster.heartbeatMs',
    a: 30,
    b: 20,
  });
  t.is(planDifference(plan, resolveStressPlan({ clients: 0 }))?.path, 'clients.count');
});

test('nobody is told that a leader is gone, unless it is asked for', (t) => {
  t.false(resolveStressPlan().cluster.rules.exitNotice);
  t.true(resolveStressPlan({ cluster: { rules: { exitNotice: true } } }).cluster.rules.exitNotice);
  t.false(resolveStressPlan({ cluster: { rules: { preVote: false } } }).cluster.rules.exitNotice);
  t.false(resolveStressPlan({ cluster: { rules: { exitNotice: undefined } } }).cluster.rules.exitNotice);
});

const whole = stressResultOf([
  cellOf('none', 1, { incidents: [incidentOf()] }),
  { contention: 'quota:50', round: 1, outcome: { type: 'skipped', reason: 'no cgroup' } },
]);

test('a result is read back as it was written', (t) => {
  t.deepEqual(parseStressResult(JSON.stringify(whole), 'x.json'), whole);
});

const [first] = whole.cells;
for (const [what, broken, message] of [
  ['no JSON', '{"schema":', /^Expected x\.json to be JSON; it may be cut short/u],
  ['another schema', '{"schema":"electorate.election-bench/2"}', /^Expected `schema` in x\.json to be/u],
  ['no cells', JSON.stringify({ ...whole, cells: 7 }), /^Expected `cells` in x\.json to be a list$/u],
  [
    'a cell without counts',
    JSON.stringify({ ...whole, cells: [{ ...first, outcome: { ...first?.outcome, counts: {} } }] }),
    /^Expected `cells\[0\]\.outcome\.counts\.crashes` in x\.json to be a number$/u,
  ],
  [
    'an incident without evidence',
    JSON.stringify({
      ...whole,
      cells: [{ ...first, outcome: { ...first?.outcome, incidents: [{ blame: {} }] } }],
    }),
    /^Expected `cells\[0\]\.outcome\.incidents\[0\]\.blame\.evidence` in x\.json to be a text$/u,
  ],
] as const) {
  test(`a file is refused: ${what}`, (t) => {
    t.throws(() => parseStressResult(broken, 'x.json'), { message, code: 'resultUnreadable' });
  });
}
