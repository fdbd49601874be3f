/** One thread of the bench of simulated elections. */
import { standardRules } from '../src/raft/options.js';
import { fixedDelay } from '../src/delay.js';
import { ElectionSimulator, type ElectionContext } from '../src/simulation/elections.js';
import { SafetyChecker } from '../src/simulation/safety.js';

export interface Task {
  readonly elections: number;
  readonly seed: number;
  /** With every invariant checked after every step. */
  readonly checked: boolean;
}

export interface Answer {
  readonly meanMs: number;
  readonly steps: number;
  /** From before the first election to behind the last. */
  readonly seconds: number;
}

/** T = R = 150 ms, five nodes, and a network and disks that take no time. */
export default function simulateElections({ elections, seed, checked }: Task): Answer {
  const simulator = new ElectionSimulator(
    {
      voters: 5,
      core: {
        electionTimeoutMs: 150,
        adaptiveTimeout: null,
        electionJitterMs: 150,
        heartbeatMs: 30,
        retryJitterMs: 2,
        successorSlotMs: 4,
        quorumPatience: 1,
        stallGraceMs: 75,
        voteTimeoutMs: null,
        maxAppendEntries: 64,
        rules: { ...standardRules, exitNotice: false, rankedSuccessors: false },
      },
      linkDelay: fixedDelay(0),
      storeDelay: fixedDelay(0),
    },
    seed,
  );
  let sumMs = 0;
  let steps = 0;
  const start = performance.now();
  for (let election = 0; election < elections; election += 1) {
    const { electedMs, steps: taken } = simulator.run(checked ? checkedContext(simulator) : {});
    sumMs += electedMs;
    steps += taken;
  }
  return { meanMs: sumMs / elections, steps, seconds: (performance.now() - start) / 1000 };
}

function checkedContext({ committed }: ElectionSimulator): ElectionContext {
  const { observed, ...observer } = new SafetyChecker(committed).observer();
  return { observer, observed: (_world, node, effect) => observed(node, effect) };
}
