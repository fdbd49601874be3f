/**
 * Which jitter, slot and retry wait? Simulated with the costs of a message and a write that a quiet two-core machine
 * has, for clusters of 3 to 9 of which only the leader dies, or so many that a bare majority is left.
 */
import { benchSimulatedElections } from '../src/analysis/simulated-bench.js';
import { summarize } from '../src/analysis/statistics.js';
import { coreOptionsOf, resolveClusterOptions } from '../src/options.js';
import { standardRules, type CoreOptions } from '../src/raft/options.js';
import { textTable } from '../src/report/text-table.js';
import { ElectionSimulator } from '../src/simulation/elections.js';
import { aim, ask, figure, size } from './harness.js';

ask('Crash → elected, simulated: T = 150, h = 30, message lognormal:0.35:0.5, write lognormal:0.6:0.6');
const linkDelay = { type: 'lognormal', medianMs: 0.35, sigma: 0.5 } as const;
const storeDelay = { type: 'lognormal', medianMs: 0.6, sigma: 0.6 } as const;

const standard = coreOptionsOf(resolveClusterOptions({ rules: { exitNotice: false } }));
const drawn = { rules: { ...standard.rules, rankedSuccessors: false } };
const noticed = { rules: standardRules };
const noticedDrawn = { rules: { ...standardRules, rankedSuccessors: false } };

const candidates: readonly (readonly [name: string, options: Partial<CoreOptions>])[] = [
  ['drawn, R 150, r 2', { ...drawn, retryJitterMs: 2 }],
  ['drawn, R 150', drawn],
  ['drawn, R 50', { ...drawn, electionJitterMs: 50 }],
  ['drawn, R 20', { ...drawn, electionJitterMs: 20 }],
  ['drawn, R 10', { ...drawn, electionJitterMs: 10 }],
  ...[2, 4, 8, 16].map(
    (successorSlotMs) => [`ranked, slot ${successorSlotMs}`, { successorSlotMs }] as const,
  ),
  ['ranked, slot 8, r 2', { retryJitterMs: 2 }],
  ['ranked, slot 8, h 15', { heartbeatMs: 15 }],
  ['ranked, slot 8, h 50', { heartbeatMs: 50 }],
  ['notice, drawn, r 2', { ...noticedDrawn, retryJitterMs: 2 }],
  ['notice, drawn, r 10', noticedDrawn],
  ...[2, 4, 8, 16].map(
    (successorSlotMs) =>
      [`notice, ranked, slot ${successorSlotMs}`, { ...noticed, successorSlotMs }] as const,
  ),
];

const groups = [3, 5, 7, 9].flatMap((voters) => {
  const spare = Math.ceil(voters / 2) - 2;
  return spare === 0
    ? [{ voters, alsoDead: 0 }]
    : [
        { voters, alsoDead: 0 },
        { voters, alsoDead: spare },
      ];
});
const rows = candidates.map(([name, options]) => {
  const cells = groups.map((group) => {
    const core = { ...standard, ...options };
    const setting = { ...group, core, linkDelay, storeDelay, exitNoticeDelayMs: 0.5 };
    const simulator = new ElectionSimulator(setting, 1);
    const elections = Array.from({ length: size(10_000, 100) }, () => simulator.run());
    const { p50, p99 } = summarize(elections.map(({ electedMs }) => electedMs));
    const more = elections.filter(({ termSteps }) => termSteps > 1).length / elections.length;
    return `${figure(p50)} / ${figure(p99)} (${figure(1000 * more)})`;
  });
  return [name, ...cells];
});
const survivors = groups.map(({ voters, alsoDead }) => `${voters - 1 - alsoDead} of ${voters}`);
console.log(`p50 / p99 in ms, and in brackets how many of 1,000 took a second term; by how many are left\n`);
console.log(textTable(['', ...survivors], rows));

const { trials } = await benchSimulatedElections({
  trials: size(10_000, 100),
  timelines: 0,
  linkDelay,
  storeDelay,
  cluster: { seed: 1, rules: { exitNotice: false } },
});
const more = trials.filter(({ rounds }) => rounds > 1).length;
aim('elections of the defaults, 4 of 5, with a second round', (100 * more) / trials.length, '≤', 0.1, '%');
