/** What held up those that did nothing wrong: late timers, slow writes and messages, threads that stood still. Pure. */
import { campaignOfWinner, reignOfWinner, type Campaign } from './campaigns.js';
import type { Finding } from './explanation.js';
import type { RecordedRequest, RecordedWrite, Timeline } from './timeline.js';
import { stallMs, type Trial } from './trial.js';
import { inMs } from './wording.js';

/** Medians over a whole run, in ms. */
export interface UsualCosts {
  /** Sent → handled. */
  readonly delayMs: number;
  /** Of a term or vote. */
  readonly writeMs: number;
  /** Of a leader's first entry. */
  readonly logWriteMs: number;
}

/** Only what takes this much longer than usual, in ms, and three times as long, is worth a word. */
const worthMs = 1;

/** Until somebody was elected. */
export function explainDelays(trial: Trial, timeline: Timeline, usual: UsualCosts): Finding[] {
  const winning = campaignOfWinner(trial, timeline);
  const voters = reignOfWinner(trial, timeline)?.votes ?? [];
  return [
    ...explainWait(trial, timeline),
    ...explainTimer(winning),
    ...slowWrites(
      timeline.writes.filter(
        (write) =>
          write.hardState &&
          voters.includes(write.node) &&
          write.atMs >= (winning?.openedMs ?? trial.electedMs) - grainMs &&
          write.atMs + write.tookMs <= trial.electedMs + grainMs,
      ),
      usual.writeMs,
      'vote',
    ),
    ...explainMessages(winning, voters, usual),
    ...explainStalls(trial, winning),
  ];
}

/** From then on until the first entry was committed. */
export function explainReadiness(trial: Trial, { writes }: Timeline, usual: UsualCosts): Finding[] {
  const own = writes.filter(
    ({ node, atMs, tookMs, entries }) =>
      node === trial.winner &&
      entries > 0 &&
      atMs >= trial.electedMs - grainMs &&
      atMs + tookMs <= trial.readyMs + grainMs,
  );
  return slowWrites(own, usual.logWriteMs, 'first entry');
}

/** Recorded moments are rounded to it. */
const grainMs = 0.001;

/** Time that no campaign was open in: the wait behind an exit notice, above all. */
function explainWait({ phases, winner }: Trial, timeline: Timeline): Finding[] {
  const { notices, rounds } = timeline;
  if (notices.length === 0 || phases.lostRounds < worthMs) return [];
  if (rounds.some(({ outcome }) => outcome !== 'won' && outcome !== 'votedForAnother')) return [];
  const lostMs = phases.lostRounds;
  return [{ rule: 'waited', text: `${winner} waited ${inMs(lostMs)} before it stood`, lostMs }];
}

function explainTimer(winning: Campaign | undefined): Finding[] {
  const timer = winning?.rounds[0]?.timer ?? null;
  if (winning === undefined || timer === null) return [];
  const { lateMs, lostMs } = timer;
  return [
    ...finding(lateMs >= worthMs, 'lateTimer', `${winning.node}’s timer fired ${inMs(lateMs)} late`, lateMs),
    ...finding(
      lostMs > stallMs,
      'threadStalled',
      `${winning.node}’s thread stood still for ${inMs(lostMs)} while it waited`,
      lostMs,
    ),
  ];
}

function slowWrites(writes: readonly RecordedWrite[], usualMs: number, what: string): Finding[] {
  return writes
    .filter(({ tookMs }) => isSlow(tookMs, usualMs))
    .map(({ node, tookMs }) => ({
      rule: 'slowWrite',
      text: `${node} took ${inMs(tookMs)} to write its ${what}`,
      lostMs: tookMs - usualMs,
    }));
}

/** The slowest stage of an exchange that the winner needed. */
function explainMessages(
  winning: Campaign | undefined,
  voters: readonly string[],
  usual: UsualCosts,
): Finding[] {
  const needed =
    winning?.rounds.flatMap(({ requests, phase, endedMs, node }) =>
      requests
        .filter(({ to, answerHandledMs }) =>
          phase === 'vote'
            ? voters.includes(to)
            : answerHandledMs !== null && endedMs !== null && answerHandledMs <= endedMs,
        )
        .flatMap((request) => stages(request, node)),
    ) ?? [];
  const slowest = needed.toSorted((a, b) => b.tookMs - a.tookMs)[0];
  if (slowest === undefined || !isSlow(slowest.tookMs, usual.delayMs)) return [];
  return [{ rule: 'slowMessage', text: slowest.text, lostMs: slowest.tookMs - usual.delayMs }];
}

interface Stage {
  readonly tookMs: number;
  readonly text: string;
}

function stages(request: RecordedRequest, candidate: string): Stage[] {
  const { to, sentMs, arrivedMs, handledMs, decidedMs, answerArrivedMs, answerHandledMs } = request;
  return [
    ...stage(sentMs, arrivedMs, (took) => `a request was ${took} on its way from ${candidate} to ${to}`),
    ...stage(arrivedMs, handledMs, (took) => `a request waited ${took} in the mailbox of ${to}`),
    ...stage(
      decidedMs,
      answerArrivedMs,
      (took) => `an answer was ${took} on its way from ${to} to ${candidate}`,
    ),
    ...stage(
      answerArrivedMs,
      answerHandledMs,
      (took) => `an answer waited ${took} in the mailbox of ${candidate}`,
    ),
  ];
}

function stage(fromMs: number | null, toMs: number | null, tell: (took: string) => string): Stage[] {
  return fromMs === null || toMs === null ? [] : [{ tookMs: toMs - fromMs, text: tell(inMs(toMs - fromMs)) }];
}

/** What was measured beside the nodes: who stalled is not always known. */
function explainStalls(trial: Trial, winning: Campaign | undefined): Finding[] {
  const ownLossMs = winning?.rounds[0]?.timer?.lostMs ?? 0;
  const lagMs = trial.routerLagMs ?? 0;
  const hostMs = trial.host?.latenessMs ?? 0;
  return [
    ...finding(
      trial.lostMs > stallMs && trial.lostMs > ownLossMs,
      'threadStalled',
      `the thread of a survivor stood still for ${inMs(trial.lostMs)}`,
      null,
    ),
    ...finding(
      hostMs > stallMs,
      'hostStalled',
      `the machine kept a thread that only wakes up waiting for ${inMs(hostMs)}`,
      null,
    ),
    ...finding(lagMs > stallMs, 'routerStalled', `the router was up to ${inMs(lagMs)} behind`, null),
  ];
}

function isSlow(tookMs: number, usualMs: number): boolean {
  return tookMs - usualMs >= worthMs && tookMs >= 3 * usualMs;
}

function finding(applies: boolean, rule: Finding['rule'], text: string, lostMs: number | null): Finding[] {
  return applies ? [{ rule, text, lostMs }] : [];
}
