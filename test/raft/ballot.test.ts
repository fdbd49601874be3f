/** Vote arithmetic against an independent definition, over every small configuration and every set of answers. */
import test from 'ava';
import {
  createBallot,
  isLost,
  isQuorum,
  isWon,
  quorumSize,
  quorumValue,
  recordAnswer,
} from '../../src/raft/ballot.js';
import { asNodeId, type NodeId } from '../../src/raft/brands.js';
import { noConfiguration, type Configuration } from '../../src/raft/configuration.js';
import { members } from './harness.js';

const ids = ['a', 'b', 'c', 'd', 'e'].map(asNodeId);
const outsider = asNodeId('z');

/** Every way to give each of `slots` places one of `values`. */
function* assignments<Value>(slots: number, values: readonly Value[]): Generator<Value[]> {
  if (slots === 0) yield [];
  else for (const rest of assignments(slots - 1, values)) for (const value of values) yield [value, ...rest];
}

function subsets(of: readonly NodeId[]): NodeId[][] {
  return [...assignments(of.length, [true, false])].map((chosen) => of.filter((_, place) => chosen[place]));
}

/** A majority by its definition: it meets every other set that is as large as itself. */
function isMajority(voters: readonly NodeId[], chosen: readonly NodeId[]): boolean {
  const inside = voters.filter((id) => chosen.includes(id));
  return subsets(voters)
    .filter((other) => other.length === inside.length)
    .every((other) => other.some((id) => inside.includes(id)));
}

function isMajorityOfBoth({ voters, oldVoters }: Configuration, chosen: readonly NodeId[]): boolean {
  return (
    voters.length > 0 && isMajority(voters, chosen) && (oldVoters === null || isMajority(oldVoters, chosen))
  );
}

/** Every simple configuration of 1 to 5 voters, and every joint one over four nodes. */
const configurations: readonly Configuration[] = [
  ...ids.map((_, last) => members(ids.slice(0, last + 1), null, ['learner'])),
  ...subsets(ids.slice(0, 4)).flatMap((voters) =>
    subsets(ids.slice(0, 4)).map((oldVoters) => members(voters, oldVoters)),
  ),
].filter(({ voters, oldVoters }) => voters.length > 0 && oldVoters?.length !== 0);

function universeOf({ voters, oldVoters }: Configuration): NodeId[] {
  return [...new Set([...voters, ...(oldVoters ?? [])])];
}

test('a quorum is the least number of which any two must meet, for 1 to 9 voters', (t) => {
  for (let voters = 1; voters <= 9; voters += 1) {
    t.true(2 * quorumSize(voters) > voters);
    t.true(2 * (quorumSize(voters) - 1) <= voters);
  }
});

test('§5.2 §4.3 every set of members of every small configuration, joint ones too, is a quorum or not by definition', (t) => {
  t.is(configurations.length, 5 + 15 * 15);
  for (const configuration of configurations) {
    for (const chosen of subsets([...universeOf(configuration), outsider])) {
      t.is(isQuorum(configuration, chosen), isMajorityOfBoth(configuration, chosen));
    }
  }
});

test('§5.2 §4.3 a ballot is won by a quorum of grants and lost when no further answer could win it, for every set of answers', (t) => {
  for (const configuration of configurations) {
    const universe = universeOf(configuration);
    for (const answers of assignments(universe.length, ['granted', 'refused', 'silent'])) {
      const ballot = createBallot(configuration);
      for (const [place, id] of universe.entries()) {
        if (answers[place] !== 'silent') recordAnswer(ballot, id, answers[place] === 'granted');
      }
      const by = (...kinds: string[]): NodeId[] =>
        universe.filter((_, place) => kinds.includes(answers[place] ?? ''));
      t.is(isWon(ballot), isMajorityOfBoth(configuration, by('granted')));
      t.is(isLost(ballot), !isMajorityOfBoth(configuration, by('granted', 'silent')));
    }
  }
});

test('an answer of a node that is no voter, a learner or a stranger, decides nothing', (t) => {
  const ballot = createBallot(members(['a', 'b', 'c'], null, ['learner']));
  for (const id of ['learner', 'z', 'y']) t.true(recordAnswer(ballot, asNodeId(id), true));
  t.false(isWon(ballot));
  t.false(isLost(ballot));
  for (const id of ['x', 'w', 'v']) recordAnswer(ballot, asNodeId(id), false);
  t.false(isLost(ballot));
});

test('a peer’s first answer counts, later ones do not, in every order of two', (t) => {
  for (const first of [true, false]) {
    for (const second of [true, false]) {
      const ballot = createBallot(members(['a', 'b', 'c']));
      t.true(recordAnswer(ballot, asNodeId('b'), first));
      t.false(recordAnswer(ballot, asNodeId('b'), second));
      t.deepEqual(ballot.granted, first ? ['b'] : []);
      t.deepEqual(ballot.refused, first ? [] : ['b']);
    }
  }
});

test('§5.3 §4.3 the quorum value is the largest that a quorum has reached, for every small configuration and values 0 to 2', (t) => {
  for (const configuration of configurations) {
    const universe = universeOf(configuration);
    for (const values of assignments(universe.length, [0, 1, 2])) {
      const valueOf = (id: NodeId): number => values[universe.indexOf(id)] ?? 99;
      const expected = [2, 1, 0].find((value) =>
        isMajorityOfBoth(
          configuration,
          universe.filter((id) => valueOf(id) >= value),
        ),
      );
      t.is(quorumValue(configuration, valueOf), expected ?? NaN);
    }
  }
});

test('without voters there is no quorum, nothing is won, everything is lost and no value is reached', (t) => {
  const ballot = createBallot(noConfiguration);
  recordAnswer(ballot, outsider, true);
  t.false(isWon(ballot));
  t.true(isLost(ballot));
  t.false(isQuorum(noConfiguration, [outsider]));
  t.is(
    quorumValue(noConfiguration, () => 5),
    Number.NEGATIVE_INFINITY,
  );
});
