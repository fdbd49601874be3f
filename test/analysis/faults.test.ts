/** Every way in which a leader is lost, measured on real threads: it is replaced, and comes back. */
import { mean as meanOfAll } from 'simple-statistics';
import test from 'ava';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { benchElections } from '../../src/analysis/election-bench.js';
import { electionFaults, resolveElectionPlan, type ElectionFault } from '../../src/analysis/election-plan.js';
import { LeaderGuess } from '../../src/analysis/clients.js';
import { ElectorateError } from '../../src/errors.js';
import { asNodeId, type NodeId } from '../../src/raft/brands.js';
import type { ClusterOptions } from '../../src/options.js';
import { vanillaRules } from '../../src/raft/options.js';

const cluster: ClusterOptions = {
  nodes: 3,
  store: 'memory',
  electionTimeoutMs: 100,
  electionJitterMs: 100,
  heartbeatMs: 25,
  seed: 5,
};

for (const fault of electionFaults) {
  test.serial(`${fault}: two leaders are lost, replaced, and there again for the next trial`, async (t) => {
    // So long that a leader that hears nobody is heard once more before it finds out, however busy the machine.
    const electionTimeoutMs = fault === 'cut-in' ? 400 : 100;
    const { trials, ideal, options } = await benchElections({
      trials: 2,
      fault,
      linkDelay: { type: 'longTailed', minMs: 1, maxMs: 3 },
      storeDelay: { type: 'sampled', ms: [2, 3] },
      cluster: { ...cluster, electionTimeoutMs, rules: { exitNotice: false } },
    });
    t.is(options.fault, fault);
    t.is(trials.length, 2);
    for (const { crashed, winner, electedMs, termSteps, cost, timeline } of trials) {
      t.not(winner, crashed);
      t.true(termSteps >= 1);
      const heardMs = timeline?.heard.map(({ atMs }) => atMs) ?? [];
      t.is(heardMs.length, 2);
      // Leases see to that: both have to grant, and each has been without its leader for T by then.
      const lastHeardMs = Math.max(...heardMs);
      t.true(electedMs > lastHeardMs + electionTimeoutMs - 0.01, `${electedMs} after ${lastHeardMs}`);
      // Who is heard falls silent only when it finds by itself that nobody answers.
      if (fault === 'cut-in') t.true(lastHeardMs > 0, `${lastHeardMs}`);
      // What healed links and disks has put their delays back.
      t.true(
        cost.delaysMs.every((ms) => ms >= 1),
        cost.delaysMs.join(' '),
      );
      const writesMs = [...cost.candidateWritesMs, ...cost.voterWritesMs, ...cost.logWritesMs];
      t.true(writesMs.length > 0 && writesMs.every((ms) => ms >= 2), writesMs.join(' '));
    }
    t.is(ideal === null, fault === 'cut-in' || fault === 'disk-stall');
  });
}

test.serial('shutdown and hang: only a thread that ends is noticed', async (t) => {
  for (const fault of ['shutdown', 'hang'] as const) {
    // A node that is stopped takes its time; on a busy machine more than a short timeout.
    const patient = { ...cluster, electionTimeoutMs: 2000, heartbeatMs: 100 };
    const { trials, ideal } = await benchElections({ trials: 1, fault, cluster: patient });
    t.is(trials[0]?.cost.noticesMs.length === 0, fault === 'hang');
    t.is(ideal?.input.heartbeatMs === 0, fault === 'shutdown');
  }
});

test('what cannot be told from a healthy leader is refused, and so is what is no fault', (t) => {
  const vanilla = { cluster: { profile: 'vanilla' } } as const;
  t.throws(() => resolveElectionPlan({ ...vanilla, fault: 'cut-in' }, 'threads'), {
    message: "Expected `fault` to be another one where the rule `quorumCheck` is off, got 'cut-in'",
  });
  t.is(resolveElectionPlan({ ...vanilla, fault: 'disk-stall' }, 'threads').fault, 'disk-stall');
  t.false(vanillaRules.quorumCheck);
  t.throws(() => resolveElectionPlan({ fault: 'boredom' as 'crash' }, 'threads'), { code: 'invalidOption' });
});

/** Of fault → elected, simulated without exit notices. */
async function meanOf(fault: ElectionFault): Promise<number> {
  const rules = { exitNotice: false };
  const { summary } = await benchSimulatedElections({ trials: 200, fault, cluster: { seed: 3, rules } });
  return summary.electedMs.mean;
}

