import test from 'ava';
import {
  idealCdf,
  idealElection,
  idealQuantile,
  suspicionProbability,
  type IdealInput,
} from '../../src/analysis/ideal.js';
import { createRandom, drawBetween } from '../../src/raft/random.js';

const five: IdealInput = {
  voters: 5,
  alive: 4,
  electable: 4,
  electionTimeoutMs: 150,
  electionJitterMs: 150,
  heartbeatMs: 30,
  delayMs: 0.25,
  candidateWriteMs: 0.5,
  voterWriteMs: 0.75,
  logWriteMs: 1,
  preVote: true,
  retryJitterMs: 2,
};
const vanilla: IdealInput = { ...five, preVote: false, retryJitterMs: null };

test('mean, least and most follow the formulas, with two delays more for a pre-vote', (t) => {
  const ideal = idealElection(five);
  t.is(ideal.meanMs, 150 + 30 - 15 + 5 * 0.25 + 1.25);
  t.is(ideal.minMs, 150 - 30 + 5 * 0.25 + 1.25);
  t.is(ideal.maxMs, 300 + 5 * 0.25 + 1.25);
  t.is(ideal.knownMeanMs, ideal.meanMs + 0.25);
  t.is(ideal.readyMeanMs, ideal.meanMs + 0.5 + 1);
  t.is(ideal.meanMs - idealElection(vanilla).meanMs, 2 * 0.25);
});

for (const [title, input] of [
  ['five nodes', five],
  ['vanilla', vanilla],
  ['one of two survivors electable', { ...five, voters: 3, alive: 2, electable: 1 }],
  ['a jitter shorter than the heartbeat interval', { ...five, electionJitterMs: 10 }],
  [
    'an exit notice, no heartbeat in it',
    { ...five, electionTimeoutMs: 0.3, electionJitterMs: 2, heartbeatMs: 0 },
  ],
] as const) {
  test(`the distribution runs from least to most and its tail integrates to the mean: ${title}`, (t) => {
    const { minMs, meanMs, maxMs } = idealElection(input);
    t.is(idealCdf(input, minMs - 0.001), 0);
    t.true(Math.abs(idealCdf(input, maxMs + 0.001) - 1) < 1e-9);
    const steps = 20_000;
    const width = (maxMs - minMs) / steps;
    let tail = minMs;
    let before = 0;
    for (let i = 0; i < steps; i += 1) {
      const reached = idealCdf(input, minMs + (i + 0.5) * width);
      t.true(reached >= before - 1e-12, 'never falls');
      before = reached;
      tail += (1 - reached) * width;
    }
    t.true(Math.abs(tail - meanMs) < 1e-3, `integral ${tail}, mean ${meanMs}`);
  });
}

test('crashes drawn at random agree with mean and distribution', (t) => {
  const random = createRandom(7);
  const samples = Array.from({ length: 40_000 }, () => {
    const timeouts = Array.from({ length: five.electable }, () => drawBetween(random, 150, 150));
    const sinceHeartbeat = drawBetween(random, 0, five.heartbeatMs);
    return Math.min(...timeouts) - sinceHeartbeat + 5 * five.delayMs + 1.25;
  }).toSorted((a, b) => a - b);
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  t.true(Math.abs(mean / idealElection(five).meanMs - 1) < 0.003);
  const distances = samples.map((sample, i) => Math.abs(idealCdf(five, sample) - (i + 0.5) / samples.length));
  t.true(Math.max(...distances) < 0.01, `KS ${Math.max(...distances)}`);
});

