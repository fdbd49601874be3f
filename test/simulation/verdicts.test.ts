import test from 'ava';
import { comparedProfiles, expectedOutcomes, judgePartialPartitions } from '../../src/simulation/verdicts.js';
import { partialPartitions } from '../../src/simulation/partial-partitions.js';

const cells = judgePartialPartitions({ seed: 1, seeds: 5 });

for (const { scenario, profile, expected, outcome, verdicts } of cells) {
  test(`${scenario}, ${profile}: ${expected}`, (t) => {
    t.is(outcome, expected, JSON.stringify(verdicts));
  });
}

test('every scenario has an expected outcome for every profile', (t) => {
  t.is(cells.length, partialPartitions.length * Object.keys(comparedProfiles).length);
  t.deepEqual(
    partialPartitions.map(({ name }) => name),
    Object.keys(expectedOutcomes),
  );
});

test('a node that comes back with a high term costs the standard profile nothing, and the paper’s a leader', (t) => {
  t.true(termsBurnedByRejoin('standard').every((terms) => terms === 0));
  t.true(termsBurnedByRejoin('vanilla').every((terms) => terms > 0));
});

function termsBurnedByRejoin(profile: string): number[] {
  return cells
    .filter((cell) => cell.scenario === 'rejoin with a high term' && cell.profile === profile)
    .flatMap(({ verdicts }) => verdicts.map(({ termsBurned }) => termsBurned));
}

test('the same seed gives the same matrix', (t) => {
  t.deepEqual(judgePartialPartitions({ seed: 9, seeds: 1 }), judgePartialPartitions({ seed: 9, seeds: 1 }));
});
