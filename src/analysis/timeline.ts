/**
 * What is kept of one election so that it can be explained long after: who heard the old leader last, whose timer
 * fired and how late, every request with its answer and the reason, every write with its cost. Plain data, pure.
 */
import type { NodeEvent } from '../actor/protocol.js';
import type { NodeId, Term } from '../raft/brands.js';
import type { Phase, RoundLossReason } from '../raft/events.js';
import type { TimerName } from '../raft/inputs.js';
import type { RefusalReason, Round } from '../raft/messages.js';
import type { TrialContext } from './trial.js';

/** Only what survivors saw. All times in ms from the fault, to the microsecond; before it they are negative. */
export interface Timeline {
  /** When each survivor heard the old leader last, the first of them first; missing where nobody said. */
  readonly heard: readonly { readonly node: NodeId; readonly atMs: number }[];
  /** The supervisor's word that the leader is gone, where it was taken. */
  readonly notices: readonly { readonly node: NodeId; readonly atMs: number }[];
  readonly suspicions: readonly Suspicion[];
  /** In the order in which they were opened. */
  readonly rounds: readonly RecordedRound[];
  /** From the fault on, or from the first suspicion where that came earlier. */
  readonly writes: readonly RecordedWrite[];
  /** Everybody that was elected, whether or not it stayed leader. */
  readonly reigns: readonly Reign[];
  /** First accepted AppendEntries of each leader. */
  readonly known: readonly {
    readonly node: NodeId;
    readonly leader: NodeId;
    readonly term: Term;
    readonly atMs: number;
  }[];
}

/** A survivor gave the old leader up. */
export interface Suspicion {
  readonly node: NodeId;
  readonly atMs: number;
  /** The silence it had heard, on the clock that stands still with its thread; and what it had drawn. */
  readonly silentMs: number;
  readonly timeoutMs: number;
}

export interface RecordedRound {
  readonly node: NodeId;
  readonly phase: Phase;
  /** In a pre-vote the prospective one. */
  readonly term: Term;
  readonly openedMs: number;
  /** The timer that opened it, how late it fired and how long the thread stood still while it waited. */
  readonly timer: {
    readonly name: TimerName;
    readonly lateMs: number;
    readonly lostMs: number;
  } | null;
  /** Null: it was still open when the recording ended, or its node was gone. */
  readonly outcome: 'won' | RoundLossReason | null;
  readonly endedMs: number | null;
  /** One for each survivor that could answer. */
  readonly requests: readonly RecordedRequest[];
}

/** A request and its answer, stage by stage; null for what was not seen to happen. */
export interface RecordedRequest {
  readonly to: NodeId;
  readonly sentMs: number | null;
  readonly arrivedMs: number | null;
  readonly handledMs: number | null;
  /** When the answer left: behind a write, where it took one. */
  readonly decidedMs: number | null;
  readonly answer: 'granted' | RefusalReason | null;
  /** How much longer the lease ran that refused it. */
  readonly leaseMs: number | null;
  readonly answerArrivedMs: number | null;
  readonly answerHandledMs: number | null;
}

export interface RecordedWrite {
  readonly node: NodeId;
  /** When it began. */
  readonly atMs: number;
  readonly tookMs: number;
  /** Whether term and vote were in it. */
  readonly hardState: boolean;
  /** Log entries in it. */
  readonly entries: number;
}

export interface Reign {
  readonly node: NodeId;
  readonly term: Term;
  readonly votes: readonly NodeId[];
  readonly electedMs: number;
  readonly establishedMs: number | null;
  readonly readyMs: number | null;
}

type EventOf<K extends NodeEvent['type']> = Extract<NodeEvent, { type: K }>;

/** @param events as for `analyzeTrial`: what the survivors observed since the cluster settled */
export function recordTimeline(context: TrialContext, events: readonly NodeEvent[]): Timeline {
  const seen = events
    .filter((event) => context.survivors.includes(event.node))
    .toSorted((a, b) => a.atMs - b.atMs);
  const of = <K extends NodeEvent['type']>(type: K): EventOf<K>[] =>
    seen.filter((event): event is EventOf<K> => event.type === type);
  const fromMs = (atMs: number): number => toMicrosecond(atMs - context.crashedAtMs);
  const stamp = ({ node, atMs }: NodeEvent): { node: NodeId; atMs: number } => ({ node, atMs: fromMs(atMs) });

  const suspicions = of('suspected').filter(({ leaderId }) => leaderId === context.crashed);
  const beganMs = Math.min(
    context.crashedAtMs,
    ...suspicions.map(({ atMs }) => atMs),
    ...of('roundOpened').map(({ atMs }) => atMs),
  );
  const since = <E extends NodeEvent>(list: E[]): E[] => list.filter(({ atMs }) => atMs >= beganMs);
  return {
    heard: lastContacts(seen, fromMs),
    notices: of('exitNoticed').map(stamp),
    suspicions: suspicions.map((event) => ({
      ...stamp(event),
      silentMs: toMicrosecond(event.silentMs),
      timeoutMs: toMicrosecond(event.timeoutMs),
    })),
    rounds: of('roundOpened').map((opened) => recordRound(context, seen, opened, fromMs)),
    writes: since(of('written')).map(({ node, atMs, durationMs, hardState, entries }) => ({
      node,
      atMs: fromMs(atMs - durationMs),
      tookMs: toMicrosecond(durationMs),
      hardState,
      entries,
    })),
    reigns: of('elected')
      .filter(({ term }) => term > context.term)
      .map(({ node, term, votes, atMs }) => {
        const momentOf = (list: readonly (EventOf<'established'> | EventOf<'ready'>)[]): number | null => {
          const event = list.find((candidate) => candidate.node === node && candidate.term === term);
          return event === undefined ? null : fromMs(event.atMs);
        };
        return {
          node,
          term,
          votes,
          electedMs: fromMs(atMs),
          establishedMs: momentOf(of('established')),
          readyMs: momentOf(of('ready')),
        };
      }),
    known: of('leaderKnown')
      .filter(({ term }) => term > context.term)
      .map((event) => ({ ...stamp(event), leader: event.leaderId, term: event.term })),
  };
}

