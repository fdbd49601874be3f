import test from 'ava';
import { judgeReach, reachRuns, reachSettings, type ReachCell } from '../../../src/analysis/stress/reach.js';
import { resolveStressPlan } from '../../../src/analysis/stress/stress-plan.js';
import type { StressCell, StressResult } from '../../../src/analysis/stress/stress-result.js';
import { reachReport } from '../../../src/report/stress-reach-report.js';
import { cellOf, failoverOf, stressResultOf } from '../../stress-fixture.js';

function resultOf(
  name: (typeof reachSettings)[number]['name'],
  cells: readonly StressCell[],
  plan: Partial<StressResult['plan']> = {},
): StressResult {
  const setting = reachSettings.find((each) => each.name === name);
  return stressResultOf(cells, setting?.cluster ?? {}, plan);
}

function only(cells: readonly ReachCell[], row: string): ReachCell | undefined {
  return cells.find((cell) => cell.row === row);
}

function verdictOf(name: 'T = 150' | 'T = 15, R = 15', cells: readonly StressCell[]): string | undefined {
  return only(judgeReach([resultOf(name, cells)]), 'hog:100/500@leader')?.verdict;
}

function failovers(ms: number, count: number): Parameters<typeof cellOf>[2] {
  return {
    counts: { crashes: count },
    failovers: Array.from({ length: count }, () => failoverOf(ms)),
  };
}

function after(early: number, late: number): Parameters<typeof cellOf>[2] {
  return {
    recovery: [
      { atMs: 1000, electedMs: early },
      { atMs: 6000, electedMs: late },
      { atMs: 9000, electedMs: late },
    ],
  };
}

function failoversJudged(ms: number, count: number): ReachCell | undefined {
  const cells = [cellOf('none', 1, failovers(200, count)), cellOf('burners:4x', 1, failovers(ms, count))];
  const judged = judgeReach([resultOf('T = 150', cells, { faults: 'crash-every-1s' })]);
  return only(judged, 'p99 failover, burners:4x');
}

function recoveryJudged(late: number): ReachCell | undefined {
  const cells = [cellOf('none', 1, after(20, 20)), cellOf('flood:1x', 1, after(900, late))];
  return only(judgeReach([resultOf('adaptive from 15', cells)]), 'failover 5 to 10 s after flood:1x');
}

const falsely = (falseElections: number, explainedByHost = 0): { counts: object } => ({
  counts: { falseElections, explainedByHost, leaderChanges: falseElections, termSteps: falseElections },
});

test('every run of the table is one that can be resolved, with the contentions it is judged by', (t) => {
  const size = { durationMs: 20_000, repeats: 5, crashRepeats: 16 };
  const runs = reachRuns({ ...size, contentions: ['burners:4x', 'flood:1x'] });
  t.deepEqual(
    runs.map((run) => resolveStressPlan(run)).map(({ contentions, faults }) => [faults, ...contentions]),
    [
      ['none', 'none', 'burners:4x', 'flood:1x'],
      ['crash-every-1s', 'none', 'burners:4x'],
      ['none', 'none', 'burners:4x', 'flood:1x'],
      ['crash-every-1s', 'none', 'burners:4x'],
      ['none', 'none', 'burners:4x', 'flood:1x'],
    ],
  );
});

test('false elections count over all rounds, without those that the host explains', (t) => {
  const cells = [cellOf('burners:4x', 1, falsely(1)), cellOf('burners:4x', 2, falsely(2, 2))];
  const [wide, narrow] = [
    judgeReach([resultOf('T = 150', cells)]),
    judgeReach([resultOf('T = 15, R = 15', cells)]),
  ];
  t.like(only(wide, 'burners:4x'), { measured: '1 (and 2 by the host)', aim: '0', verdict: 'missed' });
  t.like(only(narrow, 'burners:4x'), { aim: '≤ 1', verdict: 'reached' });
});

test('without pressure nothing was shown, but a miss is a miss', (t) => {
  const idle = { verdict: { exerted: false, evidence: 'nothing waited' } };
  const cells = [cellOf('flood:1x', 1, idle), cellOf('stop:400/2000', 1, { ...idle, ...falsely(1) })];
  const judged = judgeReach([resultOf('T = 150', cells)]);
  t.like(only(judged, 'flood:1x'), { measured: '0, no pressure in 1 of 1', verdict: 'notShown' });
  t.is(only(judged, 'stop:400/2000')?.verdict, 'missed');
  const skipped = {
    contention: 'quota:50+burners:2',
    round: 1,
    outcome: { type: 'skipped', reason: '' },
  } as const;
  t.like(only(judgeReach([resultOf('T = 150', [skipped])]), 'quota:50+burners:2'), {
    measured: 'skipped',
    verdict: 'notShown',
  });
});

test('a hogged leader may have one successor a round at T = 15, none at T = 150', (t) => {
  const one = [cellOf('hog:100/500@leader', 1, falsely(1)), cellOf('hog:100/500@leader', 2, falsely(1))];
  const two = [cellOf('hog:100/500@leader', 1, falsely(2))];
  t.is(verdictOf('T = 15, R = 15', one), 'reached');
  t.is(verdictOf('T = 15, R = 15', two), 'missed');
  t.is(verdictOf('T = 150', one), 'missed');
});

test('two leaders in one term are a miss whatever the count', (t) => {
  const cells = [cellOf('none', 1, { counts: { invariantViolations: 1 } })];
  const [cell] = judgeReach([resultOf('T = 150', cells)]);
  t.is(cell?.verdict, 'missed');
  t.true(cell?.measured.includes('TWO LEADERS'));
});

test('failovers are compared with quiet ones, and too few of them show nothing', (t) => {
  t.like(failoversJudged(259, 300), { aim: '≤ 260 ms', verdict: 'reached' });
  t.is(failoversJudged(261, 300)?.verdict, 'missed');
  t.is(failoversJudged(259, 299)?.verdict, 'notShown');
  t.is(failoversJudged(261, 299)?.verdict, 'missed');
});

test('behind the pressure an adaptive cluster is as quick as ever from the fifth second on', (t) => {
  t.like(recoveryJudged(24), { measured: '24 ms of 2; quiet 20', aim: '≤ 24 ms', verdict: 'reached' });
  t.is(recoveryJudged(25)?.verdict, 'missed');
});

test('the table shows misses as misses, and counts them', (t) => {
  const results = [
    resultOf('T = 150', [cellOf('none', 1), cellOf('burners:4x', 1, falsely(3))]),
    resultOf('T = 15, R = 15', [cellOf('none', 1), cellOf('burners:4x', 1)]),
  ];
  const report = reachReport(judgeReach(results), results);
  t.regex(report, /^│ contention +│ +T = 150 │ +T = 15, R = 15 │$/mu);
  t.regex(report, /^│ burners:4x +│ +3 │ +0 │\n│ +│ +MISSED \(0\) │ +reached \(≤ 1\) │$/mu);
  t.true(report.includes('3 reached, 1 missed, 0 not shown.'));
  t.deepEqual(
    report.split('\n').filter((line) => line.length > 120),
    [],
  );
});
