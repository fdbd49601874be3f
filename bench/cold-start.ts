/** How long does a brand-new cluster take to its first leader, by its size: in virtual time, then on threads? */
import { benchGrid } from '../src/analysis/election-grid.js';
import { gridReport } from '../src/report/grid-report.js';
import { ask, size } from './harness.js';

ask('First node that takes part → elected: T = R = 150');
for (const [engine, trials] of [
  ['simulation', size(1000, 20)],
  ['threads', size(30, 2)],
] as const) {
  const cells = [3, 5, 7].map((nodes) => ({ coldStart: true, trials, cluster: { nodes, seed: 1 } }));
  console.log(`\n${gridReport(await benchGrid(cells, { engine }))}`);
}
