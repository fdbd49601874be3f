/** Rounds as the campaigns they belong to: a pre-vote and the vote that it leads to are one. */
import type { NodeId, Term } from '../raft/brands.js';
import type { RecordedRound, Reign, Timeline } from './timeline.js';
import type { Trial } from './trial.js';

export interface Campaign {
  readonly node: NodeId;
  readonly term: Term;
  /** One or two: the pre-vote, and the vote if it came to that. */
  readonly rounds: readonly RecordedRound[];
  readonly openedMs: number;
  /** The last of its rounds: how it ended. */
  readonly last: RecordedRound;
}

/** In the order in which they were opened. */
export function campaignsOf({ rounds }: Timeline): Campaign[] {
  return rounds
    .filter((round) => !rounds.some((other) => isLedTo(other, round)))
    .map((first) => {
      const second = rounds.find((round) => isLedTo(first, round));
      return {
        node: first.node,
        term: first.term,
        rounds: second === undefined ? [first] : [first, second],
        openedMs: first.openedMs,
        last: second ?? first,
      };
    });
}

function isLedTo(preVote: RecordedRound, vote: RecordedRound): boolean {
  return (
    preVote.phase === 'preVote' &&
    preVote.outcome === 'won' &&
    vote.phase === 'vote' &&
    vote.node === preVote.node &&
    vote.term === preVote.term
  );
}

/** The reign that the trial ended with; undefined where nobody saw it. */
export function reignOfWinner({ winner }: Trial, { reigns }: Timeline): Reign | undefined {
  return reigns.find(({ node, readyMs }) => node === winner && readyMs !== null);
}

/** What led to {@link reignOfWinner}. */
export function campaignOfWinner(trial: Trial, timeline: Timeline): Campaign | undefined {
  const reign = reignOfWinner(trial, timeline);
  return campaignsOf(timeline).find(
    ({ node, term, last }) =>
      node === reign?.node && term === reign.term && last.phase === 'vote' && last.outcome === 'won',
  );
}
