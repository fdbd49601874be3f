/** What a leader knows of one peer's log, and when it last heard that peer. No Raft story in here. */
import { asLogIndex, type LogIndex, type NodeId } from './brands.js';
import { noPeak, type Peak } from './peak.js';
import type { Time } from './time.js';

export interface Progress {
  readonly id: NodeId;
  /** Highest entry known to be on the peer (`matchIndex`, §5.3). */
  matchIndex: LogIndex;
  /** First entry to send it next (`nextIndex`, §5.3). */
  nextIndex: LogIndex;
  /** The entries on their way, null when none are: one batch at a time, the next one when it is answered or late. */
  inFlight: { readonly sentMs: number } | null;
  /** Send stamp of the newest message of this term that it answered; null before the first. */
  contact: Time | null;
  /** For how long from there on it has promised, as voter, to help nobody replace this leader. */
  promisedMs: number;
  /** The worst gap in what it heard of a leader, as it told; only where T adapts. */
  heard: Peak;
  /** Empty AppendEntries of this term that it answered. */
  heartbeatsAnswered: number;
  /** Its place among those who take over, from 0; null for a learner, and without the rule. */
  successorRank: number | null;
}

export function createProgress(id: NodeId, lastIndex: LogIndex): Progress {
  return {
    id,
    matchIndex: asLogIndex(0),
    nextIndex: asLogIndex(lastIndex + 1),
    inFlight: null,
    contact: null,
    promisedMs: 0,
    heard: noPeak,
    heartbeatsAnswered: 0,
    successorRank: null,
  };
}

/** A success: the peer holds everything up to `matched`. Never moves back. */
export function advance(progress: Progress, matched: number): void {
  progress.matchIndex = asLogIndex(Math.max(progress.matchIndex, matched));
  progress.nextIndex = asLogIndex(Math.max(progress.nextIndex, progress.matchIndex + 1));
}

/** A mismatch just before `nextIndex`: try again from the hint, always at least one entry earlier, never below match. */
export function retreat(progress: Progress, hint: number): void {
  progress.nextIndex = asLogIndex(Math.max(progress.matchIndex + 1, Math.min(hint, progress.nextIndex - 1)));
}
