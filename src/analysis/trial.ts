/** From what the nodes observed around the loss of one leader to where the time without a leader went. Pure. */
import { max } from 'simple-statistics';
import type { NodeEvent, NodeStatus } from '../actor/protocol.js';
import type { HostObservation } from '../cluster/stall-monitor.js';
import type { NodeId, Term } from '../raft/brands.js';
import type { RefusalReason, Round } from '../raft/messages.js';
import { recordTimeline, type Timeline } from './timeline.js';

/** Something a reader should know before trusting a trial. Marked trials are kept and counted. */
export type TrialMark =
  /** A survivor had given the leader up before the crash: detection counts as 0. */
  | 'suspectedBeforeCrash'
  /** Somebody was elected and lost it again before its first entry was committed; its time is in `lostRounds`. */
  | 'leaderLost'
  /** A later leader was elected before all survivors knew the winner: `knownMs` is when they knew either. */
  | 'winnerReplaced'
  /** The winner's timer fired more than {@link stallMs} late, or its thread stood still so long while it waited. */
  | 'timerStalled'
  /** The thread of a survivor stood still for more than {@link stallMs}. */
  | 'survivorStalled'
  /** The router was behind by more than {@link stallMs}. */
  | 'routerStalled'
  /** The thread that holds the cluster, and its clients, stood still for more than {@link stallMs}. */
  | 'observerStalled'
  /** A thread that does nothing but wake up did so more than {@link stallMs} late. */
  | 'hostStalled';

/** Lateness, in ms, from which on a trial is marked as touched by a stall of the machine. */
export const stallMs = 5;

/** Those that say something of the machine, and nothing of the election. */
const stallMarks: ReadonlySet<TrialMark> = new Set([
  'timerStalled',
  'survivorStalled',
  'routerStalled',
  'observerStalled',
  'hostStalled',
]);

/** Whether a stall of the machine has touched it, as far as anybody saw. */
export function isStalled({ marks }: Trial): boolean {
  return marks.some((name) => stallMarks.has(name));
}

/** Adjacent intervals, in ms: they add up to the time from the crash to the leader's first committed entry. */
export interface Phases {
  /** Crash → the first survivor gives the leader up. */
  readonly detect: number;
  /** → the winner opens the campaign that wins. */
  readonly lostRounds: number;
  /** → its pre-vote quorum is in; 0 without pre-vote. */
  readonly preVote: number;
  /** → it is leader. */
  readonly vote: number;
  /** → a quorum has answered an AppendEntries of its term. */
  readonly establish: number;
  /** → its first entry is committed. */
  readonly ready: number;
}

/**
 * One leader lost, and the election after it. All times in ms, those named `…Ms` counted from when the fault took effect:
 * wherever this says crash, another fault is meant as well.
 */
export interface Trial {
  /** The leader that the fault struck; it may be alive. Null where a new cluster was started. */
  readonly crashed: NodeId | null;
  readonly winner: NodeId;
  /** Campaigns that survivors opened until one had won: 1 is the least. A pre-vote and its vote are one campaign. */
  readonly rounds: number;
  /** Terms in which two or more stood and nobody was elected. */
  readonly splitVotes: number;
  readonly phases: Phases;
  /** `detect + lostRounds + preVote + vote`. */
  readonly electedMs: number;
  /** `electedMs + establish`. */
  readonly establishedMs: number;
  /** `establishedMs + ready`. */
  readonly readyMs: number;
  /** Every survivor has accepted the winner's first AppendEntries; may be before or after `readyMs`. */
  readonly knownMs: number;
  /**
   * Until the first acknowledgement of a write that a client had sent after the crash: the outage as clients see it. Null
   * without clients.
   */
  readonly outageMs: number | null;
  /** How late the timer behind the winning campaign fired; null when no timer opened it. */
  readonly timerLatenessMs: number | null;
  /** The most that the thread of one survivor was not seen to run; 0 where the rule `runningClock` is off. */
  readonly lostMs: number;
  /** The most the router was seen to be behind meanwhile; null where it was not measured. */
  readonly routerLagMs: number | null;
  /** The most that the thread which holds the cluster stood still; null where it was not measured. */
  readonly observerLagMs: number | null;
  /** What was seen of the machine from just before the crash until everybody knew; null in virtual time. */
  readonly host: HostObservation | null;
  readonly marks: readonly TrialMark[];
  /** How far the term moved: 1 is the least. */
  readonly termSteps: number;
  /** Requests refused by survivors until one had won, by reason. */
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
  /** Messages routed from the crash until everybody knew; null where they were not counted. */
  readonly messages: number | null;
  /**
   * How large those messages are, serialized as for a port. Null on real threads: a port tells nobody what it copied,
   * and to serialize each message once more would slow down what is measured.
   */
  readonly bytes: number | null;
  /** What the ideal is made of, as measured in this trial. */
  readonly cost: Cost;
  /** What it takes to explain this trial; null where that was not kept. */
  readonly timeline: Timeline | null;
}

