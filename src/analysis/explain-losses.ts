/** Why the campaigns before the winning one came to nothing: one rule for each way to fail. Pure. */
import type { NodeId, Term } from '../raft/brands.js';
import { campaignOfWinner, campaignsOf, type Campaign } from './campaigns.js';
import type { Finding, FindingRule } from './explanation.js';
import type { RecordedRequest, RecordedRound, Timeline } from './timeline.js';
import type { Trial } from './trial.js';
import { inMs, listed, ordinal, refusalClause } from './wording.js';

/** In the order in which they began; rounds of one node that failed for one reason are one finding. */
export function explainLosses(trial: Trial, timeline: Timeline): Finding[] {
  const campaigns = campaignsOf(timeline);
  const winning = campaignOfWinner(trial, timeline);
  const stoodMs = winning?.openedMs ?? trial.electedMs;
  // What was opened later cost nothing.
  const earlier = campaigns.filter(({ openedMs, last }) => openedMs < stoodMs && last !== winning?.last);
  const split = splitTerms(earlier, timeline);
  const losses = earlier.map((campaign, at): Loss => {
    const nextMs = earlier[at + 1]?.openedMs ?? stoodMs;
    return {
      campaign,
      position: earlier.slice(0, at + 1).filter(({ node }) => node === campaign.node).length,
      lostMs: nextMs - campaign.openedMs,
      ...(split.has(campaign.term) && campaign.last.phase === 'vote'
        ? explainSplit(earlier, campaign.term)
        : explainLoss(campaign, trial)),
    };
  });
  return mergeLosses(losses);
}

interface Loss {
  readonly campaign: Campaign;
  /** Which of its node's campaigns it was, from 1. */
  readonly position: number;
  readonly lostMs: number;
  readonly rule: FindingRule;
  /** Behind “n3’s first round”, or a sentence of its own. */
  readonly told: 'ofRound' | 'byItself';
  readonly text: string;
}

function mergeLosses(losses: readonly Loss[]): Finding[] {
  const groups: Loss[][] = [];
  for (const loss of losses) {
    const group = groups.find(([first]) => first !== undefined && isSameLoss(first, loss));
    if (group === undefined) groups.push([loss]);
    else group.push(loss);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { rule, campaign, text, told } = first;
    const lostMs = group.reduce((sum, loss) => sum + loss.lostMs, 0);
    const which = listed(group.map(({ position }) => ordinal(position)));
    const rounds = `${campaign.node}’s ${which} ${group.length === 1 ? 'round was' : 'rounds were'}`;
    return [{ rule, text: told === 'byItself' ? text : `${rounds} ${text}`, lostMs }];
  });
}

function isSameLoss(a: Loss, b: Loss): boolean {
  if (a.rule !== b.rule) return false;
  return a.rule === 'splitVote'
    ? a.campaign.term === b.campaign.term
    : a.campaign.node === b.campaign.node && a.rule !== 'leaderLost';
}

/** Terms in which two or more asked for votes and nobody was elected. */
function splitTerms(campaigns: readonly Campaign[], { reigns }: Timeline): Set<Term> {
  const voting = campaigns.filter(({ last }) => last.phase === 'vote').map(({ term }) => term);
  const decided = new Set(reigns.map(({ term }) => term));
  return new Set(
    voting.filter((term) => !decided.has(term) && voting.filter((other) => other === term).length > 1),
  );
}

type Reason = Pick<Loss, 'rule' | 'told' | 'text'>;

function explainSplit(campaigns: readonly Campaign[], term: Term): Reason {
  const standing = campaigns.filter((campaign) => campaign.term === term && campaign.last.phase === 'vote');
  // Each has its own vote as well.
  const votes = standing.map(
    ({ last }) => 1 + last.requests.filter(({ answer }) => answer === 'granted').length,
  );
  const names = listed(standing.map(({ node }) => node));
  return {
    rule: 'splitVote',
    told: 'byItself',
    text: `${names} stood in term ${term} and split the votes ${votes.join(' to ')}`,
  };
}

function explainLoss({ node, term, last }: Campaign, trial: Trial): Reason {
  if (last.phase === 'vote' && last.outcome === 'won') {
    const text = `${node} was elected in term ${term} and lost it before it was ready`;
    return { rule: 'leaderLost', told: 'byItself', text };
  }
  const refused = last.requests.filter(({ answer }) => answer !== null && answer !== 'granted');
  const leases = refused.filter(({ answer }) => answer === 'leaseLive');
  if (leases.length > 0 && leases.length === refused.length) {
    return { rule: 'refusedByLease', told: 'ofRound', text: `refused by ${leaseHolders(leases)}` };
  }
  const newer = refused.filter(({ answer }) => answer === 'staleLog');
  if (newer.length > 0) {
    const logs = newer.length === 1 ? 'whose log is newer' : 'whose logs are newer';
    return {
      rule: 'staleLog',
      told: 'ofRound',
      text: `refused by ${listed(newer.map(({ to }) => to))}, ${logs}`,
    };
  }
  if (last.outcome === 'timedOut' || last.outcome === 'onlySilentLeft' || last.outcome === null) {
    return { rule: 'timedOut', told: 'ofRound', text: givenUp(last) };
  }
  return { rule: 'outvoted', told: 'ofRound', text: outvoted(last.outcome, refused, trial.winner) };
}

function leaseHolders(leases: readonly RecordedRequest[]): string {
  const names = listed(leases.map(({ to }) => to));
  const longestMs = Math.max(...leases.map(({ leaseMs }) => leaseMs ?? 0));
  return leases.length === 1
    ? `${names}, whose lease ran ${inMs(longestMs)} longer`
    : `${names}, whose leases ran up to ${inMs(longestMs)} longer`;
}

function givenUp({ openedMs, endedMs, requests }: RecordedRound): string {
  const silent = requests.filter(({ answerHandledMs }) => answerHandledMs === null).map(({ to }) => to);
  const what = endedMs === null ? 'never decided' : `given up after ${inMs(endedMs - openedMs)}`;
  return `${what}${silent.length === 0 ? '' : ` without an answer of ${listed(silent)}`}`;
}

function outvoted(
  outcome: RecordedRound['outcome'],
  refused: readonly RecordedRequest[],
  winner: NodeId,
): string {
  switch (outcome) {
    case 'leaderHeard':
    case 'votedForAnother':
      return `overtaken by ${winner}`;
    case 'higherTerm':
      return 'ended by a higher term';
    case 'storeFailed':
      return 'ended by its store, which failed';
    case 'notVoter':
      return 'ended by a configuration without it';
    default: {
      if (refused.length === 0) return 'left without a quorum';
      const [reason, ...otherReasons] = new Set(refused.map(({ answer }) => answer));
      const names = listed(refused.map(({ to }) => to));
      if (otherReasons.length > 0 || reason === undefined || reason === null || reason === 'granted')
        return `refused by ${names}`;
      return `refused by ${names}: ${refusalClause(reason)}`;
    }
  }
}
