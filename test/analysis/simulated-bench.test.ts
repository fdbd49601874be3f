import test from 'ava';
import { benchSimulatedElections } from '../../src/analysis/simulated-bench.js';
import { benchElections } from '../../src/analysis/election-bench.js';
import { parseDelay } from '../../src/cli/delay-flag.js';
import { ElectorateError } from '../../src/errors.js';
import { electionReport } from '../../src/report/election-report.js';

const delays = {
  linkDelay: { type: 'uniform', minMs: 0.2, maxMs: 0.8 },
  storeDelay: { type: 'fixed', ms: 2 },
} as const;

test('a simulated bench has the trials, phases and ideal of a real one', async (t) => {
  const cluster = { nodes: 5, seed: 3, rules: { exitNotice: false } };
  const done: number[] = [];
  const result = await benchSimulatedElections(
    { trials: 400, cluster, ...delays },
    { onProgress: (_trial, count) => done.push(count) },
  );
  t.is(result.schema, 'electorate.election-bench/2');
  t.like(result.options, { trials: 400, engine: 'simulation', delays });
  t.is(done.at(-1), 400);
  for (const {
    phases,
    electedMs,
    readyMs,
    rounds,
    termSteps,
    messages,
    bytes,
    winner,
    crashed,
  } of result.trials) {
    const { detect, lostRounds, preVote, vote, establish, ready } = phases;
    t.true(Math.abs(electedMs - (detect + lostRounds + preVote + vote)) < 1e-9);
    t.true(Math.abs(readyMs - (electedMs + establish + ready)) < 1e-9);
    t.true(detect > 150 - 30 && preVote >= 0.4 && vote >= 0.4 + 4);
    t.true(rounds >= 1 && termSteps >= 1 && (messages ?? 0) >= 12);
    t.true((bytes ?? 0) > 40 * (messages ?? 0) && (bytes ?? 0) < 1000 * (messages ?? 0), `${bytes}`);
    t.not(winner, crashed);
  }
  // Delays and writes are measured as on real threads, and feed the ideal.
  const { ideal } = result;
  if (ideal === null) return t.fail('a crash has a closed form');
  t.true(Math.abs(ideal.input.delayMs - 0.5) < 0.05);
  t.is(ideal.input.candidateWriteMs.toFixed(6), '2.000000');
  t.true(Math.abs(ideal.meanExcess) < 0.05);
  t.regex(electionReport(result), /crash → elected/u);
});

test('a notice that overtakes the last heartbeats is heeded: the leader was known before', async (t) => {
  const { summary } = await benchSimulatedElections({
    trials: 500,
    linkDelay: { type: 'fixed', ms: 5 },
    cluster: { seed: 1 },
  });
  t.true(summary.electedMs.max < 50, `${summary.electedMs.max}`);
});

test('one seed gives one simulated bench', async (t) => {
  const [first, again, other] = await Promise.all(
    [5, 5, 6].map((seed) => benchSimulatedElections({ trials: 20, cluster: { seed } })),
  );
  t.deepEqual(first?.trials, again?.trials);
  t.notDeepEqual(first?.trials, other?.trials);
});

test('a simulated bench ends with the reason of its signal', async (t) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const run = benchSimulatedElections(
    { trials: 1_000_000 },
    { signal: controller.signal, onProgress: () => controller.abort(reason) },
  );
  t.is(await t.throwsAsync(run), reason);
});

test('delays are words, and a wrong word is named', (t) => {
  t.deepEqual(parseDelay('linkDelay', '0.5'), { type: 'fixed', ms: 0.5 });
  t.deepEqual(parseDelay('linkDelay', 'uniform:0:2'), { type: 'uniform', minMs: 0, maxMs: 2 });
  t.deepEqual(parseDelay('linkDelay', 'lognormal:1:0.5'), { type: 'lognormal', medianMs: 1, sigma: 0.5 });
  t.deepEqual(parseDelay('linkDelay', 'long-tailed:1:9'), { type: 'longTailed', minMs: 1, maxMs: 9 });
  for (const word of [
    '',
    '-1',
    'NaN',
    'uniform:1',
    'uniform:2:1',
    'lognormal:1:9',
    'gamma:1:2',
    '1:2',
    'uniform::1',
  ]) {
    const error = t.throws(() => parseDelay('linkDelay', word), { instanceOf: ElectorateError });
    t.is(error?.code, 'invalidOption', word);
  }
});

test('delays that nothing can be drawn from are refused before a thread starts', async (t) => {
  for (const wrong of [
    { storeDelay: { type: 'fixed', ms: -1 } },
    { linkDelay: { type: 'longTailed', minMs: 3, maxMs: 2 } },
    { linkDelay: { type: 'sampled', ms: [] } },
  ] as const) {
    const error = await t.throwsAsync(benchElections({ trials: 1, ...wrong }), {
      instanceOf: ElectorateError,
    });
    t.is(error?.code, 'invalidOption');
  }
});