// MEASURING: √(6Tw) for three nodes, (60Tw²)^(1/3) for five with one dead, √(12Tw) with two dead.
test('the best jitter has its closed form in the small cases', (t) => {
  const unit: IdealInput = { ...vanilla, delayMs: 1, candidateWriteMs: 0 };
  const best = (voters: number, alive: number): number =>
    idealElection({ ...unit, voters, alive, electable: alive }).bestJitterMs;
  t.is(best(3, 2), Math.sqrt(6 * 150));
  t.true(Math.abs(best(5, 4) - Math.cbrt(60 * 150)) < 1e-9);
  t.is(best(5, 3), Math.sqrt(12 * 150));
  // L = 2·PV·d + W1 + 2d + W2 + r/(s+1), and w = d + W1.
  const lostMs = 4 * 0.25 + 1.25 + 2 / 5;
  t.true(Math.abs(idealElection(five).bestJitterMs - Math.cbrt(60 * lostMs * 0.75 ** 2)) < 1e-9, 'a retry');
});

for (const [voters, percent] of [
  [3, 23],
  [5, 20],
  [7, 16],
] as const) {
  test(`of ${voters} nodes the best jitter is where the mean is least, and R = T costs ${percent} % more at h = T/2`, (t) => {
    const mean = (electionJitterMs: number): number =>
      idealElection({
        ...vanilla,
        voters,
        alive: voters - 1,
        electable: voters - 1,
        electionJitterMs,
        heartbeatMs: 75,
        delayMs: 1,
        candidateWriteMs: 0,
        voterWriteMs: 0,
      }).meanWithSplitVotesMs ?? Number.NaN;
    const best = idealElection({
      ...vanilla,
      voters,
      alive: voters - 1,
      delayMs: 1,
      candidateWriteMs: 0,
    }).bestJitterMs;
    const scan = Array.from({ length: 300 }, (_, i) => mean(10 + i));
    const least = Math.min(...scan);
    t.true(mean(best) / least < 1.01);
    t.is(Math.round((mean(150) / least - 1) * 100), percent);
  });
}

test('where candidacies stay unknown for more than a tenth of the jitter, split votes have no closed form', (t) => {
  // d + W1 is 0.75
  t.not(idealElection({ ...vanilla, electionJitterMs: 7.6 }).splitVoteProbability, null);
  const ideal = idealElection({ ...vanilla, electionJitterMs: 7.4 });
  t.is(ideal.splitVoteProbability, null);
  t.is(ideal.meanWithSplitVotesMs, null);
});

/** Of one lost round, from how much the mean with them is longer. */
const costOf = (input: IdealInput): number => {
  const { splitVoteProbability: p, meanMs, meanWithSplitVotesMs } = idealElection(input);
  return p === null || meanWithSplitVotesMs === null
    ? Number.NaN
    : (meanWithSplitVotesMs - meanMs) / (p / (1 - p));
};

test('a retry wait makes a split vote cost a round instead of a timeout', (t) => {
  t.true(Math.abs(costOf(vanilla) - (150 + 150 / 5 + 0.25)) < 1e-6);
  t.true(Math.abs(costOf(five) - (4 * 0.25 + 1.25 + 2 / 5)) < 1e-6);
});

test('a quantile is where the distribution reaches its share, later by what the lost rounds cost', (t) => {
  const noSplits = { ...five, delayMs: 0, candidateWriteMs: 0 };
  for (const share of [0.01, 0.5, 0.99]) {
    t.true(Math.abs(idealCdf(noSplits, idealQuantile(noSplits, share) ?? 0) - share) < 1e-6);
  }
  const tight = { ...vanilla, electionJitterMs: 8 };
  const p99 = idealQuantile(tight, 0.99) ?? 0;
  const { splitVoteProbability, maxMs } = idealElection(tight);
  t.true((splitVoteProbability ?? 0) > 0.01, 'so that the last hundredth had a round more');
  t.true(p99 > maxMs && p99 < maxMs + 2 * 150);
  t.is(idealQuantile({ ...vanilla, electionJitterMs: 7 }, 0.99), null);
});

test('a leader is given up for a silence longer than T − h at the earliest, and longer than T + R for certain', (t) => {
  t.is(suspicionProbability(five, 120), 0);
  t.true(suspicionProbability(five, 121) > 0);
  t.true(suspicionProbability(five, 160) > suspicionProbability(five, 140));
  t.true(suspicionProbability(five, 300) > 1 - 1e-9);
});