/** The samples of one trial behind d and W, in ms. */
export interface Cost {
  /** Sent → handled, of vote and append messages between suspicion and `ready`. */
  readonly delaysMs: readonly number[];
  /** The winner's writes of its term before it asked for votes, the voters' before they granted. */
  readonly candidateWritesMs: readonly number[];
  readonly voterWritesMs: readonly number[];
  /** The winner's write of its first entry. */
  readonly logWritesMs: readonly number[];
  /** When the survivors took the exit notice, from the crash; empty without one. */
  readonly noticesMs: readonly number[];
}

/** What is known of a trial beside the nodes' events. */
export interface TrialContext {
  readonly crashed: NodeId | null;
  /** When the fault took effect, on the shared clock, in ms. */
  readonly crashedAtMs: number;
  /** The term of the leader that was struck. */
  readonly term: Term;
  /** Every voter that was up and connected at the crash, but the one struck: what that one observes does not count. */
  readonly survivors: readonly NodeId[];
}

type EventOf<K extends NodeEvent['type']> = Extract<NodeEvent, { type: K }>;

/**
 * The record of a trial, or null while it is not over: some leader of a later term has committed its first entry,
 * and every survivor has accepted an AppendEntries of it.
 * @param events what the survivors observed since the cluster settled, in any order across nodes, in order within one
 */
export function analyzeTrial(context: TrialContext, events: readonly NodeEvent[]): Trial | null {
  const seen = events
    .filter((event) => context.survivors.includes(event.node))
    .toSorted((a, b) => a.atMs - b.atMs);
  const victory = findVictory(context, seen);
  if (victory === null) return null;
  const { elected, established, knownAtMs } = victory;

  const suspicion = findSuspicion(context, seen);
  const suspectedAtMs = suspicion.atMs ?? firstRoundAtMs(context, seen) ?? elected.atMs;
  const campaign = findCampaign(elected, seen);
  const { timerLatenessMs, lostMs } = campaign;
  const contest = seen.filter((event) => event.atMs >= suspectedAtMs && event.atMs <= elected.atMs);
  const [detect, lostRounds, preVote, vote, establish, ready] = intervals(context.crashedAtMs, [
    suspectedAtMs,
    campaign.stoodAtMs,
    campaign.preVoteWonAtMs,
    elected.atMs,
    established.atMs,
    victory.ready.atMs,
  ]);
  const electedMs = detect + lostRounds + preVote + vote;
  const establishedMs = electedMs + establish;

  return {
    crashed: context.crashed,
    winner: elected.node,
    rounds: countCampaigns(contest),
    splitVotes: countSplitVotes(contest),
    phases: { detect, lostRounds, preVote, vote, establish, ready },
    electedMs,
    establishedMs,
    readyMs: establishedMs + ready,
    knownMs: knownAtMs - context.crashedAtMs,
    outageMs: null,
    timerLatenessMs,
    lostMs,
    routerLagMs: null,
    observerLagMs: null,
    host: null,
    marks: [
      ...mark('suspectedBeforeCrash', suspicion.beforeCrash),
      ...mark('leaderLost', countOf(contest, 'elected') > 1),
      ...mark('winnerReplaced', victory.replaced),
      // The lateness leaves out exactly what was lost.
      ...mark('timerStalled', (timerLatenessMs ?? 0) + lostMs > stallMs),
    ],
    termSteps: elected.term - context.term,
    refusals: countRefusals(contest),
    messages: null,
    bytes: null,
    cost: measureCost(context, seen, elected, suspectedAtMs, victory.ready.atMs),
    timeline: recordTimeline(context, seen),
  };
}

