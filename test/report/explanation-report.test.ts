import test from 'ava';
import { explainTrial } from '../../src/analysis/explanation.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { explanationReport } from '../../src/report/explanation-report.js';

const result = await benchSimulatedElections({
  trials: 3,
  cluster: { nodes: 3, seed: 1, rules: { exitNotice: false } },
});
const [trial] = result.trials;

test('an explanation in text: title, verdict, and a line for everything that happened', (t) => {
  if (trial === undefined) return t.fail();
  const explanation = explainTrial(result, 0);
  const lines = explanationReport(explanation, trial, 3).split('\n');
  t.regex(lines[0] ?? '', /^Trial 1 of 3: elected after [\d.]+ ms, ready after [\d.]+$/);
  t.regex(lines[1] ?? '', /^n2 suspected n1 after 15\d ms of silence and was elected /);
  t.is(lines.length, 4 + explanation.rows.length);
  t.true(lines.includes('     0.000 ! n1   crashes'));
  t.true(lines.every((line) => line.length <= 120));
});

test('a long verdict is wrapped, and without a timeline it is all there is', (t) => {
  if (trial === undefined) return t.fail();
  const verdict = `${'n3 was refused by n4; '.repeat(12)}n3 was elected.`;
  const report = explanationReport(
    { trial: 2, verdict, findings: [], rows: [] },
    { ...trial, marks: ['leaderLost'] },
    3,
  );
  const [title = '', ...lines] = report.split('\n');
  t.regex(title, /, marked leaderLost$/);
  t.is(lines.join(' '), verdict);
  t.true(lines.length > 2 && lines.every((line) => line.length <= 100));
});
