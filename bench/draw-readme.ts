/** Draws the pictures of the README and its pages into docs/: `node dist/bench/draw-readme.js`. Simulated, so always the same. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { runFigure16 } from '../src/analysis/figure-16.js';
import { benchSimulatedElections } from '../src/analysis/simulated-bench.js';
import { electionPictures } from '../src/report/election-charts.js';
import { figure16Pictures } from '../src/report/figure-16-charts.js';

const folder = new URL('../../docs/', import.meta.url);
mkdirSync(folder, { recursive: true });
const elections = await benchSimulatedElections({
  trials: 1000,
  linkDelay: { type: 'lognormal', medianMs: 0.4, sigma: 0.6 },
  storeDelay: { type: 'lognormal', medianMs: 0.6, sigma: 0.4 },
  cluster: { rules: { exitNotice: false }, seed: 16 },
});
const pictures = new Map([
  ...electionPictures(elections),
  ...figure16Pictures(await runFigure16({ seed: 16 })),
]);
for (const name of ['elected', 'figure-16']) {
  writeFileSync(new URL(`${name}.svg`, folder), pictures.get(name) ?? '');
}