/** The same trial with what the router measured from just before the crash until everybody knew. */
export function withRouter(
  trial: Trial,
  router: { readonly lagMs: number; readonly messages: number },
): Trial {
  return {
    ...trial,
    routerLagMs: router.lagMs,
    messages: router.messages,
    marks: [...trial.marks, ...mark('routerStalled', router.lagMs > stallMs)],
  };
}

/** The same trial with how long the thread that holds the cluster stood still, and what its clients saw. */
export function withObserver(
  trial: Trial,
  observer: { readonly lagMs: number; readonly outageMs: number | null },
): Trial {
  return {
    ...trial,
    outageMs: observer.outageMs,
    observerLagMs: observer.lagMs,
    marks: [...trial.marks, ...mark('observerStalled', observer.lagMs > stallMs)],
  };
}

/** The same trial with what was seen of the machine meanwhile; null: nobody watched. */
export function withHost(trial: Trial, host: HostObservation | null): Trial {
  return {
    ...trial,
    host,
    marks: [...trial.marks, ...mark('hostStalled', (host?.latenessMs ?? 0) > stallMs)],
  };
}

/** What a status says of the time that its thread lost. */
type Losses = readonly Pick<NodeStatus, 'id' | 'incarnation' | 'lostMs'>[];

/** The same trial with what its threads lost between two statuses: only of nodes that lived through both. */
export function withThreads(trial: Trial, before: Losses, after: Losses): Trial {
  const lost = after.flatMap(({ id, incarnation, lostMs }) => {
    const then = before.find((status) => status.id === id && status.incarnation === incarnation);
    return then === undefined ? [] : [lostMs - then.lostMs];
  });
  const mostMs = max([0, ...lost]);
  return {
    ...trial,
    lostMs: Math.max(trial.lostMs, mostMs),
    marks: [...trial.marks, ...mark('survivorStalled', mostMs > stallMs)],
  };
}

/** Another leader had been elected when the crash came: it hit nobody's leader, and what follows is no trial. */
export function wasDeposedBefore(context: TrialContext, events: readonly NodeEvent[]): boolean {
  return events.some(
    (event) => event.type === 'elected' && event.term > context.term && event.atMs < context.crashedAtMs,
  );
}

/** For whoever waited in vain: how far the election after the crash has got. */
export function describeContest(context: TrialContext, events: readonly NodeEvent[]): string {
  const seen = events.filter((event) => context.survivors.includes(event.node));
  const campaigns = `${countCampaigns(seen)} campaigns`;
  const newest = seen.filter(isA('elected')).toSorted((a, b) => b.term - a.term)[0];
  if (newest === undefined) return `${campaigns}, nobody elected`;
  const { node, term } = newest;
  const ready = seen.some((event) => event.type === 'ready' && event.node === node && event.term === term);
  const followers = new Set(
    seen.filter((event) => event.type === 'leaderKnown' && event.term === term).map((event) => event.node),
  );
  const strangers = context.survivors.filter((id) => id !== node && !followers.has(id));
  return `${campaigns}, ${node} elected in term ${term}${ready ? '' : ' but not ready'}, unknown to ${
    strangers.length === 0 ? 'nobody' : strangers.join(', ')
  }`;
}

