import test from 'ava';
import { mean } from 'simple-statistics';
import { raftFigure16, wideAreaElections } from '../../src/analysis/published.js';
import { figure16 } from '../../src/simulation/figure-16.js';

test('every row of figure 16 has the samples of the paper, smallest first', (t) => {
  const paper = raftFigure16();
  t.deepEqual([...paper.keys()].toSorted(), figure16.map(({ range }) => range).toSorted());
  for (const { range, trials } of figure16) {
    const samples = paper.get(range) ?? [];
    t.is(samples.length, trials);
    t.deepEqual(
      samples,
      samples.toSorted((a, b) => a - b),
    );
  }
  // As printed in the paper's own text.
  t.is(Math.round(paper.get('150-155')?.[499] ?? 0), 287);
  t.is(Math.round(mean([...(paper.get('12-24') ?? [])])), 35);
  t.is(Math.round(paper.get('12-24')?.at(-1) ?? 0), 152);
});

test('the wide-area elections have both kinds of logs, none to two servers failed, and growing percentiles', (t) => {
  const elections = wideAreaElections();
  t.is(elections.length, 6);
  for (const { percentiles } of elections) {
    t.is(percentiles.length, 9);
    t.true(percentiles.every(({ ms }, at) => at === 0 || ms > (percentiles[at - 1]?.ms ?? 0)));
  }
  t.is(elections.find(({ logs, failed }) => logs === 'equal' && failed === 1)?.percentiles[3]?.ms, 423.3);
});
