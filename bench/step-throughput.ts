/**
 * How many steps a second does the core take on one core, when a cluster does nothing but elect?
 * A world of five elects leaders that are cut off as soon as they are ready. Everything handed to `step` is recorded,
 * then replayed on copies of the states: no queue, no link, only steps.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { median } from '../src/analysis/statistics.js';
import { asNodeId } from '../src/raft/brands.js';
import type { Input } from '../src/raft/inputs.js';
import { standardRules } from '../src/raft/options.js';
import { step } from '../src/raft/step.js';
import type { Time } from '../src/raft/time.js';
import { fixedDelay } from '../src/delay.js';
import { World } from '../src/simulation/world.js';
import { aim, ask, figure, size } from './harness.js';

ask('Steps of the core per second, elections only');
const voters = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId);
const elections = size(2_000, 200);
const calls: { readonly node: number; readonly input: Input; readonly time: Time }[] = [];
const world = new World(
  {
    seed: 1,
    configuration: { voters, oldVoters: null, learners: [] },
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
      rules: standardRules,
    },
    linkDelay: fixedDelay(0.1),
    storeDelay: fixedDelay(0.1),
    exitNoticeDelayMs: 0.2,
    mailbox: { control: 1024, data: 4096 },
  },
  { stepped: ({ index }, input, time) => calls.push({ node: index, input, time }) },
);
world.run(1_000);
const before = world.nodes.map(({ state }) => structuredClone(state));
calls.length = 0;
for (let election = 0; election < elections; election += 1) {
  const old = world.leader();
  for (const { id } of world.nodes) {
    if (old === undefined || id === old.id) continue;
    world.setLink(old.id, id, { up: false });
    world.setLink(id, old.id, { up: false });
  }
  world.run(10_000, () => world.leader()?.id !== old?.id && world.leader()?.state.leadership?.ready === true);
  world.heal();
  world.run(60);
}

const rates: number[] = [];
for (let round = 0; round < size(15, 3); round += 1) {
  const states = structuredClone(before);
  const start = process.cpuUsage();
  for (const { node, input, time } of calls) {
    const state = states[node];
    if (state !== undefined) step(state, input, time);
  }
  // Processor time, not the wall's: the question is about one core, and others may want it too.
  const { user, system } = process.cpuUsage(start);
  rates.push(calls.length / ((user + system) / 1e6));
  deepStrictEqual(
    states,
    world.nodes.map(({ state }) => state),
    'a replay ends where the world did',
  );
}
console.log(
  `${figure(calls.length)} steps in ${figure(elections)} elections, replayed ${rates.length} times`,
);
aim('steps per second, median', median(rates), '≥', 2_000_000, '/s');
