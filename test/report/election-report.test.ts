import test from 'ava';
import {
  compareWithIdeal,
  summarizeTrials,
  summarizeUnmarked,
  type ElectionBenchResult,
  type IdealComparison,
} from '../../src/analysis/election-result.js';
import type { Trial } from '../../src/analysis/trial.js';
import { resolveClusterOptions } from '../../src/options.js';
import { asNodeId } from '../../src/raft/brands.js';
import { electionReport } from '../../src/report/election-report.js';
import { formatChange, formatMs } from '../../src/report/format.js';

const trial: Trial = {
  crashed: asNodeId('n1'),
  winner: asNodeId('n2'),
  rounds: 1,
  splitVotes: 0,
  phases: { detect: 170, lostRounds: 0, preVote: 0.4, vote: 0.0002, establish: 1, ready: 0.5 },
  electedMs: 170.4002,
  establishedMs: 171.4002,
  readyMs: 171.9002,
  knownMs: 171,
  timerLatenessMs: 0.05,
  lostMs: 0,
  outageMs: null,
  routerLagMs: 0.2,
  observerLagMs: null,
  host: null,
  marks: [],
  termSteps: 1,
  refusals: { leaseLive: 2 },
  messages: 40,
  bytes: null,
  cost: {
    delaysMs: [0.1],
    candidateWritesMs: [0.3],
    voterWritesMs: [0.2],
    logWritesMs: [0.4],
    noticesMs: [0.6],
  },
  timeline: null,
};

function resultOf(
  trials: readonly Trial[],
  exitNotice = false,
  rankedSuccessors = false,
): ElectionBenchResult & { readonly ideal: IdealComparison } {
  const cluster = resolveClusterOptions({ seed: 42, rules: { exitNotice, rankedSuccessors } });
  return {
    schema: 'electorate.election-bench/2',
    machine: { node: 'v20.19.0', platform: 'linux x64', cpu: 'Engine', cores: 2, memoryBytes: 1, load: 0.25 },
    options: {
      trials: trials.length,
      fault: 'crash',
      engine: 'threads',
      delays: { linkDelay: null, storeDelay: null },
      clients: null,
      cluster,
    },
    trials,
    summary: summarizeTrials(trials),
    summaryUnmarked: summarizeUnmarked(trials),
    ideal: compareWithIdeal(cluster, trials),
  };
}

