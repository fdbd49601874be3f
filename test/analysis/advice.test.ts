import test from 'ava';
import { advise, type Advice, type MachineCosts, type Wishes } from '../../src/analysis/advice.js';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { fixedDelay } from '../../src/delay.js';

/** A stall of 20 ms every ten seconds, one of 40 in forty, and so on. */
const stalls = {
  lengthsMs: [20, 20, 20, 20, 20, 20, 30, 40, 40, 80],
  leastMs: 3,
  watchedMs: 100_000,
};
const machine: MachineCosts = { delayMs: 0.3, writeMs: 0.5, stalls };

test('T holds ten round trips with their write, whatever else', (t) => {
  const calm = { lengthsMs: [], leastMs: 1, watchedMs: 1e9 };
  for (const delayMs of [0.1, 1, 10, 50]) {
    const { electionTimeoutMs } = advise({ delayMs, writeMs: 1, stalls: calm });
    t.true(electionTimeoutMs >= 10 * (2 * delayMs + 1) - 1e-9);
  }
  t.is(advise({ delayMs: 0, writeMs: 0, stalls: calm }).electionTimeoutMs, 5, 'five beats of a millisecond');
});

test('the longer a candidacy stays unknown, the wider the jitter, the retry wait and the mean', (t) => {
  let before = advise({ ...machine, delayMs: 0.01, writeMs: 0.01 });
  for (const ms of [0.1, 0.5, 1, 2, 4]) {
    const advice = advise({ ...machine, delayMs: ms, writeMs: ms });
    t.true(advice.basis.windowMs > before.basis.windowMs);
    t.true(advice.electionJitterMs > before.electionJitterMs);
    t.true(advice.retryJitterMs > before.retryJitterMs);
    t.true(advice.expected.meanMs > before.expected.meanMs);
    before = advice;
  }
});

test('a machine that is slower throughout gets longer timeouts in proportion', (t) => {
  for (const profile of ['standard', 'vanilla'] as const) {
    const one = advise(machine, { profile });
    const ten = advise(
      {
        delayMs: 3,
        writeMs: 5,
        stalls: {
          lengthsMs: stalls.lengthsMs.map((ms) => 10 * ms),
          leastMs: 30,
          watchedMs: stalls.watchedMs,
        },
      },
      { profile },
    );
    for (const name of [
      'electionTimeoutMs',
      'electionJitterMs',
      'heartbeatMs',
      'retryJitterMs',
      'successorSlotMs',
    ] as const) {
      t.true(
        Math.abs(ten[name] / one[name] / 10 - 1) < 0.05,
        `${profile} ${name}: ${one[name]}, ${ten[name]}`,
      );
    }
  }
});

test('fewer false elections take a longer T, and no wish is exceeded', (t) => {
  let timeoutMs = 0;
  for (const falseElectionsPerHour of [1000, 100, 10, 1, 0.1]) {
    const { electionTimeoutMs, expected } = advise(machine, { falseElectionsPerHour });
    t.true((expected.falseElectionsPerHour ?? Number.NaN) <= falseElectionsPerHour);
    t.true(electionTimeoutMs > timeoutMs);
    timeoutMs = electionTimeoutMs;
  }
});

test('so many heartbeats may be lost as was wished: the silence they leave is not longer than T − h', (t) => {
  for (const lostHeartbeats of [0, 1, 3, 9]) {
    const { electionTimeoutMs, heartbeatMs } = advise(machine, { lostHeartbeats });
    t.true((lostHeartbeats + 1) * heartbeatMs <= electionTimeoutMs - heartbeatMs + 1e-9);
  }
});

test('a stall that must be tolerated is not longer than T − h, and no rate is claimed where nobody watched', (t) => {
  for (const toleratedStallMs of [20, 120, 1000]) {
    const costs = { ...machine, stalls: null };
    const { electionTimeoutMs, heartbeatMs, expected } = advise(costs, { toleratedStallMs });
    t.true(electionTimeoutMs - heartbeatMs >= toleratedStallMs);
    t.true(electionTimeoutMs < 1.26 * toleratedStallMs);
    t.is(expected.falseElectionsPerHour, null);
  }
});

