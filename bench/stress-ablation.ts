/** What is each feature worth under contention? Five nodes at T = 15, each feature off in turn; half an hour in full. */
import { ablateStress } from '../src/analysis/stress/ablation.js';
import { stressAblationReport } from '../src/report/stress-ablation-report.js';
import { ask, isSmoke, size } from './harness.js';

ask('False elections without one feature at a time: five nodes, T = 15, R = 15, h = 3');
const ablation = await ablateStress(
  {
    contentions: isSmoke ? [] : ['burners:4x', 'hog:400/1000@follower', 'stop:400/2000', 'flood:1x'],
    durationMs: size(10_000, 500),
    repeats: size(4, 1),
    cluster: { seed: 1 },
  },
  {
    onBegin: (side, { contention, round }, done, of) =>
      console.error(`cell ${done + 1}/${of}: without ${side}, ${contention}, round ${round}`),
  },
);
console.log(`\n${stressAblationReport(ablation)}`);
