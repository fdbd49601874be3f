/** How long is a cluster without a leader, by how it loses it: in virtual time, then on threads, in turns? */
import { benchGrid } from '../src/analysis/election-grid.js';
import { electionFaults } from '../src/analysis/election-plan.js';
import { gridReport } from '../src/report/grid-report.js';
import { ask, size } from './harness.js';

ask('Fault → elected, by kind of fault: five nodes, T = 150, h = 30, no exit notice');
const cluster = { rules: { exitNotice: false }, seed: 1 };
for (const [engine, trials] of [
  ['simulation', size(1000, 20)],
  ['threads', size(30, 1)],
] as const) {
  const cells = electionFaults.map((fault) => ({ fault, trials, cluster }));
  console.log(`\n${gridReport(await benchGrid(cells, { engine }))}`);
}
