/**
 * What would it save to ask for votes while the candidate's own vote is being written, and count that vote when it is
 * durable? Nothing is changed for it: of each election it is known what that write and the rest of the vote took, and the
 * longer of the two would remain.
 */
import { benchElections } from '../src/analysis/election-bench.js';
import { benchSimulatedElections } from '../src/analysis/simulated-bench.js';
import { summarize } from '../src/analysis/statistics.js';
import type { Trial } from '../src/analysis/trial.js';
import { ask, figure, size } from './harness.js';

ask("Crash → elected with the candidate's write out of the way: five nodes, T = 150, h = 30");

const cluster = { seed: 1, rules: { exitNotice: false } };
const simulated = await benchSimulatedElections({
  trials: size(10_000, 100),
  linkDelay: { type: 'lognormal', medianMs: 0.35, sigma: 0.5 },
  storeDelay: { type: 'lognormal', medianMs: 0.6, sigma: 0.6 },
  timelines: 0,
  cluster,
});
tell('simulated, message lognormal:0.35:0.5, write lognormal:0.6:0.6', simulated.trials);
const { trials } = await benchElections({ trials: size(100, 3), cluster });
tell('on threads, disk store', trials);

/** Of elections of one round: in others it is not known which write is whose. */
function tell(where: string, all: readonly Trial[]): void {
  const single = all.filter(({ rounds, cost }) => rounds === 1 && cost.candidateWritesMs.length === 1);
  const saved = single.map(
    ({
      phases,
      cost: {
        candidateWritesMs: [writeMs = 0],
      },
    }) => Math.min(writeMs, phases.vote - writeMs),
  );
  const of = (pick: (trial: Trial) => number, less: readonly number[] = []): string => {
    const { p50, p99, mean } = summarize(single.map((trial, at) => pick(trial) - (less[at] ?? 0)));
    return `p50 ${figure(p50)}, p99 ${figure(p99)}, mean ${figure(mean)}`;
  };
  console.log(`${where}, ${single.length} elections of one round, ms`);
  console.log(
    `  vote     ${of(({ phases }) => phases.vote)}; overlapped ${of(({ phases }) => phases.vote, saved)}`,
  );
  console.log(
    `  elected  ${of(({ electedMs }) => electedMs)}; overlapped ${of(({ electedMs }) => electedMs, saved)}`,
  );
}