interface Victory {
  readonly elected: EventOf<'elected'>;
  readonly established: EventOf<'established'>;
  readonly ready: EventOf<'ready'>;
  readonly knownAtMs: number;
  readonly replaced: boolean;
}

/** The winner is the first leader of a later term to become ready: one that was lost before that won nothing. */
function findVictory(context: TrialContext, seen: readonly NodeEvent[]): Victory | null {
  const ready = seen.filter(isA('ready')).find((event) => event.term > context.term);
  if (ready === undefined) return null;
  const sameReign = (event: NodeEvent & { readonly term: Term }): boolean =>
    event.node === ready.node && event.term === ready.term;
  const elected = seen.filter(isA('elected')).find(sameReign);
  const established = seen.filter(isA('established')).find(sameReign);
  // A later leader will do: whoever follows that one will never accept the winner any more.
  const knowing = seen
    .filter((event) => event.type === 'leaderKnown' || event.type === 'elected')
    .filter((event) => event.term >= ready.term);
  const firsts = context.survivors.map((id) => knowing.find((event) => event.node === id));
  if (elected === undefined || established === undefined || !firsts.every((event) => event !== undefined)) {
    return null;
  }
  return {
    elected,
    established,
    ready,
    knownAtMs: max(firsts.map((event) => event.atMs)),
    replaced: firsts.some((event) => event.term > ready.term),
  };
}

/** The first that gave the old leader up and did not hear it again before the crash. */
function findSuspicion(
  context: TrialContext,
  seen: readonly NodeEvent[],
): { readonly atMs: number | null; readonly beforeCrash: boolean } {
  for (const event of seen) {
    if (event.type !== 'suspected' && event.type !== 'exitNoticed') continue;
    const beforeCrash = event.atMs < context.crashedAtMs;
    const heardAgain = seen.some(
      (later) =>
        later.node === event.node &&
        later.atMs >= event.atMs &&
        later.atMs < context.crashedAtMs &&
        (later.type === 'leaderKnown' || (later.type === 'roundLost' && later.reason === 'leaderHeard')),
    );
    if (!heardAgain) return { atMs: Math.max(event.atMs, context.crashedAtMs), beforeCrash };
  }
  return { atMs: null, beforeCrash: false };
}

/** Where there was no leader to give up, the first round ends the detection. */
function firstRoundAtMs({ crashedAtMs }: TrialContext, seen: readonly NodeEvent[]): number | undefined {
  return seen.find(({ type, atMs }) => type === 'roundOpened' && atMs >= crashedAtMs)?.atMs;
}

interface Campaign {
  readonly stoodAtMs: number;
  readonly preVoteWonAtMs: number;
  readonly timerLatenessMs: number | null;
  readonly lostMs: number;
}

/** The winner's vote round and, before it, the pre-vote that led to it. */
function findCampaign(elected: EventOf<'elected'>, seen: readonly NodeEvent[]): Campaign {
  const own = seen.filter(
    (event) => event.node === elected.node && event.incarnation === elected.incarnation,
  );
  const opened = own.filter(isA('roundOpened'));
  const voteOpened = opened.find(
    (event) => event.phase === 'vote' && isSameRound(event.round, elected.round),
  );
  const preVoteWon = own
    .filter(isA('roundWon'))
    .find((event) => event.phase === 'preVote' && event.term === elected.term);
  const preVoteOpened =
    preVoteWon &&
    opened.find((event) => event.phase === 'preVote' && isSameRound(event.round, preVoteWon.round));
  const first = preVoteOpened ?? voteOpened;
  const timer = own.filter(isA('timerFired')).find((event) => event.cause.id === first?.cause.id);
  const stoodAtMs = first?.atMs ?? elected.atMs;
  return {
    stoodAtMs,
    preVoteWonAtMs: preVoteWon?.atMs ?? stoodAtMs,
    timerLatenessMs: timer?.lateMs ?? null,
    lostMs: timer?.lostMs ?? 0,
  };
}