test('every fault in virtual time: silence costs a timeout, a leader that is heard costs another', async (t) => {
  const crash = await meanOf('crash');
  for (const fault of ['shutdown', 'hang', 'isolate', 'cut-out'] as const) {
    const mean = await meanOf(fault);
    // Both are within about 9 ms of the phase of the heartbeat; 200 trials of it leave 0.6 ms.
    t.true(Math.abs(mean - crash) < 3, `${fault} ${mean}, crash ${crash}`);
  }
  // The proposal that stalls the leader is its last sign of life: half a heartbeat of 30 later than else.
  t.true(Math.abs((await meanOf('disk-stall')) - crash - 15) < 3);
  // The quorum check ends a leader T after it was last answered; then it is believed for T, from its last heartbeat.
  const cutIn = await meanOf('cut-in');
  t.true(cutIn > crash + 150 - 30 && cutIn < crash + 150 + 30, `${cutIn}`);
});

test('one seed gives one simulated history, whatever the fault', async (t) => {
  for (const options of [{ fault: 'cut-in' }, { coldStart: true }] as const) {
    const [first, again, other] = await Promise.all(
      [5, 5, 6].map((seed) =>
        benchSimulatedElections({
          ...options,
          trials: 5,
          cluster: { seed, rules: { rankedSuccessors: false } },
        }),
      ),
    );
    // How many bytes a whole number takes depends on how the engine happens to hold it.
    const histories = [first, again, other].map((result) =>
      result?.trials.map((trial) => ({ ...trial, bytes: null })),
    );
    t.deepEqual(histories[0], histories[1]);
    t.notDeepEqual(histories[0], histories[2]);
  }
});

test('a cold start in virtual time begins with nobody, and ends with a leader that all know', async (t) => {
  const { trials, ideal, options } = await benchSimulatedElections({
    trials: 300,
    coldStart: true,
    cluster: { seed: 1, rules: { rankedSuccessors: false } },
  });
  t.is(options.fault, null);
  t.is(ideal, null);
  t.true(trials.every(({ crashed, knownMs, termSteps }) => crashed === null && knownMs > 0 && termSteps > 0));
  // The shortest of five first timeouts from [0, 150].
  const detectMs = trials.reduce((sum, { phases }) => sum + phases.detect, 0) / trials.length;
  t.true(Math.abs(detectMs - 150 / 6) < 5, `${detectMs}`);

  const ranked = await benchSimulatedElections({ trials: 5, coldStart: true, cluster: { seed: 1 } });
  // A nanosecond is what a deadline that has come takes.
  const atOnce = ranked.trials.filter(({ winner, phases }) => winner === 'n1' && phases.detect <= 0.000_001);
  t.is(atOnce.length, 5, 'with ranks the first stands at once');
});

test.serial('a cold start on threads is measured from the first node that takes part', async (t) => {
  const { trials, options } = await benchElections({ trials: 2, coldStart: true, cluster });
  t.is(options.fault, null);
  for (const { crashed, electedMs, knownMs, termSteps, messages } of trials) {
    t.is(crashed, null);
    t.true(electedMs > 0 && knownMs > 0 && termSteps >= 1 && (messages ?? 0) > 0);
  }
  t.not(trials[0]?.electedMs, trials[1]?.electedMs);
});

test.serial(
  'clients: the outage ends with the first write that was sent into it and acknowledged',
  async (t) => {
    for (const fault of ['crash', 'hang'] as const) {
      const { trials, ideal, summary, options } = await benchElections({
        trials: 2,
        fault,
        clients: 3,
        clientIntervalMs: 5,
        cluster: { ...cluster, rules: { exitNotice: false } },
      });
      t.deepEqual(options.clients, { count: 3, intervalMs: 5 });
      t.is(ideal, null, 'writes are signs of life');
      t.is(summary.outageMs?.count, 2);
      for (const { outageMs, electedMs, observerLagMs } of trials) {
        // Nobody could acknowledge it sooner.
        t.true(outageMs !== null && outageMs > electedMs, `${outageMs} against ${electedMs}`);
        t.true(observerLagMs !== null && observerLagMs >= 0);
      }
    }
  },
);

