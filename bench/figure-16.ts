/** Do elections take as long as those of figure 16 in the Raft paper? `--threads`: on real ones, for half an hour. */
import { figure16Bounds, runFigure16 } from '../src/analysis/figure-16.js';
import { aim, ask, figure, isSmoke } from './harness.js';

const engine = process.argv.includes('--threads') ? 'threads' : 'simulation';
ask(`Figure 16 of the Raft paper, ${engine}: ms from the crash to the next leader`);
const { rows, elapsedMs } = await runFigure16({ engine, seed: 1, trials: isSmoke ? 10 : undefined });
for (const { range, departure, paper, curves } of rows) {
  const means = curves.map(
    ({ profile, elected }) => `${profile} ${elected === null ? 'nobody' : figure(elected.mean)}`,
  );
  console.log(`${range}: paper ${figure(paper.summary.mean)}, ${means.join(', ')}`);
  const deviation = curves[0]?.deviation ?? null;
  if (departure !== null || deviation === null) continue;
  aim('distance of the mean', Math.abs(deviation.mean) * 100, '≤', figure16Bounds.mean * 100, '%');
  aim('Kolmogorov–Smirnov distance', deviation.distance, '≤', figure16Bounds.distance, '');
}
if (engine === 'simulation') aim('all ten rows, with two profiles', elapsedMs / 1000, '≤', 5, 's');
