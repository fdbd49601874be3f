/**
 * Draws the pictures of the README into docs/: `node dist/bench/draw-readme.js`. A minute of real elections, then the
 * simulated figure 16.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { benchElections } from '../src/analysis/election-bench.js';
import { runFigure16 } from '../src/analysis/figure-16.js';
import { electionPictures } from '../src/report/election-charts.js';
import { figure16Pictures } from '../src/report/figure-16-charts.js';

const folder = new URL('../../docs/', import.meta.url);
mkdirSync(folder, { recursive: true });
const elections = await benchElections({ trials: 100, cluster: { rules: { exitNotice: false }, seed: 16 } });
const pictures = new Map([
  ...electionPictures(elections),
  ...figure16Pictures(await runFigure16({ seed: 1 })),
]);
for (const name of ['elected', 'after-detection', 'figure-16']) {
  writeFileSync(new URL(`${name}.svg`, folder), pictures.get(name) ?? '');
}