/** The cells of the line that starts with `name`, by column. */
function cellsOf(report: string, name: string): string[] {
  const line = report.split('\n').find((text) => text.startsWith(`│ ${name} `)) ?? '';
  return line
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('a table names its machine, options, seed and sample count, and stands beside the ideal', (t) => {
  const marked: Trial = { ...trial, marks: ['timerStalled'], splitVotes: 1, rounds: 3 };
  const report = electionReport(resultOf([trial, trial, marked]));
  const lines = report.split('\n');
  t.is(lines[0], 'Time without a leader after a crash, 3 trials');
  t.is(lines[1], '5 nodes, T 150, R 150, h 30, r 10, disk store, standard profile, exit notice off, seed 42');
  t.is(lines[2], 'Node v20.19.0, linux x64, 2 × Engine, load 0.25');
  // 150 + 150 / 5 − 15, and the delay of the last heartbeat
  t.deepEqual(cellsOf(report, 'detect'), ['detect', ...Array<string>(6).fill('170.0'), '± 0', '165.1']);
  t.is(cellsOf(report, 'vote')[1], '<0.001', 'below the grain of the clock');
  t.is(cellsOf(report, 'lost rounds')[1], '0', 'nothing at all');
  t.true(
    lines.some((line) => line.startsWith('Contest: rounds 1.67 a trial; term steps 1.00; split votes 1;')),
  );
  t.true(lines.some((line) => line.includes('refusals leaseLive 6')));
  t.true(lines.some((line) => /no split votes; with them \([\d.e-]+ % of the rounds\)/u.test(line)));
  t.regex(lines.at(-1) ?? '', /1 of 3 trials marked \(timerStalled 1\)/);
});

test('the ideal of the phases adds up to its totals', (t) => {
  const result = resultOf([trial]);
  const report = electionReport(result);
  const ideal = (name: string): number => Number((cellsOf(report, name).at(-1) ?? '').replace('<', ''));
  const parts = ['detect', 'lost rounds', 'pre-vote', 'vote'].map(ideal);
  const total = parts.reduce((sum, part) => sum + part, 0);
  t.true(Math.abs(total - result.ideal.meanMs) < 0.06, `${parts.join(' + ')}`);
  t.true(Math.abs(ideal('crash → elected') - result.ideal.meanMs) < 0.06);
});

test('a fault without a closed form has a table without an ideal, and says so', (t) => {
  const result = resultOf([trial]);
  const report = electionReport({ ...result, ideal: null, options: { ...result.options, fault: 'cut-in' } });
  t.regex(report, /^Time without a leader after the leader was cut off from those it hears, 1 trial$/mu);
  t.deepEqual(cellsOf(report, 'cut-in → elected'), [
    'cut-in → elected',
    ...Array<string>(6).fill('170.4'),
    '',
  ]);
  t.regex(report, /^cut-in → elected {3}● measured$/mu);
  t.regex(report, /^How long this takes at best has no closed form\.$/mu);
  t.notRegex(report, /ideal/u);
});

test('with an exit notice the ideal starts at the notice', (t) => {
  const { ideal } = resultOf([trial], true);
  // the notice, the shortest of four waits up to 10, two questions and answers, both writes
  t.true(Math.abs(ideal.meanMs - (0.6 + 10 / 5 + 4 * 0.1 + 0.3 + 0.2)) < 1e-9);
  t.true(Math.abs(ideal.meanExcess - (trial.electedMs / ideal.meanMs - 1)) < 1e-9);
});

test('with ranked successors the ideal waits for nothing but the first of them', (t) => {
  const { ideal } = resultOf([trial], false, true);
  // T and an eighth of a slot of 8, half a heartbeat earlier, five delays, both writes
  t.true(Math.abs(ideal.meanMs - (150 + 1 - 15 + 5 * 0.1 + 0.3 + 0.2)) < 1e-9);
  t.true(Math.abs(ideal.maxMs - ideal.minMs - 30) < 1e-9);
  const noticed = resultOf([trial], true, true).ideal;
  t.true(Math.abs(noticed.meanMs - (0.6 + 4 * 0.1 + 0.3 + 0.2)) < 1e-9);
  const result = resultOf([trial], false, true);
  t.regex(electionReport(result), /^5 nodes, T 150, slots of 8, h 30, r 10, /mu);
  const cluster = { ...result.options.cluster, quorumPatience: 3 };
  const patient = { ...result, options: { ...result.options, cluster } };
  t.regex(electionReport(patient), /^5 nodes, T 150, patience 3, slots of 8, /mu);
});

test('a simulated table says so, with its delays, and claims neither a disk nor a load', (t) => {
  const result = resultOf([{ ...trial, timerLatenessMs: null, routerLagMs: null }]);
  const delays = {
    linkDelay: { type: 'uniform', minMs: 0.2, maxMs: 0.8 },
    storeDelay: { type: 'fixed', ms: 2 },
  } as const;
  const report = electionReport({ ...result, options: { ...result.options, engine: 'simulation', delays } });
  const lines = report.split('\n');
  t.is(lines[0], 'Time without a leader after a crash, simulated, 1 trial');
  t.is(
    lines[1],
    '5 nodes, T 150, R 150, h 30, r 10, message uniform:0.2:0.8, write 2, standard profile, exit notice off, seed 42',
  );
  t.is(lines[2], 'Node v20.19.0, linux x64');
  t.notRegex(report, /disk|load|Engine|Machine/u);
});

test('a delay added to real messages stands in the table', (t) => {
  const result = resultOf([trial]);
  const delays = { linkDelay: { type: 'fixed', ms: 5 }, storeDelay: null } as const;
  const report = electionReport({ ...result, options: { ...result.options, delays } });
  t.regex(report, /^5 nodes, .*, message \+5, disk store, /mu);
});

test('the ideal leader is established when the write of its first entry is answered, and ready with it', (t) => {
  const result = resultOf([trial]);
  const report = electionReport(result);
  const ideal = (name: string): string => cellsOf(report, name).at(-1) ?? '';
  // 2 × 0.1 on the way, 0.4 for the log write
  t.is(ideal('establish'), '0.600');
  t.is(ideal('ready'), '0');
  t.is(ideal('crash → established'), ideal('crash → ready'));
});

test('with an exit notice the wait before standing is a lost round on both sides', (t) => {
  const report = electionReport(resultOf([trial], true));
  const ideal = (name: string): string => cellsOf(report, name).at(-1) ?? '';
  t.is(ideal('detect'), '0.600', 'the notice');
  t.is(ideal('lost rounds'), '2.000', 'the shortest of four waits up to 10');
});

test('bytes stand beside the messages where they were counted, and nowhere else', (t) => {
  t.regex(electionReport(resultOf([{ ...trial, bytes: 9000 }])), /messages p50 40; bytes p50 9000\./u);
  t.regex(electionReport(resultOf([trial])), /messages p50 40\.$/mu);
});

test('figures keep the digits that fit their size', (t) => {
  t.deepEqual([0, 0.0004, 0.12345, 9.8765, 12.346, 150.04].map(formatMs), [
    '0',
    '<0.001',
    '0.123',
    '9.877',
    '12.35',
    '150.0',
  ]);
  t.deepEqual([0.0123, -0.5].map(formatChange), ['+1.2 %', '−50.0 %']);
});

test('what stalls have touched is counted, and shown once more without it', (t) => {
  const stalled: Trial = { ...trial, electedMs: 400, marks: ['hostStalled', 'leaderLost'] };
  const lost: Trial = { ...trial, electedMs: 300, marks: ['leaderLost'] };
  const report = electionReport(resultOf([trial, stalled, lost]));
  t.is(cellsOf(report, 'crash → elected')[5], '400.0');
  // A leader that was lost is no fault of the machine.
  t.is(cellsOf(report, 'without stalls, → elected')[5], '300.0');
  t.regex(report, /2 of 3 trials marked \(hostStalled 1, leaderLost 2\)/);
  t.false(electionReport(resultOf([trial, lost])).includes('without stalls'));
  t.is(resultOf([stalled]).summaryUnmarked, null);
});

test('what was seen of the machine is told', (t) => {
  const watched: Trial = { ...trial, host: { latenessMs: 1.5, stealMs: null } };
  t.regex(electionReport(resultOf([watched])), /an idle thread's wake-up late by p50 1.500, max 1.500;/);
});
