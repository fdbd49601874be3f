/** A timeline as rows for a reader, one for each thing that happened. Pure. */
import type { NodeId } from '../raft/brands.js';
import type { RecordedRequest, RecordedRound, Timeline } from './timeline.js';
import type { Trial } from './trial.js';
import { inMs, listed, refusalClause } from './wording.js';

export type RowKind =
  | 'heard'
  | 'fault'
  | 'notice'
  | 'suspicion'
  | 'round'
  | 'request'
  | 'write'
  | 'roundEnd'
  | 'elected'
  | 'established'
  | 'ready'
  | 'known';

export interface ExplanationRow {
  /** From the fault; negative before it. */
  readonly atMs: number;
  /** How long it went on; null for what is but a moment, or was not seen to end. */
  readonly tookMs: number | null;
  readonly node: NodeId;
  /** Whom a request goes to, or a leader is heard from. */
  readonly peer: NodeId | null;
  readonly kind: RowKind;
  /** Without the name of the node. */
  readonly text: string;
  /** Whether it brought the election on or held it up. */
  readonly tone: 'plain' | 'good' | 'bad';
}

/** By time; what happens at one instant stands in the order of its making. */
export function tellTimeline(trial: Trial, timeline: Timeline, fault: string): ExplanationRow[] {
  const { crashed } = trial;
  const row = (
    kind: RowKind,
    { node, atMs }: { readonly node: NodeId; readonly atMs: number },
    text: string,
    more: Partial<ExplanationRow> = {},
  ): ExplanationRow => ({ atMs, tookMs: null, node, peer: null, kind, text, tone: 'plain', ...more });

  return [
    ...timeline.heard.map((contact) =>
      row('heard', contact, `hears ${crashed} for the last time`, { peer: crashed }),
    ),
    ...(crashed === null
      ? []
      : [
          row(
            'fault',
            { node: crashed, atMs: 0 },
            fault === 'crash' ? 'crashes' : `meets the fault: ${fault}`,
            { tone: 'bad' },
          ),
        ]),
    ...timeline.notices.map((notice) =>
      row('notice', notice, `is told that ${crashed} is gone`, { tone: 'good' }),
    ),
    ...timeline.suspicions.map((suspicion) =>
      row(
        'suspicion',
        suspicion,
        `${crashed === null ? 'waits for no leader any more' : `gives ${crashed} up`} after ${silenceOf(suspicion)}; its timeout was ${inMs(suspicion.timeoutMs)}`,
      ),
    ),
    ...timeline.rounds.flatMap((round) => tellRound(round, row)),
    ...timeline.writes.map((write) =>
      row('write', write, `writes ${contentOf(write)}: ${inMs(write.tookMs)}`, { tookMs: write.tookMs }),
    ),
    ...timeline.reigns.flatMap(({ node, term, votes, electedMs, establishedMs, readyMs }) => [
      row('elected', { node, atMs: electedMs }, `is elected leader of term ${term} by ${listed(votes)}`, {
        tone: 'good',
      }),
      ...(establishedMs === null
        ? []
        : [row('established', { node, atMs: establishedMs }, 'is answered by a quorum')]),
      ...(readyMs === null
        ? []
        : [row('ready', { node, atMs: readyMs }, 'has its first entry committed', { tone: 'good' })]),
    ]),
    ...timeline.known.map(({ node, atMs, leader, term }) =>
      row('known', { node, atMs }, `follows ${leader} in term ${term}`, { peer: leader }),
    ),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

type MakeRow = (
  kind: RowKind,
  at: { readonly node: NodeId; readonly atMs: number },
  text: string,
  more?: Partial<ExplanationRow>,
) => ExplanationRow;

function tellRound(round: RecordedRound, row: MakeRow): ExplanationRow[] {
  const { node, phase, term, openedMs, timer, outcome, endedMs } = round;
  const what = phase === 'preVote' ? 'pre-vote' : 'vote';
  const late =
    timer === null
      ? ''
      : `; its timer fired ${inMs(timer.lateMs)} late${timer.lostMs > 0 ? `, its thread stood still for ${inMs(timer.lostMs)}` : ''}`;
  return [
    row('round', { node, atMs: openedMs }, `opens a ${what} of term ${term}${late}`),
    ...round.requests.map((request) => tellRequest(round, request, row)),
    ...(outcome === null || endedMs === null
      ? []
      : [
          row(
            'roundEnd',
            { node, atMs: endedMs },
            outcome === 'won'
              ? `wins its ${what} of term ${term}`
              : `loses its ${what} of term ${term}: ${outcome}`,
            { tone: outcome === 'won' ? 'good' : 'bad' },
          ),
        ]),
  ];
}

function tellRequest(
  { node, openedMs, phase }: RecordedRound,
  request: RecordedRequest,
  row: MakeRow,
): ExplanationRow {
  const { to, sentMs, arrivedMs, handledMs, decidedMs, answer, leaseMs, answerArrivedMs, answerHandledMs } =
    request;
  const what = phase === 'preVote' ? 'pre-vote' : 'vote';
  const decision =
    answer === null
      ? 'no answer was seen'
      : answer === 'granted'
        ? 'granted'
        : `refused, ${refusalClause(answer)}${leaseMs === null ? '' : ` ${inMs(leaseMs)} longer`}`;
  const stages = [
    stage('on its way', sentMs, arrivedMs),
    stage('waiting', arrivedMs, handledMs),
    stage('writing', handledMs, decidedMs),
    stage('on its way back', decidedMs, answerArrivedMs),
    stage('waiting', answerArrivedMs, answerHandledMs),
  ].filter((text) => text !== null);
  const counted = answer !== null && answerHandledMs === null ? '; too late to count' : '';
  const atMs = sentMs ?? openedMs;
  return row(
    'request',
    { node, atMs },
    `asks ${to} for its ${what}: ${decision}${stages.length === 0 ? '' : ` (${stages.join(', ')})`}${counted}`,
    {
      peer: to,
      tookMs: answerHandledMs === null ? null : answerHandledMs - atMs,
      tone: answer === 'granted' ? 'good' : 'bad',
    },
  );
}

/** Null for what took no time that a clock could tell. */
function stage(name: string, fromMs: number | null, toMs: number | null): string | null {
  if (fromMs === null || toMs === null || toMs - fromMs < 0.005) return null;
  return `${inMs(toMs - fromMs)} ${name}`;
}

function contentOf({ hardState, entries }: Timeline['writes'][number]): string {
  const log = entries === 1 ? 'an entry' : `${entries} entries`;
  if (entries === 0) return 'term and vote';
  return hardState ? `term, vote and ${log}` : log;
}

/** Counted while the node was running: where that is less than its timeout, it stood still for the rest. */
function silenceOf({ silentMs, timeoutMs }: Timeline['suspicions'][number]): string {
  // Rounding, to a microsecond, is none.
  const stoodStill = timeoutMs - silentMs > 0.01;
  return `${inMs(silentMs)} of silence${stoodStill ? ' beside a standstill of its own' : ''}`;
}
