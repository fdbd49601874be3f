import test from 'ava';
import { cdfChart, empiricalCdf, ranksOf, timeScale } from '../../src/report/charts/cdf-chart.js';
import { phasesChart } from '../../src/report/charts/phases-chart.js';
import { svgFile } from '../../src/report/svg-file.js';

test('an empirical distribution rises by one share at each sample', (t) => {
  t.deepEqual(empiricalCdf([1, 2, 2, 5]), [
    [1, 0],
    [1, 0.25],
    [2, 0.5],
    [2, 0.75],
    [5, 1],
  ]);
});

test('of many samples the ends and every one of the slowest are kept', (t) => {
  const ranks = ranksOf(10_000, 400);
  t.is(ranks.length, 400);
  t.is(ranks[0], 0);
  t.deepEqual(
    ranks.slice(-20),
    Array.from({ length: 20 }, (_, i) => 9980 + i),
  );
  t.deepEqual(
    ranks,
    [...new Set(ranks)].toSorted((a, b) => a - b),
  );
});

test('the axis turns logarithmic where one trial would leave the others no room', (t) => {
  t.is(timeScale([100, 150, 170, 250]).type, 'linear');
  t.is(timeScale([4, 5, 6, 900]).type, 'log');
  t.is(timeScale([7]).type, 'linear', 'a single sample has a range too');
});

const cdf = cdfChart({
  name: 'elected',
  title: 'Elected & <ready>',
  description: 'A line.',
  xLabel: 'ms',
  lines: [
    { label: 'ideal', style: 'ideal', points: [[1, 0], [9, 1]], steps: false }, // prettier-ignore
    { label: 'measured', style: 'measured', points: empiricalCdf([2, 4, 6]), steps: true },
  ],
  callouts: [[4, 0.5, 'p50 4 ms']],
  reading: { nearest: 'x', x: [2, 4, 6], y: [33, 67, 100], texts: ['a', 'b', 'c'] },
});

test('lines differ in their dashes, not in their colours alone', (t) => {
  for (const { svg } of [cdf.wide, cdf.narrow]) {
    t.regex(groupOf(svg, '--ideal'), /stroke-dasharray="7 4"/u);
    t.notRegex(groupOf(svg, '--measured'), /dash/u);
    t.true(svg.includes('p50 4 ms'));
  }
});

test('a drawing says how its pixels follow from the data', (t) => {
  const { x, y, width } = cdf.narrow;
  t.is(width, 328);
  t.deepEqual(y.domain, [0, 100]);
  t.true(x.domain[0] <= 1 && x.domain[1] >= 9);
  t.true(x.range[0] < x.range[1] && y.range[0] > y.range[1]);
});

test('a picture file has a title, its legend and its patterns, and refers to nothing', (t) => {
  const file = svgFile(cdf);
  t.true(file.includes('<title id="title">Elected &amp; &lt;ready&gt;</title>'));
  t.true(file.includes('>measured</text>') && file.includes('>ideal</text>'));
  t.true(file.includes('<pattern id="phase-vote"'));
  t.notRegex(file.replaceAll('http://www.w3.org/', ''), /https?:|href/u);
});

/** The opening tag of the line of that colour. */
function groupOf(svg: string, colour: string): string {
  return new RegExp(`<g [^>]*stroke="var\\(${colour}\\)"[^>]*fill="none">`, 'u').exec(svg)?.[0] ?? '';
}

const phasesOf = (detect: number, vote: number): { phases: Record<PhaseName, number> } => ({
  phases: { detect, lostRounds: 0, preVote: 0, vote, establish: 0, ready: 0 },
});
type PhaseName = 'detect' | 'lostRounds' | 'preVote' | 'vote' | 'establish' | 'ready';

test('phases are stacked from the fastest trial to the slowest', (t) => {
  const { reading, legend } = phasesChart({
    name: 'phases',
    title: '',
    description: '',
    trials: [phasesOf(30, 1), phasesOf(10, 3), phasesOf(20, 2)],
    phases: ['detect', 'vote'],
  });
  t.deepEqual(reading.opens, [1, 2, 0]);
  t.deepEqual(reading.y, [13, 22, 31]);
  t.is(reading.texts?.[0], 'Trial 2: 13.00 ms; detect 10.00, vote 3.000');
  t.deepEqual(
    legend.map(({ label }) => label),
    ['detect', 'vote'],
  );
});

test('many trials share bars, and none is left out', (t) => {
  const trials = Array.from({ length: 1003 }, (_, i) => phasesOf(i, 1));
  const { reading } = phasesChart({ name: 'p', title: '', description: '', trials, phases: ['detect'] });
  const counts = reading.texts?.map((text) => Number(/^\d+/u.exec(text)?.[0])) ?? [];
  t.is(counts.length, 40);
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    1003,
  );
});
