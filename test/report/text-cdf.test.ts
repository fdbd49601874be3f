import test from 'ava';
import { shareOf, textCdf } from '../../src/report/text-cdf.js';

test('curves, axis and legend stand where they belong', (t) => {
  const measured = { label: 'measured', sign: '#', shareAt: shareOf([10, 20, 30, 40]) };
  const ideal = { label: 'ideal', sign: '.', shareAt: (ms: number): number => ms / 40 };
  const text = textCdf([measured, ideal], { fromMs: 0, toMs: 40, width: 21, height: 5 });
  t.deepEqual(text.split('\n'), [
    ' 100 % ┤                  ..#',
    '       │             ..#####',
    '       │        ..#####',
    '       │   ..#####',
    '   0 % ┤#####',
    '       └┬─────────┬─────────┬',
    '        0        20        40 ms',
    '        # measured   . ideal',
  ]);
});

test('a jump is drawn as a whole column, not as a gap', (t) => {
  const jump = { label: 'jump', sign: '#', shareAt: (ms: number): number => (ms < 5 ? 0 : 1) };
  const lines = textCdf([jump], { fromMs: 0, toMs: 10, width: 11, height: 4 }).split('\n');
  t.deepEqual(
    lines.slice(0, 4).map((line) => line.slice(8)),
    ['     ######', '     #', '     #', '#####'],
  );
});

test('the share of the samples counts those that are equal', (t) => {
  const share = shareOf([1, 2, 2, 4]);
  t.deepEqual([0.5, 1, 2, 3, 4].map(share), [0, 0.25, 0.75, 0.75, 1]);
});
