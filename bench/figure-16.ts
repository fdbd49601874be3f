/** Do simulated elections take as long as those of figure 16 in the Raft paper, and how long do all ten curves take? */
import { mean, median } from 'simple-statistics';
import { figure16, limitMs, simulateFigure16 } from '../src/simulation/figure-16.js';
import { raftFigure16 } from '../src/analysis/published.js';
import { aim, ask, figure, size } from './harness.js';

ask('Figure 16 of the Raft paper in virtual time: ms from the crash to the next leader');
const start = performance.now();
for (const row of figure16) {
  const trials = Math.min(row.trials, size(1000, 10));
  const { electedMs } = simulateFigure16({ ...row, profile: 'vanilla', trials, seed: 1 });
  const simulated =
    electedMs.length === 0
      ? `nobody elected within ${limitMs / 1000} s`
      : `mean ${figure(mean([...electedMs]))}, p50 ${figure(median([...electedMs]))}`;
  const paper = figure(mean([...(raftFigure16().get(row.range) ?? [])]));
  console.log(
    `${row.range}: ${simulated}; paper ${paper}${row.departure === null ? '' : `  (${row.departure})`}`,
  );
}
aim('all ten curves', (performance.now() - start) / 1000, '≤', 5, 's');