test('a leader that stalls for no longer than T − h is never taken for a crashed one', (t) => {
  const equal = { lengthsMs: [30, 30, 30], leastMs: 3, watchedMs: 1e5 };
  const { electionTimeoutMs, heartbeatMs } = advise(
    { ...machine, stalls: equal },
    { falseElectionsPerHour: 5 },
  );
  t.true(electionTimeoutMs - heartbeatMs > 30);
});

for (const [title, costs, wishes, message] of [
  ['two nodes', machine, { nodes: 2 }, /`nodes` to be at least 3.*got 2/u],
  ['no false election ever', machine, { falseElectionsPerHour: 0 }, /`falseElectionsPerHour` to be greater/u],
  [
    'half a heartbeat',
    machine,
    { lostHeartbeats: 0.5 },
    /`lostHeartbeats` to be a whole number from 0, got 0.5/u,
  ],
  [
    'a delay that is no number',
    { ...machine, delayMs: Number.NaN },
    {},
    /`delayMs` to be from 0 to 2147483647/u,
  ],
  [
    'a machine that always stands still',
    { ...machine, stalls: { lengthsMs: [9e4, 9e4, 9e4], leastMs: 3, watchedMs: 3e5 } },
    {},
    /`falseElectionsPerHour` to allow .* at T = 60000 ms, got 1/u,
  ],
] as const) {
  test(`refused: ${title}`, (t) => {
    t.throws(() => advise(costs, wishes), { code: 'invalidOption', message });
  });
}

for (const { wishes, rankedSuccessors } of [
  { wishes: { nodes: 3, profile: 'vanilla' }, rankedSuccessors: false },
  { wishes: { nodes: 5, profile: 'vanilla' }, rankedSuccessors: false },
  { wishes: { nodes: 5, profile: 'standard' }, rankedSuccessors: false },
  { wishes: { nodes: 5, profile: 'standard' }, rankedSuccessors: true },
] as const) {
  const knob = rankedSuccessors ? 'slot' : 'jitter';
  test(`of ${wishes.nodes} nodes, ${wishes.profile}: no other ${knob} has a simulated mean that is 3 % better`, async (t) => {
    const advice = advise(machine, wishes);
    const at = (factor: number): Promise<number> => simulatedMean(advice, factor, wishes, rankedSuccessors);
    const advised = await at(1);
    for (const factor of [0.25, 0.5, 2, 4]) {
      const other = await at(factor);
      t.true(advised < 1.03 * other, `${advised} as advised, ${other} at ${factor} times that`);
    }
    const wide = await at((rankedSuccessors ? 3 : 1) * (advice.electionTimeoutMs / advice.electionJitterMs));
    t.true(wide > 1.05 * advised, `far too much costs: ${wide} against ${advised}`);
    if (rankedSuccessors === (wishes.profile === 'standard')) {
      t.true(Math.abs(advised / advice.expected.meanMs - 1) < 0.03, `${advised}, ${advice.expected.meanMs}`);
    }
  });
}

/** `factor`: how wide the jitter and the slot are, against the advice. */
async function simulatedMean(
  advice: Advice,
  factor: number,
  { nodes, profile }: Wishes,
  rankedSuccessors: boolean,
): Promise<number> {
  const { electionTimeoutMs, heartbeatMs, retryJitterMs } = advice;
  const { summary } = await benchSimulatedElections({
    trials: 1000,
    linkDelay: fixedDelay(machine.delayMs),
    storeDelay: fixedDelay(machine.writeMs),
    cluster: {
      nodes,
      profile,
      electionTimeoutMs,
      electionJitterMs: factor * advice.electionJitterMs,
      heartbeatMs,
      retryJitterMs,
      successorSlotMs: factor * advice.successorSlotMs,
      rules: { exitNotice: false, rankedSuccessors },
      seed: 5,
    },
  });
  return summary.electedMs.mean;
}