function isSameRound(a: Round, b: Round | null): boolean {
  return b !== null && a.incarnation === b.incarnation && a.counter === b.counter;
}

type Six = [number, number, number, number, number, number];

/** Between one moment and the next, none of them negative: a campaign may have begun before the crash. */
function intervals(fromMs: number, moments: Six): Six {
  let previousMs = fromMs;
  return moments.map((momentMs) => {
    const lengthMs = Math.max(0, momentMs - previousMs);
    previousMs = Math.max(previousMs, momentMs);
    return lengthMs;
  }) as Six;
}

/** A vote round that follows a won pre-vote is the same campaign. */
function countCampaigns(contest: readonly NodeEvent[]): number {
  return contest
    .filter(isA('roundOpened'))
    .filter(
      (opened) =>
        opened.phase === 'preVote' ||
        !contest.some(
          (event) =>
            event.type === 'roundWon' &&
            event.phase === 'preVote' &&
            event.node === opened.node &&
            event.term === opened.term,
        ),
    ).length;
}

function countSplitVotes(contest: readonly NodeEvent[]): number {
  const candidates = new Map<Term, number>();
  for (const event of contest) {
    if (event.type === 'roundOpened' && event.phase === 'vote') {
      candidates.set(event.term, (candidates.get(event.term) ?? 0) + 1);
    }
  }
  const decided = new Set(contest.filter(isA('elected')).map((event) => event.term));
  return [...candidates].filter(([term, standing]) => standing > 1 && !decided.has(term)).length;
}

function countRefusals(contest: readonly NodeEvent[]): Partial<Record<RefusalReason, number>> {
  const refusals: Partial<Record<RefusalReason, number>> = {};
  for (const event of contest) {
    if (event.type === 'voteRefused') refusals[event.reason] = (refusals[event.reason] ?? 0) + 1;
  }
  return refusals;
}

function measureCost(
  context: TrialContext,
  seen: readonly NodeEvent[],
  elected: EventOf<'elected'>,
  suspectedAtMs: number,
  readyAtMs: number,
): Cost {
  const campaign = seen.filter((event) => event.atMs >= suspectedAtMs && event.atMs <= readyAtMs);
  const writes = campaign.filter(isA('written'));
  // A write that was under way when the winner had won already was on nobody's path.
  const termWrites = writes.filter((event) => event.hardState && event.atMs <= elected.atMs);
  return {
    delaysMs: delays(campaign),
    candidateWritesMs: termWrites
      .filter((event) => event.node === elected.node)
      .map((event) => event.durationMs),
    voterWritesMs: termWrites.filter((event) => event.node !== elected.node).map((event) => event.durationMs),
    logWritesMs: writes
      .filter((event) => event.node === elected.node && event.entries > 0)
      .map((event) => event.durationMs),
    noticesMs: seen
      .filter(isA('exitNoticed'))
      .filter((event) => event.atMs >= context.crashedAtMs)
      .map((event) => event.atMs - context.crashedAtMs),
  };
}

/** Each message once, however many events it led to. */
function delays(campaign: readonly NodeEvent[]): number[] {
  const byMessage = new Map<string, number>();
  for (const { node, incarnation, cause } of campaign) {
    if (cause.sentMs !== null)
      byMessage.set(`${node}/${incarnation}/${cause.id}`, cause.handledMs - cause.sentMs);
  }
  return [...byMessage.values()];
}

function mark(name: TrialMark, applies: boolean): TrialMark[] {
  return applies ? [name] : [];
}

function countOf(events: readonly NodeEvent[], type: NodeEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

function isA<K extends NodeEvent['type']>(type: K): (event: NodeEvent) => event is EventOf<K> {
  return (event): event is EventOf<K> => event.type === type;
}
