/**
 * T that adapts: quickly up, slowly down, decided by the leader and agreed by telling it in every AppendEntries.
 *
 * - *How long.* For a leader to be replaced, a quorum must have lost it. So the gap that counts is the longest that a
 *   quorum of the followers has seen, each at its own time: one node with a bad link or a busy loop is outvoted, as it
 *   would be in an election. What a leader waited for its own quorum counts as it is. T bridges it three times over.
 * - *Up* at once, by a quarter at least, and with a heartbeat of its own. *Down* as the peaks fade; to the floor, or by
 *   a quarter at least. A new leader goes on with the T it knows, and lets that fade.
 * - *Safety.* A follower promises what it was told, from that contact on, and says so in its answer; a leader counts on
 *   what was said, peer by peer. So while T rises its authority lasts no longer than a quorum really holds still, and
 *   when T falls nobody takes a longer promise back.
 * - *The quorum check* is patient (`quorumPatience`, by default 3 where T adapts: as much worse than before as T is there
 *   to bridge). Late answers raise T then; lost ones cost that much longer where nobody can ask (pitfall 10).
 * - *A restart* waits for the floor only: what the life before had promised at most is not on its disk. Leases serve
 *   elections only, so this can cost an election and no data; waiting for the highest T would cost every restart seconds.
 * - A follower raises nothing by itself: its patience alone saves no leader that the others give up.
 */
import { quorumValue } from './ballot.js';
import type { NodeId } from './brands.js';
import { heightNow, takeAnsweredGap, timeoutFor } from './gaps.js';
import { configurationInForce } from './log.js';
import type { AppendEntries, AppendEntriesReply } from './messages.js';
import { heightOf } from './peak.js';
import type { Progress } from './progress.js';
import type { RaftState } from './state.js';
import { armTimer, observe, type Turn } from './turn.js';

/** Steps of T are this large at least: a T that follows every breath would be told over and over. */
const stepShare = 1 / 4;

/** At a follower: takes the T of the leader it has just accepted, unless it has heard a later word of it. */
export function adoptTimeout(state: RaftState, message: AppendEntries, isNewLeader: boolean): void {
  const { gaps, options } = state;
  if (gaps === null || options.adaptiveTimeout === null || message.electionTimeoutMs === null) return;
  if (!isNewLeader && message.sent.nowMs < gaps.adoptedMs) return;
  gaps.adoptedMs = message.sent.nowMs;
  // Its own bounds: no message quietens a follower for as long as it likes.
  state.timeoutMs = Math.min(
    options.adaptiveTimeout.maxMs,
    Math.max(options.electionTimeoutMs, message.electionTimeoutMs),
  );
}

/** At a leader: what a peer has seen, with the answer that told it. */
export function takeReport(turn: Turn, peer: Progress, { from, report }: AppendEntriesReply): void {
  const { state, time } = turn;
  if (state.gaps === null || report === null) return;
  peer.heard = { gapMs: report.heard.gapMs, atMs: time.nowMs - report.heard.ageMs };
  takeAnsweredGap(state, from, report.answered, time);
}

/**
 * At a leader: brings T to what the gaps ask for. Returns true when it was raised, which the peers have to be told.
 * Nothing where T is fixed.
 */
export function adaptTimeout(turn: Turn): boolean {
  const { state, time } = turn;
  const { leadership, options, timeoutMs: fromMs } = state;
  const { adaptiveTimeout, electionTimeoutMs: minMs, heartbeatMs } = options;
  if (leadership === null || adaptiveTimeout === null) return false;
  const { gapMs, seenBy } = worstGap(turn);
  // What a leader before this one knew is not all known here: its T fades as a gap does that is not held.
  const inherited = { gapMs: leadership.graceMs, atMs: leadership.since.nowMs };
  const inheritedMs = heightOf(inherited, time.nowMs, { ...adaptiveTimeout, holdMs: 0 });
  const askedMs = Math.ceil(timeoutFor(gapMs, heartbeatMs));
  const wantedMs = Math.max(minMs, askedMs, Math.min(fromMs, Math.ceil(inheritedMs)));
  let toMs = fromMs;
  if (wantedMs > fromMs) {
    toMs = Math.min(adaptiveTimeout.maxMs, Math.max(wantedMs, Math.ceil(fromMs * (1 + stepShare))));
  } else if (wantedMs === minMs || wantedMs <= fromMs * (1 - stepShare)) {
    toMs = wantedMs;
  }
  if (toMs === fromMs) return false;
  state.timeoutMs = toMs;
  observe(turn, { type: 'timeoutChanged', term: state.currentTerm, fromMs, toMs, gapMs, seenBy });
  // Armed for the longer T, it would find the loss of a quorum that late. One that is due sooner stays: its expiry may
  // be waiting already.
  const { armed, deadlineMs } = state.timers.quorumCheck;
  const dueInMs = options.quorumPatience * toMs;
  if (armed && deadlineMs > time.runningMs + dueInMs) armTimer(turn, 'quorumCheck', dueInMs);
  return toMs > fromMs;
}

/** The gap to bridge, and who saw it: of the two kinds the longer one. */
function worstGap({ state, time }: Turn): { readonly gapMs: number; readonly seenBy: NodeId | null } {
  const peers = state.leadership?.peers ?? [];
  const heardBy = (id: NodeId): number => {
    // What it heard itself of the leader before it, as long as that lasts.
    const heard = id === state.id ? state.gaps?.heard : peers.find((peer) => peer.id === id)?.heard;
    return heard === undefined ? 0 : heightNow(state, heard, time);
  };
  const heardMs = quorumValue(configurationInForce(state.log).configuration, heardBy);
  const answeredMs = state.gaps === null ? 0 : heightNow(state, state.gaps.answered, time);
  if (heardMs > answeredMs) {
    return { gapMs: heardMs, seenBy: peers.find(({ id }) => heardBy(id) === heardMs)?.id ?? state.id };
  }
  return { gapMs: answeredMs, seenBy: answeredMs === 0 ? null : (state.gaps?.answeredBy ?? null) };
}
