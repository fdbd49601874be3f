import test from 'ava';
import type { Comparison, ComparedFigure, RunComparison } from '../../src/analysis/comparison.js';
import { comparisonReport } from '../../src/report/comparison-report.js';

const figure: ComparedFigure = {
  name: 'fault → elected',
  statistic: 'mean',
  unit: 'ms',
  a: 150,
  b: 165,
  difference: 15,
  interval: [12, 18],
  shown: 'worse',
  gated: true,
};
const splits: ComparedFigure = {
  name: 'split votes',
  statistic: 'mean',
  unit: 'a trial',
  a: 0.01,
  b: 0.01,
  difference: 0,
  interval: null,
  shown: 'none',
  gated: false,
};
const run: RunComparison = {
  a: { label: 'threads, T 150', trials: 100 },
  b: { label: 'threads, T 165', trials: 90 },
  figures: [figure, splits],
  distance: 0.4,
  distanceP: 1e-9,
  regressions: [figure],
};

function report(change: Partial<RunComparison> = {}, comparison: Partial<Comparison> = {}): string {
  return comparisonReport({
    maxRegression: 0.05,
    runs: [{ ...run, ...change }],
    regressed: true,
    ...comparison,
  });
}

test('what is worse is said with its interval, and why the gate fails', (t) => {
  const text = report();
  t.true(text.startsWith('A: threads, T 150, 100 trials\nB: threads, T 165, 90 trials\n'));
  t.regex(text, /fault → elected, mean \* │ 150.0 │ 165.0 │ \+15.00 │ \+12.00 … \+18.00 │ \+10.0 % │ worse/);
  t.regex(text, /split votes, mean +│ 0.010 │ 0.010 │ +0 │ +too few trials │ +│ +│/);
  t.regex(text, /KS distance 0.400, p < 0.001\.\nB is worse in fault → elected \(mean\)\./);
  t.true(text.endsWith('\n\nB is worse by more than 5 % in 1 of the figures marked *.'));
});

test('no difference shown', (t) => {
  const same = { ...figure, b: 150, difference: 0, interval: [-2, 2], shown: 'none' } as const;
  const text = report(
    { b: run.a, figures: [same], regressions: [], distanceP: 0.5 },
    { regressed: false, maxRegression: 0 },
  );
  t.true(text.startsWith('A and B: threads, T 150; 100 and 100 trials\n'));
  t.true(text.endsWith('p = 0.500.\nNo difference shown.\n\nNo figure marked * was shown to be worse.'));
});
