import test from 'ava';
import { ablate, features, type AblationResult, type AblationSide } from '../../src/analysis/ablation.js';
import { standardRules } from '../../src/raft/options.js';
import { ablationReport } from '../../src/report/ablation-report.js';

const result = await ablate({ trials: 300, runs: 4, cluster: { seed: 1 } });
const unranked = await ablate({
  trials: 1000,
  runs: 1,
  cluster: { seed: 1, rules: { rankedSuccessors: false } },
});

function without(name: string, from: AblationResult = result): AblationResult['rows'][number] {
  const row = from.rows.find(({ feature }) => feature.name === name);
  if (row === undefined) throw new Error(`nothing is known of ${name}`);
  return row;
}

/** What the mean is longer by, at the least. */
function costs({ difference }: AblationResult['rows'][number]): number {
  return difference.mean.interval?.[0] ?? Number.NaN;
}

/** Per run, on average. */
function elections(side: AblationSide, situation: string): number {
  const verdicts = side.situations.find(({ name }) => name === situation)?.verdicts ?? [];
  return verdicts.reduce((sum, verdict) => sum + verdict.elections, 0) / verdicts.length;
}

test('every rule of the protocol is some feature', (t) => {
  const switched = new Set(features.flatMap(({ rules }) => Object.keys(rules)));
  t.deepEqual([...switched].toSorted(), Object.keys(standardRules).toSorted());
});

test('with everything nothing happens where no election is due', (t) => {
  for (const { name, verdicts } of result.full.situations) {
    const due = name === 'one-way in' || name === 'missed heartbeat' ? 1 : 0;
    t.true(
      verdicts.every((verdict) => verdict.outcome === 'recover' && verdict.elections === due),
      name,
    );
  }
});

test('each feature shows in the situation in which it matters', (t) => {
  const burned = without('pre-vote').situations[0]?.verdicts.map(({ termsBurned }) => termsBurned) ?? [];
  t.is(without('pre-vote').situations[0]?.name, 'rejoin with a high term');
  t.true(Math.min(...burned) > 5);
  t.true(elections(without('lease'), 'flapping link') > 10);
  t.is(elections(without('quorum check'), 'one-way in'), 0, 'the deaf leader stays');
  t.true(elections(without('running clock'), 'starved machine') > 10);
  t.true(elections(without('restart wait'), 'restarted followers') > 0);
  t.true(elections(without('restart wait'), 'rejoin with a high term') === 0);
});

test('each feature shows in the latency where it matters, with an interval that leaves 0 out', (t) => {
  t.true(costs(without('broadcast heartbeats')) > 4);
  t.true(costs(without('ranked successors')) > 2);
  t.true((without('exit notice (on)').difference.mean.interval?.[1] ?? 0) < -130);
  t.true(costs(without('retry wait', unranked)) > 1, 'where candidates collide');
  t.true(costs(without('early loss', unranked)) > 1);
  const [low, high] = without('running clock').difference.mean.interval ?? [1, 1];
  t.true(low <= 0 && high >= 0, 'no thread stands still in this simulation');
});

test('what the cluster is without already is no row', (t) => {
  t.false(unranked.rows.some(({ feature }) => feature.name === 'ranked successors'));
  t.is(unranked.rows.length, features.length - 1);
});

test('same seed, same result', async (t) => {
  const options = { trials: 20, runs: 1, cluster: { seed: 5 } };
  const [first, second] = [await ablate(options), await ablate(options)];
  t.deepEqual(first.rows, second.rows);
});

test('the report names what is unsafe, and shows a difference only where there is one', (t) => {
  const text = ablationReport(result);
  t.regex(text, /^│ broadcast heartbeats +│ +[\d.]+ │ +\+[\d.]+ \[\+[\d.]+, \+[\d.]+\] │/mu);
  t.regex(text, /^│ running clock +│ +[\d.]+ │ += │/mu);
  t.regex(text, /^│ lease ! /mu);
  t.regex(text, /livelock \d/u);
  t.regex(text, /deadlock 0\.0 \/ 0\.0/u);
});

for (const [options, message] of [
  [{ trials: 0 }, /`trials` to be a whole number from 1/u],
  [{ runs: 0.5 }, /`runs` to be a whole number from 1/u],
  [{ cluster: { nodes: 2 } }, /`nodes` to be at least 3/u],
  [{ engine: 'threads', cluster: { dataDir: 'x' } }, /`dataDir` to be left out of an ablation, got 'x'/u],
  [{ engine: 'threads', cluster: { keep: true } }, /`keep` to be left out of an ablation, got true/u],
  [{ cluster: { rules: { exitNotice: true } } }, /`rules\.exitNotice` to be off in an ablation/u],
  [{ cluster: { wiring: 'direct' } }, /`wiring` to be left out of a simulation, got 'direct'/u],
] as const) {
  test(`refused before anything is started: ${JSON.stringify(options)}`, async (t) => {
    await t.throwsAsync(ablate(options), { code: 'invalidOption', message });
  });
}
