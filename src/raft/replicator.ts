/** The leader's sending half: entries, heartbeats, and what a quorum holds. */
import { isQuorum, quorumValue } from './ballot.js';
import { asLogIndex, type NodeId } from './brands.js';
import { configurationInForce, entriesFrom, lastIndexOf, termAt, type Entry } from './log.js';
import type { Progress } from './progress.js';
import { asTerm } from './brands.js';
import type { RaftState } from './state.js';
import { observe, reply, send, type Turn } from './turn.js';

/**
 * Sends what the peer lacks, if anything and unless a batch is already on its way. `nextIndex` moves only with an
 * answer, so a mismatch always speaks of the batch in flight, and what is unanswered is simply sent again.
 */
export function replicate(turn: Turn, peer: Progress): void {
  const { state, time } = turn;
  if (peer.inFlight !== null || peer.nextIndex > lastIndexOf(state.log)) return;
  peer.inFlight = { sentMs: time.nowMs };
  sendAppendEntries(
    turn,
    peer,
    peer.nextIndex - 1,
    entriesFrom(state.log, peer.nextIndex, state.options.maxAppendEntries),
  );
}

/**
 * Always an empty AppendEntries at `matchIndex`, whatever else is in flight: it overtakes bulk (pitfall 12), its log
 * check holds on a peer that keeps its promises, and its answer proves contact and moves nothing.
 */
export function sendHeartbeat(turn: Turn, peer: Progress): void {
  sendAppendEntries(turn, peer, peer.matchIndex, []);
}

/** From one turn of the heartbeat timer to the next; without the broadcast each peer has a turn of its own in h. */
export function heartbeatIntervalMs({ leadership, options }: RaftState): number {
  const { heartbeatMs, rules } = options;
  return rules.broadcastHeartbeats ? heartbeatMs : heartbeatMs / Math.max(1, leadership?.peers.length ?? 0);
}

/** Whom a heartbeat goes to: all, or whose turn it is. */
export function peersOfBeat({ leadership, options, timers }: RaftState): readonly Progress[] {
  const peers = leadership?.peers ?? [];
  if (options.rules.broadcastHeartbeats) return peers;
  return peers.filter((_, at) => at === timers.heartbeat.generation % peers.length);
}

/** Entries unanswered for more than h were lost on the way, or their answer was: send again. */
export function resendIfLate(turn: Turn, peer: Progress): void {
  if (peer.inFlight !== null && turn.time.nowMs - peer.inFlight.sentMs <= turn.state.options.heartbeatMs)
    return;
  resume(turn, peer);
}

/** Forgets the batch in flight and sends it anew. */
export function resume(turn: Turn, peer: Progress): void {
  peer.inFlight = null;
  replicate(turn, peer);
}

/**
 * Commits the highest index that a quorum holds and whose entry is of the leader's own term: an earlier term's entry
 * is never committed by counting (§5.4.2, pitfall 15). Learners are in no quorum.
 */
export function advanceCommit(turn: Turn): void {
  const { state } = turn;
  const { leadership } = state;
  if (leadership === null) return;
  const matchOf = (id: NodeId): number =>
    id === state.id
      ? leadership.durableIndex
      : (leadership.peers.find((peer) => peer.id === id)?.matchIndex ?? 0);
  const index = asLogIndex(quorumValue(configurationInForce(state.log).configuration, matchOf));
  if (index <= state.commitIndex || termAt(state.log, index) !== state.currentTerm) return;

  state.commitIndex = index;
  observe(turn, { type: 'committed', term: state.currentTerm, index });
  if (!leadership.ready) {
    leadership.ready = true;
    observe(turn, { type: 'ready', term: state.currentTerm, index: leadership.firstIndex });
  }
  let proposal = leadership.pending[0];
  while (proposal !== undefined && proposal.index <= index) {
    reply(turn, proposal.requestId, { type: 'committed', index: proposal.index, term: state.currentTerm });
    leadership.pending.shift();
    proposal = leadership.pending[0];
  }
}

/** Somebody answered an AppendEntries of this term; the quorum of them establishes the leader. */
export function noteAnswered(turn: Turn, id: NodeId): void {
  const { state } = turn;
  const answered = state.leadership?.answered ?? null;
  if (state.leadership === null || answered === null) return;
  if (!answered.includes(id)) answered.push(id);
  if (!isQuorum(configurationInForce(state.log).configuration, answered)) return;
  state.leadership.answered = null;
  observe(turn, { type: 'established', term: state.currentTerm });
}

function sendAppendEntries(turn: Turn, peer: Progress, prevIndex: number, entries: readonly Entry[]): void {
  const { state, time } = turn;
  const prevLogIndex = asLogIndex(prevIndex);
  send(turn, {
    type: 'appendEntries',
    group: state.group,
    from: state.id,
    to: peer.id,
    incarnation: state.incarnation,
    term: state.currentTerm,
    prevLog: { term: termAt(state.log, prevLogIndex) ?? asTerm(0), index: prevLogIndex },
    entries,
    leaderCommit: state.commitIndex,
    successorRank: peer.successorRank,
    electionTimeoutMs: state.gaps === null ? null : state.timeoutMs,
    sent: time,
  });
}
