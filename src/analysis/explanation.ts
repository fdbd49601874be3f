/** One election in words: a sentence that says why it took as long as it did, made by rules from its timeline. Pure. */
import type { ElectionBenchResult } from './election-result.js';
import { reignOfWinner } from './campaigns.js';
import { explainDelays, explainReadiness, type UsualCosts } from './explain-delays.js';
import { explainLosses } from './explain-losses.js';
import { median } from './statistics.js';
import { tellTimeline, type ExplanationRow } from './timeline-rows.js';
import type { Timeline } from './timeline.js';
import type { Trial } from './trial.js';
import { inMs, listed } from './wording.js';

/** What a part of a verdict is about. */
export type FindingRule =
  /** How the election began. */
  | 'suspected'
  | 'noticeTaken'
  | 'suspectedBeforeCrash'
  /** Why a campaign before the winning one failed. */
  | 'refusedByLease'
  | 'staleLog'
  | 'splitVote'
  | 'timedOut'
  | 'outvoted'
  | 'leaderLost'
  /** What held up those that did nothing wrong. */
  | 'waited'
  | 'lateTimer'
  | 'slowWrite'
  | 'slowMessage'
  | 'threadStalled'
  | 'routerStalled'
  | 'hostStalled'
  /** How it ended. */
  | 'lost'
  | 'elected'
  | 'winnerReplaced';

/** One clause of a verdict. */
export interface Finding {
  readonly rule: FindingRule;
  readonly text: string;
  /** What it cost, in ms; null where that is not known. The costs of several may overlap. */
  readonly lostMs: number | null;
}

export interface Explanation {
  /** Counted from 1, as while they are run. */
  readonly trial: number;
  /** One sentence. */
  readonly verdict: string;
  /** Its clauses, in their order. */
  readonly findings: readonly Finding[];
  /** By time; empty where no timeline was kept. */
  readonly rows: readonly ExplanationRow[];
}

/** What explaining needs of a result. */
export type Explainable = Pick<ElectionBenchResult, 'trials'> & {
  readonly options: Pick<ElectionBenchResult['options'], 'fault'>;
};

/**
 * @param index of the trial, from 0
 * @throws RangeError when there is no such trial
 */
export function explainTrial(result: Explainable, index: number): Explanation {
  const trial = result.trials[index];
  if (trial === undefined) {
    throw new RangeError(`Expected an index below ${result.trials.length}, got ${index}`);
  }
  const { timeline } = trial;
  if (timeline === null) return explainWithout(trial, index);
  const costs = usualCosts(result);
  const findings = [
    explainBeginning(trial, timeline),
    ...explainLosses(trial, timeline),
    ...explainDelays(trial, timeline, costs),
    ...explainEnd(trial, timeline),
    ...explainReadiness(trial, timeline, costs),
  ];
  return {
    trial: index + 1,
    verdict: joinFindings(findings),
    findings,
    rows: tellTimeline(trial, timeline, result.options.fault ?? 'start'),
  };
}

/** Indices of the trials that were longest without a leader, the longest first. */
export function slowestTrials(trials: readonly Trial[], count: number): number[] {
  return trials
    .map(({ electedMs }, index) => ({ electedMs, index }))
    .toSorted((a, b) => b.electedMs - a.electedMs)
    .slice(0, count)
    .map(({ index }) => index);
}

const usual = new WeakMap<readonly Trial[], UsualCosts>();

/** Of the whole run, computed once: what is slow is slow against that. */
function usualCosts({ trials }: Explainable): UsualCosts {
  const known = usual.get(trials);
  if (known !== undefined) return known;
  const medianOf = (pick: (trial: Trial) => readonly number[]): number => {
    const samples = trials.flatMap(pick);
    return samples.length === 0 ? 0 : median(samples);
  };
  const costs: UsualCosts = {
    delayMs: medianOf(({ cost }) => cost.delaysMs),
    writeMs: medianOf(({ cost }) => [...cost.candidateWritesMs, ...cost.voterWritesMs]),
    logWriteMs: medianOf(({ cost }) => cost.logWritesMs),
  };
  usual.set(trials, costs);
  return costs;
}

