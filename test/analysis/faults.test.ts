/** Every way in which a leader is lost, measured on real threads: it is replaced, and comes back. */
import test from 'ava';
import { benchElections } from '../../src/analysis/election-bench.js';
import { electionFaults, resolveElectionPlan } from '../../src/analysis/election-plan.js';
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
    const { trials, ideal, options } = await benchElections({
      trials: 2,
      fault,
      linkDelay: { type: 'fixed', ms: 1 },
      cluster: { ...cluster, rules: { exitNotice: false } },
    });
    t.is(options.fault, fault);
    t.is(trials.length, 2);
    for (const { crashed, winner, electedMs, termSteps, cost } of trials) {
      t.not(winner, crashed);
      t.true(termSteps >= 1);
      // Leases see to that: a follower may last have heard its leader a heartbeat and a message before.
      t.true(electedMs > 100 - 25 - 5, `${electedMs}`);
      // Who is heard falls silent by itself only after T, and is believed for another.
      if (fault === 'cut-in') t.true(electedMs > 2 * 100 - 25 - 10, `${electedMs}`);
      // What healed the links has put their delay back.
      t.true(
        cost.delaysMs.every((ms) => ms >= 1),
        cost.delaysMs.join(' '),
      );
    }
    t.is(ideal === null, fault === 'cut-in' || fault === 'disk-stall');
  });
}

test.serial('shutdown and hang: only a thread that ends is noticed', async (t) => {
  for (const fault of ['shutdown', 'hang'] as const) {
    const { trials, ideal } = await benchElections({ trials: 1, fault, cluster });
    t.is(trials[0]?.cost.noticesMs.length === 0, fault === 'hang');
    t.is(ideal?.input.heartbeatMs === 0, fault === 'shutdown');
  }
});

test('what cannot be told from a healthy leader is refused, and so is what is no fault', (t) => {
  const vanilla = { cluster: { profile: 'vanilla' } } as const;
  t.throws(() => resolveElectionPlan({ ...vanilla, fault: 'cut-in' }), {
    message: "Expected `fault` to be another one where the rule `quorumCheck` is off, got 'cut-in'",
  });
  t.is(resolveElectionPlan({ ...vanilla, fault: 'disk-stall' }).fault, 'disk-stall');
  t.false(vanillaRules.quorumCheck);
  t.throws(() => resolveElectionPlan({ fault: 'boredom' as 'crash' }), { code: 'invalidOption' });
});
