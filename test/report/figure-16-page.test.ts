import test from 'ava';
import { runFigure16 } from '../../src/analysis/figure-16.js';
import { figure16Pictures } from '../../src/report/figure-16-charts.js';
import { figure16Page } from '../../src/report/figure-16-page.js';

const result = await runFigure16({ trials: 30, ranges: ['12-24', '150-300'], seed: 1 });

test('a report of figure 16 has a panel for each range, with the curves of the profiles and of the paper', async (t) => {
  const page = await figure16Page(result);
  const panels = [...page.matchAll(/<figure id="chart-range-([\d-]+)"(.*?)<\/figure>/gsu)];
  t.deepEqual(
    panels.map(([, range, text = '']) => [range, text.match(/aria-label="line"/gu)?.length]),
    [
      ['150-300', 4],
      // A candidacy stays unknown for too long here: no closed form.
      ['12-24', 3],
    ],
  );
  for (const label of ['vanilla', 'standard', 'paper', 'ideal, no split vote']) {
    t.is(page.match(new RegExp(`</svg>\\s*${label}\\s*</li>`, 'gu'))?.length, 1, label);
  }
  t.true(page.includes('What the standard profile gains'));
});

test('each panel of figure 16 is a picture of its own, and a part of the sheet', (t) => {
  const pictures = figure16Pictures(result);
  t.deepEqual([...pictures.keys()], ['figure-16', 'range-150-300', 'range-12-24']);
  const sheet = pictures.get('figure-16') ?? '';
  t.true(sheet.includes('>150–300 ms</text>') && sheet.includes('>12–24 ms</text>'));
  t.is(sheet.match(/>vanilla<\/text>/gu)?.length, 1);
});
