import test from 'ava';
import { summarize } from '../../src/analysis/statistics.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import { stressReport } from '../../src/report/stress-report.js';
import { cellOf, failoverOf, incidentOf, stressResultOf } from '../stress-fixture.js';

/** The cells of the nth line that starts with `name`, by column. */
function cellsOf(report: string, name: string, nth = 0): string[] {
  const lines = report.split('\n').filter((line) => line.startsWith(`│ ${name} `));
  return (lines[nth] ?? '')
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const burners = [
  cellOf('burners:4x', 1, {
    counts: { falseElections: 3, explainedByHost: 1, leaderChanges: 2, termSteps: 3, nearMisses: 7 },
    withoutLeaderMs: 120,
    heartbeatGaps: summarize([0.2, 0.9, 1.2]),
    incidents: [
      incidentOf(),
      incidentOf({ outcome: 'saved' }),
      incidentOf({
        outcome: 'termStep',
        blame: { cause: 'unknown', thread: null, evidence: 'Nothing was seen.' },
      }),
    ],
  }),
  cellOf('burners:4x', 2, {
    counts: { falseElections: 1, leaderChanges: 1, termSteps: 1, savedByPreVote: 4 },
    withoutLeaderMs: 80,
    heartbeatGaps: summarize([0.3, 0.4]),
  }),
];

test('counts are added up over the rounds, and those that the host explains stand in brackets', (t) => {
  const report = stressReport(stressResultOf([cellOf('none', 1), ...burners, cellOf('none', 2)]));
  t.deepEqual(cellsOf(report, 'none'), ['none', '2/2', '0', '0', '0', '0', '0', '0', '200.0']);
  t.deepEqual(cellsOf(report, 'burners:4x'), [
    'burners:4x',
    '2/2',
    '4 (1)',
    '3',
    '4',
    '4',
    '7',
    '200.0',
    '200.0',
  ]);
  // The gap of the median run, the p99 and the longest of the worst.
  t.deepEqual(cellsOf(report, 'burners:4x', 1).slice(0, 4), ['burners:4x', '30', '120', '120']);
  t.deepEqual(cellsOf(report, 'burners:4x', 2), ['burners:4x', '0', '10.00 (2)', '20.00 (4)']);
});

test('a level that exerted nothing is no success', (t) => {
  const idle = { verdict: { exerted: false, evidence: 'burners:1: threads waited 0.1 ms' } };
  const none = stressReport(stressResultOf([cellOf('none', 1), cellOf('burners:1', 1, idle)]));
  t.is(cellsOf(none, 'burners:1')[2], 'no pressure');
  t.true(none.includes('  burners:1: no pressure: threads waited 0.1 ms\n'));
  const half = stressReport(
    stressResultOf([cellOf('none', 1), cellOf('burners:1', 1), cellOf('burners:1', 2, idle)]),
  );
  t.regex(half, /^│ burners:1 +│ +2\/2 │ +0, │.*\n│ +│ +│ no pressure in 1 │/mu);
  t.true(half.includes('  burners:1: no pressure in 1 of 2 runs: threads waited 0.1 ms\n'));
  const falsely = stressReport(
    stressResultOf([cellOf('burners:1', 1, { ...idle, counts: { falseElections: 2 } })]),
  );
  t.is(cellsOf(falsely, 'burners:1')[2], '2,', 'what happened without pressure is not hidden by that');
});

test('the baseline needs no pressure', (t) => {
  const quiet = { verdict: { exerted: false, evidence: 'nothing was asked for' } };
  t.is(cellsOf(stressReport(stressResultOf([cellOf('none', 1, quiet)])), 'none')[2], '0');
});

test('cells that measured nothing say why, each reason once', (t) => {
  const reason = 'no cgroup may be made here';
  const skipped = [1, 2].map((round) => ({
    contention: 'quota:50',
    round,
    outcome: { type: 'skipped' as const, reason },
  }));
  const failed = {
    contention: 'flood:1x',
    round: 2,
    outcome: { type: 'failed' as const, reason: 'its process ended with 9' },
  };
  const report = stressReport(
    stressResultOf([cellOf('none', 1), ...skipped, cellOf('flood:1x', 1), failed, cellOf('none', 2)]),
  );
  t.deepEqual(cellsOf(report, 'quota:50').slice(0, 4), ['quota:50', '0/2', 'skipped', '']);
  t.is(cellsOf(report, 'flood:1x')[1], '1/2');
  t.true(report.includes('  quota:50: skipped 2×: no cgroup may be made here\n'));
  t.true(report.includes('  flood:1x: failed 1×: its process ended with 9\n'));
});

test('causes are counted by outcome, the unknown last and its share told of the false elections', (t) => {
  const report = stressReport(stressResultOf(burners));
  t.deepEqual(cellsOf(report, 'no processor was free'), [
    'no processor was free',
    '1',
    '0',
    '1',
    '0',
    '2',
    '67 %',
  ]);
  t.deepEqual(cellsOf(report, 'unknown'), ['unknown', '0', '1', '0', '0', '1', '33 %']);
  t.true(report.indexOf('│ no processor') < report.indexOf('│ unknown'));
  t.true(report.includes('Cause unknown: 1 of 2 false elections (50 %), 1 of 3 incidents.'), report);
});

test('the worst incidents are told with their sentences, changes of leader first, crashes never', (t) => {
  const crash = incidentOf({
    outcome: 'failover',
    blame: { cause: 'injectedCrash', forMs: 999, evidence: 'n1 was crashed.' },
  });
  const late = incidentOf({ node: asNodeId('n2'), leader: null, term: asTerm(9), blame: { forMs: 200 } });
  const report = stressReport(
    stressResultOf([cellOf('burners:4x', 1, { incidents: [incidentOf({ outcome: 'saved' }), crash, late] })]),
  );
  const [, worst = ''] = report.split('The worst 2 of 2 incidents that no crash explains:\n');
  t.deepEqual(worst.split('\n').slice(0, 3), [
    '  #3 burners:4x, round 1, at 12.346 s: n2 stands without a leader in term 9 → another leader',
    '    n1 was ready to run and got no processor for 148 ms of 155 ms of silence.',
    '  #1 burners:4x, round 1, at 12.346 s: n3 gives n1 up in term 4 → saved by pre-vote',
  ]);
  t.false(worst.includes('crashed'));
});

test('failovers are pooled, and have columns only where leaders were crashed', (t) => {
  const cells = [
    cellOf('none', 1, { counts: { crashes: 2 }, failovers: [failoverOf(160), failoverOf(170)] }),
    cellOf('none', 2, { counts: { crashes: 1 }, failovers: [failoverOf(150)] }),
  ];
  const crashed = stressReport(stressResultOf(cells, {}, { faults: 'crash-every-1s' }));
  t.deepEqual(cellsOf(crashed, 'none').slice(0, 3), ['none', '2/2', '3']);
  t.deepEqual(cellsOf(crashed, 'none', 1).slice(4, 6), ['160.0', '170.0']);
  t.false(stressReport(stressResultOf([cellOf('none', 1)])).includes('failover\n'));
});

test('a term with two leaders cannot be overlooked', (t) => {
  const report = stressReport(
    stressResultOf([cellOf('none', 1), cellOf('flood:1x', 1, { counts: { invariantViolations: 2 } })]),
  );
  t.true(report.endsWith('BROKEN: two nodes led in one term: flood:1x 2×.'));
});

test('where T adapts its range is told', (t) => {
  const timeouts = [15, 90, 30].map((electionTimeoutMs, i) => ({ atMs: i * 1000, electionTimeoutMs }));
  const report = stressReport(stressResultOf([cellOf('burners:4x', 1, { timeouts })]));
  t.is(cellsOf(report, 'burners:4x', 1)[4], '15–90');
  const adaptive = stressResultOf([cellOf('none', 1)], { electionTimeoutMs: 'adaptive' });
  t.regex(stressReport(adaptive), /^3 nodes, T adaptive, 50 to 2000, slots of 8,/mu);
});

test('it fits a terminal of 120 columns, and says what was run where', (t) => {
  const long = 'quota:50/100+burners:2@nice5';
  const evidence = `${'the process was throttled in 180 of 200 periods, '.repeat(4)}in all 12.3 s`;
  const report = stressReport(
    stressResultOf(
      [cellOf('none', 1), cellOf(long, 1, { verdict: { exerted: true, evidence }, counts: { crashes: 20 } })],
      { nodes: 3, electionTimeoutMs: 150 },
      { faults: 'crash-every-1s' },
    ),
  );
  t.deepEqual(
    report.split('\n').filter((line) => line.length > 120),
    [],
  );
  t.deepEqual(report.split('\n').slice(0, 4), [
    'Stress: 2 contentions, 1 round of 20 s each',
    '3 nodes, T 150, slots of 8, h 30, r 10, disk store, standard profile, exit notice on, seed 42',
    '2 clients, each a write every 20 ms; the leader crashed every second',
    'Node v20.19.0, linux x64, 2 × Engine, load 0.25',
  ]);
});
