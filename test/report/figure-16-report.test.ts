import test from 'ava';
import type { Figure16Curve, Figure16Result, Figure16RowResult } from '../../src/analysis/figure-16.js';
import { summarize } from '../../src/analysis/statistics.js';
import { cdfPlot, shareOf } from '../../src/report/cdf-plot.js';
import { figure16Report } from '../../src/report/figure-16-report.js';

test('a plot of distributions rises from left to right, the first curve on top', (t) => {
  const steep = { mark: '#', shareAt: shareOf([20, 20, 20]) };
  const even = { mark: '.', shareAt: shareOf(Array.from({ length: 101 }, (_, at) => at)) };
  const lines = cdfPlot([steep, even], { fromMs: 0, toMs: 100, columns: 11, lines: 5 }).split('\n');
  t.deepEqual(lines, [
    '100 % │  #########',
    '      │  #    ..',
    ' 50 % │  # ...',
    '      │  #.',
    '  0 % │##',
    '      └───────────',
    '       0 25 50 75 100 ms',
  ]);
});

test('a plot over more than twentyfold is logarithmic, and says so', (t) => {
  const plot = cdfPlot([{ mark: '#', shareAt: () => 1 }], { fromMs: 1, toMs: 10_000 });
  t.regex(plot, /\n +1 +10 +100 +1000 +10000 ms, logarithmic$/u);
});

test('the share of samples is that of those which are no greater', (t) => {
  const share = shareOf([1, 2, 2, 4]);
  t.deepEqual(
    [0.5, 1, 2, 3, 4, 9].map((ms) => share(ms)),
    [0, 0.25, 0.75, 0.75, 1, 1],
  );
  t.is(shareOf([])(1), 0);
});

const samples = Array.from({ length: 100 }, (_, at) => 100 + at);

function curve(profile: 'vanilla' | 'standard', changes: Partial<Figure16Curve> = {}): Figure16Curve {
  return {
    profile,
    trials: 100,
    unelected: 0,
    electedMs: samples,
    elected: summarize(samples),
    known: summarize(samples.map((ms) => ms + 1)),
    deviation: { mean: 0.01, meanHalf95: 0.02, distance: 0.05, distanceByChance: 0.06 },
    quiet: null,
    ...changes,
  };
}

function row(changes: Partial<Figure16RowResult> = {}): Figure16RowResult {
  return {
    range: '150-300',
    electionTimeoutMs: 150,
    electionJitterMs: 150,
    departure: null,
    paper: {
      summary: summarize(samples),
      percentilesMs: Array.from({ length: 101 }, (_, at) => 100 + Math.max(0, at - 1)),
    },
    ideal: null,
    curves: [curve('vanilla'), curve('standard')],
    ...changes,
  };
}

function report(rows: readonly Figure16RowResult[], engine: 'simulation' | 'threads' = 'simulation'): string {
  const result: Figure16Result = {
    schema: 'electorate.figure-16/1',
    machine: { node: 'v20.0.0', platform: 'linux x64', cores: 2, cpu: 'CPU', load: 0, memoryBytes: 0 },
    options: { engine, trials: null, seed: 3, profiles: ['vanilla', 'standard'] },
    elapsedMs: 2345,
    rows,
  };
  return figure16Report(result);
}

test('the report of figure 16 says what was run, and draws a plot and a line for each row', (t) => {
  const text = report([row(), row({ range: '12-24' })]);
  t.regex(text, /400 trials in 2\.3 s, simulated, .*seed 3\nNode v20\.0\.0, linux x64\n/u);
  t.is(text.match(/ms {3}● vanilla {3}○ standard {3}\+ paper\n100 % │/gu)?.length, 2);
  t.regex(
    text,
    /│ 150–300 +│ 149\.0 │ 149\.0 │ 149\.5 │ +│ 149\.5 │ \+1\.0 % ± 2\.0 │ .* 0\.050 │ +150\.5 │ +matches │/u,
  );
});

test('the report of figure 16 tells a match from an uncertain one, a miss, and what was not expected', (t) => {
  const of = { mean: 0.01, meanHalf95: 0.03, distance: 0.05, distanceByChance: 0.06 };
  t.is(verdictOf({ ...of, mean: -0.049 }), 'matches');
  t.is(verdictOf({ ...of, mean: 0.06 }), 'within error');
  t.is(verdictOf({ ...of, distance: 0.15 }), 'within error');
  t.is(verdictOf({ ...of, mean: -0.09 }), 'MISSED');
  t.is(verdictOf({ ...of, distance: 0.17 }), 'MISSED');
  t.is(verdictOf({ ...of, mean: 1 }, 'candidateRearms'), 'not expected (b)');
  t.is(verdictOf({ ...of, mean: 1 }, 'testbedScatter'), 'not expected (a)');
});

test('the report of figure 16 on threads names the machine, and shows what is left without stalls', (t) => {
  const few = samples.slice(0, 40);
  const quiet = {
    electedMs: few,
    elected: summarize(few),
    known: summarize(few),
    deviation: { mean: 0.09, meanHalf95: 0.01, distance: 0.05, distanceByChance: 0.2 },
  };
  const curves = [curve('vanilla', { quiet }), curve('standard', { quiet })];
  const text = report([row({ curves })], 'threads');
  t.regex(text, /200 trials in 2\.3 s, on threads, .*\nNode v20\.0\.0, linux x64, 2 × CPU, load 0\.00\n/u);
  const [before = '', after = ''] = text.split(
    'Without the trials in which a timer or a write came 5 ms late: 80 of 200 are left.\n',
  );
  t.regex(before, /│ 150–300 +│ 149\.0 │ .*matches │/u);
  t.regex(after, /│ 150–300 +│ 119\.0 │ .*\+9\.0 % ± 1\.0.*MISSED │/u);
  t.is(text.match(/│ standard, ms/gu)?.length, 2);
});

test('the report of figure 16 holds a row in which nobody was elected', (t) => {
  const nobody = curve('vanilla', {
    electedMs: [],
    unelected: 100,
    elected: null,
    known: null,
    deviation: null,
  });
  const text = report([
    row({ range: '150-150', departure: 'testbedScatter', curves: [nobody, curve('standard')] }),
  ]);
  t.regex(text, /│ 150–150 +│ nobody │/u);
  t.regex(text, /150–150 ms {3}○ standard {3}\+ paper\n/u);
  t.regex(text, /Given up after a minute without a leader: 100 of 150–150\./u);
});

function verdictOf(
  deviation: Figure16Curve['deviation'],
  departure: Figure16RowResult['departure'] = null,
): string {
  const text = report([row({ departure, curves: [curve('vanilla', { deviation })] })]);
  return /│ +([^│]+?) │\n└/u.exec(text)?.[1] ?? '';
}