/** Said with every suspicion and with every answer to a candidate, until somebody else was heard. */
function lastContacts(seen: readonly NodeEvent[], fromMs: (atMs: number) => number): Timeline['heard'] {
  const heard = new Map<NodeId, number>();
  for (const event of seen) {
    if (heard.has(event.node)) continue;
    if (event.type !== 'suspected' && event.type !== 'voteGranted' && event.type !== 'voteRefused') continue;
    // What stands behind a write was judged when its message was handled.
    if (event.sharedSilentMs !== null)
      heard.set(event.node, fromMs(event.cause.handledMs - event.sharedSilentMs));
  }
  return [...heard].map(([node, atMs]) => ({ node, atMs })).toSorted((a, b) => a.atMs - b.atMs);
}

function recordRound(
  context: TrialContext,
  seen: readonly NodeEvent[],
  opened: EventOf<'roundOpened'>,
  fromMs: (atMs: number) => number,
): RecordedRound {
  const own = seen.filter(({ node, incarnation }) => {
    return node === opened.node && incarnation === opened.incarnation;
  });
  const isThis = (event: { readonly phase: Phase; readonly round: Round }): boolean =>
    event.phase === opened.phase && isSameRound(event.round, opened.round);
  const fired = own.find((event) => event.type === 'timerFired' && event.cause.id === opened.cause.id);
  const end = own.find((event) => (event.type === 'roundWon' || event.type === 'roundLost') && isThis(event));
  const at = (ms: number | null | undefined): number | null =>
    ms === null || ms === undefined ? null : fromMs(ms);
  const recordRequest = (to: NodeId): RecordedRequest => {
    const decided = seen.find(
      (event): event is EventOf<'voteGranted'> | EventOf<'voteRefused'> =>
        (event.type === 'voteGranted' || event.type === 'voteRefused') &&
        event.node === to &&
        event.candidateId === opened.node &&
        isThis(event),
    );
    const answered = own.find(
      (event): event is EventOf<'answered'> =>
        event.type === 'answered' && event.from === to && isThis(event),
    );
    const leaseMs =
      decided?.type === 'voteRefused' ? decided.leaseRemainingMs : (answered?.leaseRemainingMs ?? null);
    return {
      to,
      sentMs: at(decided?.cause.sentMs),
      arrivedMs: at(decided?.cause.arrivedMs),
      handledMs: at(decided?.cause.handledMs),
      decidedMs: at(decided?.atMs ?? answered?.cause.sentMs),
      answer: answerOf(decided) ?? (answered?.granted === true ? 'granted' : (answered?.reason ?? null)),
      leaseMs: leaseMs === null ? null : toMicrosecond(leaseMs),
      answerArrivedMs: at(answered?.cause.arrivedMs),
      answerHandledMs: at(answered?.cause.handledMs),
    };
  };
  return {
    node: opened.node,
    phase: opened.phase,
    term: opened.term,
    openedMs: fromMs(opened.atMs),
    timer:
      fired?.type === 'timerFired'
        ? {
            name: fired.timer,
            lateMs: toMicrosecond(fired.lateMs),
            lostMs: toMicrosecond(fired.lostMs),
          }
        : null,
    outcome: end?.type === 'roundWon' ? 'won' : end?.type === 'roundLost' ? end.reason : null,
    endedMs: end === undefined ? null : fromMs(end.atMs),
    requests: context.survivors.filter((id) => id !== opened.node).map(recordRequest),
  };
}

function answerOf(
  decided: EventOf<'voteGranted'> | EventOf<'voteRefused'> | undefined,
): 'granted' | RefusalReason | null {
  if (decided === undefined) return null;
  return decided.type === 'voteGranted' ? 'granted' : decided.reason;
}

function isSameRound(a: Round, b: Round): boolean {
  return a.incarnation === b.incarnation && a.counter === b.counter;
}

/** What is finer says nothing, and would make a file twice as large. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
