/** Do simulated elections take as long as those of figure 16 in the Raft paper, and how long do all ten curves take? */
import { mean, median } from 'simple-statistics';
import { figure16, limitMs, simulateFigure16 } from '../src/simulation/figure-16.js';
import { aim, ask, figure, size } from './harness.js';

ask('Figure 16 of the Raft paper in virtual time: ms from the crash to the next leader');
const start = performance.now();
for (const row of figure16) {
  const { electionTimeoutMs: from, electionJitterMs: width, paperMeanMs, isComparable } = row;
  const trials = width === 0 ? size(100, 10) : size(1000, 100);
  const { electedMs, unelected } = simulateFigure16(row, trials, 1);
  const simulated =
    electedMs.length === 0
      ? `nobody elected within ${limitMs / 1000} s`
      : `mean ${figure(mean([...electedMs]))}, p50 ${figure(median([...electedMs]))}`;
  const note = isComparable ? '' : "  (decided by the testbed's own jitter)";
  const lost = unelected > 0 && electedMs.length > 0 ? `, ${unelected} given up` : '';
  console.log(`${from}–${from + width}: ${simulated}${lost}; paper ${figure(paperMeanMs)}${note}`);
}
aim('all ten curves', (performance.now() - start) / 1000, '≤', 5, 's');
