/** When to ask again what leases refused: against the smallest moment at which a quorum would grant, enumerated. */
import test from 'ava';
import { createBallot, isQuorum, isWon, recordAnswer } from '../../src/raft/ballot.js';
import { asNodeId, asTerm } from '../../src/raft/brands.js';
import type { Configuration } from '../../src/raft/configuration.js';
import { askAgainAtMs, wasRefusedByLeasesOnly } from '../../src/raft/lease-hint.js';
import type { OpenRound } from '../../src/raft/state.js';
import { members } from './harness.js';

/** What a peer said: a grant, a refusal, nothing, or how long its lease runs. */
type Said = 'grant' | 'refusal' | 'silence' | number;

const said: readonly Said[] = ['grant', 'refusal', 'silence', 10, 20];
const self = asNodeId('a');
const peers = ['b', 'c', 'd', 'e'].map(asNodeId);

function roundOf(configuration: Configuration, answers: readonly Said[]): OpenRound {
  const ballot = createBallot(configuration);
  recordAnswer(ballot, self, true);
  const leaseRefusals = [];
  for (const [place, answer] of answers.entries()) {
    const from = peers[place];
    if (from === undefined || answer === 'silence') continue;
    recordAnswer(ballot, from, answer === 'grant');
    if (typeof answer === 'number') leaseRefusals.push({ from, endsMs: answer });
  }
  const round = { incarnation: 1, counter: 1 };
  const open = { phase: 'preVote', round, term: asTerm(1), ballot, leaseRefusals } as const;
  return { ...open, byExitNotice: false, askAgainJitterMs: null, endsWithLeases: false };
}

function* everyAnswer(count: number): Generator<Said[]> {
  if (count === 0) yield [];
  else for (const rest of everyAnswer(count - 1)) for (const one of said) yield [one, ...rest];
}

/** The first of the candidate moments at which those that would grant are a quorum. */
function firstQuorum(
  configuration: Configuration,
  answers: readonly Said[],
  silentMs: number,
): number | null {
  const wouldGrantAt = (answer: Said, ms: number): boolean =>
    answer === 'grant' ||
    (answer === 'silence' && silentMs <= ms) ||
    (typeof answer === 'number' && answer <= ms);
  for (const ms of [Number.NEGATIVE_INFINITY, 10, 20]) {
    const granting = peers.filter((_, place) => wouldGrantAt(answers[place] ?? 'silence', ms));
    if (isQuorum(configuration, [self, ...granting])) return ms;
  }
  return null;
}

for (const [name, configuration] of [
  ['of three', members(['a', 'b', 'c'])],
  ['of five', members(['a', 'b', 'c', 'd', 'e'])],
  ['of three to three', members(['a', 'b', 'c'], ['a', 'd', 'e'])],
] as const) {
  test(`lease hint, voters ${name}: asked again when those that answered are a quorum by then; nothing is presumed of the silent`, (t) => {
    for (const answers of everyAnswer(4)) {
      const expected = firstQuorum(configuration, answers, Number.POSITIVE_INFINITY);
      const round = roundOf(configuration, answers);
      if (!isWon(round.ballot)) t.is(askAgainAtMs(round, false), expected);
    }
  });

  test(`lease hint, voters ${name}: where these are none, the silent are presumed to grant from the end of the last lease on`, (t) => {
    for (const answers of everyAnswer(4)) {
      const lastMs = Math.max(...answers.filter((answer) => typeof answer === 'number'));
      const expected =
        firstQuorum(configuration, answers, Number.POSITIVE_INFINITY) ??
        firstQuorum(configuration, answers, lastMs);
      const round = roundOf(configuration, answers);
      if (!isWon(round.ballot) && Number.isFinite(lastMs)) t.is(askAgainAtMs(round, true), expected);
    }
  });

  test(`a round, voters ${name}, failed by leases alone when it is lost, and would not be had they not refused`, (t) => {
    for (const answers of everyAnswer(4)) {
      const round = roundOf(configuration, answers);
      const couldGrant = (...kinds: readonly string[]): boolean =>
        isQuorum(configuration, [
          self,
          ...peers.filter((_, place) =>
            kinds.includes(typeof answers[place] === 'number' ? 'lease' : `${answers[place]}`),
          ),
        ]);
      t.is(
        wasRefusedByLeasesOnly(round),
        !couldGrant('grant', 'silence') && couldGrant('grant', 'silence', 'lease'),
      );
    }
  });
}
