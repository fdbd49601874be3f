import test from 'ava';
import type { NodeEvent } from '../../src/actor/protocol.js';
import { idealCdf, idealElection, type IdealInput } from '../../src/analysis/ideal.js';
import { summarize } from '../../src/analysis/statistics.js';
import { analyzeTrial, type Trial } from '../../src/analysis/trial.js';
import { asNodeId } from '../../src/raft/brands.js';
import { standardRules, vanillaRules, type Rules } from '../../src/raft/options.js';
import { createRandom, drawBetween } from '../../src/raft/random.js';
import { fixedDelay } from '../../src/delay.js';
import { World } from '../../src/simulation/world.js';

const delayMs = 0.5;
const writeMs = 1;
const heartbeatMs = 30;
const voters = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId);

function idealOf(rules: Rules): IdealInput {
  return {
    voters: 5,
    alive: 4,
    electable: 4,
    electionTimeoutMs: 150,
    electionJitterMs: 150,
    heartbeatMs,
    delayMs,
    candidateWriteMs: writeMs,
    voterWriteMs: writeMs,
    logWriteMs: writeMs,
    preVote: rules.preVote,
    retryJitterMs: rules.retryWait ? 2 : null,
  };
}

/** Crashes of settled leaders in one world, each with everything the survivors observed. */
function runTrials(rules: Rules, count: number): Trial[] {
  const events: NodeEvent[] = [];
  // The nodes start, and are observed, while the world is still being made.
  let running: World | null = null;
  const world = new World(
    {
      seed: 11,
      configuration: { voters, oldVoters: null, learners: [] },
      core: {
        electionTimeoutMs: 150,
        adaptiveTimeout: null,
        electionJitterMs: 150,
        heartbeatMs,
        retryJitterMs: 2,
        successorSlotMs: 4,
        quorumPatience: 1,
        stallGraceMs: 75,
        voteTimeoutMs: null,
        maxAppendEntries: 64,
        rules,
      },
      linkDelay: fixedDelay(delayMs),
      storeDelay: fixedDelay(writeMs),
      exitNoticeDelayMs: 0.5,
      mailbox: { control: 1000, data: 1000 },
    },
    {
      observed: ({ state }, { id, cause, event }) => {
        const atMs = running?.nowMs ?? 0;
        const stamp = { id, node: state.id, incarnation: state.incarnation, atMs };
        const input = { kind: 'driver', deadlineMs: null, timer: null, from: null, sentMs: null } as const;
        events.push({
          ...event,
          ...stamp,
          cause: { ...input, id: cause, arrivedMs: null, handledMs: atMs },
        });
      },
    },
  );
  running = world;
  const random = createRandom(5);
  world.run(2000);
  return Array.from({ length: count }, () => {
    world.run(400 + drawBetween(random, 0, heartbeatMs));
    events.length = 0;
    const leader = world.leader()?.state;
    if (leader === undefined) throw new Error('the cluster has no leader');
    const crashedAtMs = world.nowMs;
    const context = {
      crashed: leader.id,
      crashedAtMs,
      term: leader.currentTerm,
      survivors: voters.filter((id) => id !== leader.id),
    };
    world.crash(leader.id);
    world.run(5000, () => events.at(-1)?.type === 'leaderKnown' && analyzeTrial(context, events) !== null);
    world.run(100);
    const trial = analyzeTrial(context, events);
    world.restart(leader.id);
    if (trial === null) throw new Error('nobody was elected');
    return trial;
  });
}

for (const [name, rules] of [
  ['standard rules without exit notice', { ...standardRules, exitNotice: false, rankedSuccessors: false }],
  ['the vanilla profile', vanillaRules],
] as const) {
  test(`five simulated nodes elect as the ideal says: ${name}`, (t) => {
    const trials = runTrials(rules, 500);
    const ideal = idealElection(idealOf(rules));
    const elected = summarize(trials.map((trial) => trial.electedMs));
    const expected = ideal.meanWithSplitVotesMs ?? Number.NaN;
    t.true(Math.abs(elected.mean / expected - 1) < 0.03, `${elected.mean} against ${expected}`);

    // Where nobody contended, each phase has exactly its own delays and writes.
    const straight = trials.filter((trial) => trial.rounds === 1);
    t.true(straight.length > 400);
    for (const { phases, electedMs, knownMs, termSteps, splitVotes } of straight) {
      t.true(Math.abs(phases.preVote - (rules.preVote ? 2 * delayMs : 0)) < 1e-6);
      t.true(Math.abs(phases.vote - (2 * delayMs + 2 * writeMs)) < 1e-6);
      t.true(Math.abs(knownMs - electedMs - delayMs) < 1e-6);
      t.is(phases.lostRounds, 0);
      t.deepEqual([termSteps, splitVotes], [1, 0]);
    }
    const times = straight.map((trial) => trial.electedMs).toSorted((a, b) => a - b);
    const distances = times.map((ms, i) => Math.abs(idealCdf(idealOf(rules), ms) - (i + 0.5) / times.length));
    // KS at the 0.1 % level: 1.95 / √n
    t.true(Math.max(...distances) < 1.95 / Math.sqrt(times.length), `KS ${Math.max(...distances)}`);
  });
}

test('with an exit notice five simulated nodes elect within the notice, the wait and one campaign', (t) => {
  for (const trial of runTrials(standardRules, 50)) {
    t.is(trial.phases.detect, trial.cost.noticesMs[0] ?? Number.NaN);
    if (trial.rounds === 1) t.true(trial.electedMs < 0.5 + 2 + 4 * delayMs + 2 * writeMs);
  }
});