/** What the first two clauses say of one node, and of nobody else, is said of it once. */
function joinFindings(findings: readonly Finding[]): string {
  const [beginning = '', second = '', ...others] = findings.map(({ text }) => text);
  const [node = ''] = beginning.split(' ');
  const isOfOne = second.startsWith(`${node} `) && !second.startsWith(`${node} and `);
  const joined = isOfOne
    ? `${beginning} and${second.slice(node.length)}`
    : `${beginning}; ${second.startsWith(`${node}’s `) ? `its${second.slice(node.length + 2)}` : second}`;
  return `${[joined, ...others].join('; ')}.`;
}

function explainBeginning(trial: Trial, { suspicions, notices, rounds }: Timeline): Finding {
  const { crashed } = trial;
  // One that heard its leader again has begun nothing.
  const early = trial.marks.includes('suspectedBeforeCrash');
  const suspicion = suspicions.find(({ atMs }) => early || atMs >= 0);
  const notice = notices.find(({ atMs }) => atMs >= 0);
  if (notice !== undefined && (suspicion === undefined || notice.atMs <= suspicion.atMs)) {
    const text = `${notice.node} was told that ${crashed} was gone after ${inMs(notice.atMs)}`;
    return { rule: 'noticeTaken', text, lostMs: null };
  }
  if (suspicion === undefined) {
    const [first] = rounds;
    const text =
      crashed !== null || first === undefined
        ? `nobody was seen to give ${crashed ?? 'waiting'} up`
        : `${first.node} stood ${inMs(first.openedMs)} after the start`;
    return { rule: 'suspected', text, lostMs: null };
  }
  const text =
    crashed === null
      ? `${suspicion.node} waited ${inMs(suspicion.silentMs)} for a leader`
      : `${suspicion.node} suspected ${crashed} after ${inMs(suspicion.silentMs)} of silence`;
  if (suspicion.atMs >= 0) return { rule: 'suspected', text, lostMs: null };
  return {
    rule: 'suspectedBeforeCrash',
    text: `${text}, ${inMs(-suspicion.atMs)} before anything had happened to it`,
    lostMs: null,
  };
}

function explainEnd(trial: Trial, timeline: Timeline): Finding[] {
  const { lostRounds } = trial.phases;
  const { reigns, rounds } = timeline;
  const reign = reignOfWinner(trial, timeline);
  const ofLosers = rounds.filter(({ outcome, openedMs }) => outcome !== 'won' && openedMs < trial.electedMs);
  const lost: Finding[] =
    lostRounds > 0 && ofLosers.length > 0
      ? [{ rule: 'lost', text: `${inMs(lostRounds)} lost`, lostMs: lostRounds }]
      : [];
  const others = reign?.votes.filter((id) => id !== trial.winner) ?? [];
  const elected: Finding = {
    rule: 'elected',
    text: `${trial.winner} was elected ${inMs(trial.electedMs)} after the ${trial.crashed === null ? 'start' : 'fault'}${others.length === 0 ? '' : ` by ${listed(others)}`}`,
    lostMs: null,
  };
  const successor = reigns.find(({ term }) => reign !== undefined && term > reign.term);
  const replaced: Finding[] =
    trial.marks.includes('winnerReplaced') && successor !== undefined
      ? [
          {
            rule: 'winnerReplaced',
            text: `${successor.node} replaced it before all knew it`,
            lostMs: null,
          },
        ]
      : [];
  return [...lost, elected, ...replaced];
}

/** From the figures of the trial alone. */
function explainWithout(trial: Trial, index: number): Explanation {
  const refusals = Object.entries(trial.refusals).map(([reason, times]) => `${reason} ${times}`);
  const text = [
    `${trial.winner} was elected after ${inMs(trial.electedMs)}, at campaign ${trial.rounds}`,
    ...(trial.splitVotes === 0 ? [] : [`split votes ${trial.splitVotes}`]),
    ...(refusals.length === 0 ? [] : [`refusals ${refusals.join(', ')}`]),
    'its timeline was not kept',
  ].join('; ');
  return {
    trial: index + 1,
    verdict: `${text}.`,
    findings: [{ rule: 'elected', text, lostMs: null }],
    rows: [],
  };
}