for (const fault of electionFaults) {
  test(`clients in virtual time see the outage after ${fault} as those on threads do`, async (t) => {
    const { trials, ideal, summary, options } = await benchSimulatedElections({
      trials: 50,
      fault,
      clients: 3,
      clientIntervalMs: 5,
      linkDelay: { type: 'lognormal', medianMs: 0.4, sigma: 0.5 },
      cluster: { seed: 1, rules: { exitNotice: false } },
    });
    t.deepEqual(options.clients, { count: 3, intervalMs: 5 });
    t.is(ideal, null, 'writes are signs of life');
    t.is(summary.outageMs?.count, 50);
    // Nobody serves before the first entry of the new term is committed. Then somebody asks within a beat, or has to find
    // out first that who was asked is silent.
    for (const { outageMs, readyMs } of trials)
      t.true(outageMs !== null && outageMs > readyMs, `${outageMs}`);
    const lateMs = (summary.outageMs?.p50 ?? 0) - summary.readyMs.p50;
    t.true(lateMs < 30, `${lateMs}`);
  });
}

async function outagesOf(clientIntervalMs: number): Promise<readonly number[]> {
  const ofOne = { seed: 7, rules: { exitNotice: false } };
  const { trials } = await benchSimulatedElections({
    trials: 30,
    clients: 1,
    clientIntervalMs,
    cluster: ofOne,
  });
  return trials.map(({ outageMs }) => outageMs ?? Number.NaN);
}

test('one seed gives one outage, and who asks more often sees less of it', async (t) => {
  t.deepEqual(await outagesOf(10), await outagesOf(10));
  t.true(meanOfAll(await outagesOf(100)) > meanOfAll(await outagesOf(2)) + 20);
});

test('a client goes where it is told, not back to who is silent, and on when nobody knows', (t) => {
  const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(asNodeId) as [NodeId, NodeId, NodeId];
  const guess = new LeaderGuess([n1, n2, n3], n1, 100);
  t.is(guess.ask(0), n1);
  t.is(guess.ask(100), n1, 'still within its patience');
  t.is(guess.ask(101), n2, 'n1 has not answered since 0');
  guess.refused(n1, n3);
  t.is(guess.ask(102), n2, 'an answer of who was left is no news');
  guess.refused(n2, n1);
  t.is(guess.ask(103), n3, 'n2 still follows n1, which is silent');
  guess.refused(n3, null);
  t.is(guess.ask(104), n1);
  guess.refused(n1, n3);
  t.is(guess.ask(105), n3, 'told');
  guess.acknowledged(n3);
  t.is(guess.ask(300), n3, 'it has answered everything');
});

test('what does not go together is refused by name', (t) => {
  for (const [option, options, engine] of [
    ['fault', { coldStart: true, fault: 'hang' }, 'threads'],
    ['clients', { coldStart: true, clients: 1 }, 'threads'],
    ['clients', { clients: -1 }, 'threads'],
    ['clientIntervalMs', { clientIntervalMs: 5 }, 'threads'],
    ['clientIntervalMs', { clients: 1, clientIntervalMs: 0 }, 'threads'],
    ['linkDelay', { coldStart: true, linkDelay: { type: 'fixed', ms: 1 } }, 'threads'],
    ['dataDir', { coldStart: true, cluster: { dataDir: 'x' } }, 'threads'],
    ['learners', { cluster: { learners: 1 } }, 'simulation'],
    ['store', { cluster: { store: 'memory' } }, 'simulation'],
    ['dataDir', { cluster: { dataDir: 'x' } }, 'simulation'],
    ['keep', { cluster: { keep: true } }, 'simulation'],
    ['wiring', { cluster: { wiring: 'direct' } }, 'simulation'],
    ['niceness', { cluster: { niceness: 5 } }, 'simulation'],
    ['restart', { cluster: { restart: false } }, 'simulation'],
    ['voteLog', { cluster: { voteLog: 'x' } }, 'simulation'],
  ] as const) {
    const error = t.throws(() => resolveElectionPlan(options, engine), { instanceOf: ElectorateError });
    t.is(error?.details['option'], option);
  }
});

test('what makes no difference in virtual time is not refused where it is as ever', (t) => {
  const usual = { learners: 0, store: 'disk', keep: false, wiring: 'routed', niceness: 0 } as const;
  const rest = { voteLog: null, restart: { maxRestarts: 5 } };
  t.is(resolveElectionPlan({ cluster: { ...usual, ...rest } }, 'simulation').engine, 'simulation');
  const real = { learners: 1, wiring: 'direct', keep: true, voteLog: 'x', restart: false } as const;
  t.is(resolveElectionPlan({ cluster: real }, 'threads').engine, 'threads');
});
