import test from 'ava';
import { cdfPlot, shareOf } from '../../src/report/cdf-plot.js';

test('curves lie over their axis, the first on top', (t) => {
  const measured = { mark: '#', shareAt: shareOf([10, 20, 30, 40]) };
  const ideal = { mark: '.', shareAt: (ms: number): number => ms / 40 };
  const text = cdfPlot([measured, ideal], { fromMs: 0, toMs: 40, columns: 21, lines: 5 });
  t.deepEqual(text.split('\n'), [
    '100 % │                  ..#',
    '      │             ..#####',
    ' 50 % │        ..#####',
    '      │   ..#####',
    '  0 % │#####',
    '      └─────────────────────',
    '       0    10   20   30   40 ms',
  ]);
});

test('a jump fills its column, so that the curve has no gap', (t) => {
  const jump = { mark: '#', shareAt: (ms: number): number => (ms < 5 ? 0 : 1) };
  const lines = cdfPlot([jump], { fromMs: 0, toMs: 10, columns: 11, lines: 4 }).split('\n');
  t.deepEqual(
    lines.slice(0, 4).map((line) => line.slice(7)),
    ['     ######', '     #', '     #', '#####'],
  );
});

test('the share of the samples counts those that are equal', (t) => {
  const share = shareOf([1, 2, 2, 4]);
  t.deepEqual([0.5, 1, 2, 3, 4].map(share), [0, 0.25, 0.75, 0.75, 1]);
});
