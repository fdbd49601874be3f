/** What nodes say to each other: one shape per kind of message, all of it plain data. */
import type { LogIndex, NodeId, Term } from './brands.js';
import type { Entry, LogPosition } from './log.js';
import type { Time } from './time.js';

/** On every message: a misaddressed one is refused, one of an announced-dead incarnation is dropped on the way. */
export interface Envelope {
  readonly group: string;
  readonly from: NodeId;
  readonly to: NodeId;
  /** The sender's incarnation: 1 for its first life, one more with each restart. */
  readonly incarnation: number;
}

/** Tells the answers of one round from another's, across restarts too. */
export interface Round {
  readonly incarnation: number;
  readonly counter: number;
}

/** Why a pre-vote or a vote was refused. */
export type RefusalReason =
  /** The candidate is no voter in the responder's configuration and does not know a later one. */
  | 'notInConfiguration'
  /** The requested term is not above (pre-vote) or is below (vote) the responder's. */
  | 'staleTerm'
  /** The responder leads, and a quorum has answered it within T. */
  | 'leaderActive'
  /** The responder's lease runs: it has promised to help nobody replace the leader. */
  | 'leaseLive'
  /** The candidate's log is older than the responder's (§5.4.1). */
  | 'staleLog'
  /** The responder's vote of this term is somebody else's. */
  | 'votedForAnother';

interface VoteRequestFields {
  /** The term asked for: `currentTerm + 1` in a pre-vote, the candidate's `currentTerm` in a vote. */
  readonly term: Term;
  readonly round: Round;
  readonly lastLog: LogPosition;
}

interface VoteReplyFields {
  /** The responder's own `currentTerm`, never the prospective one. */
  readonly term: Term;
  /** The request's term and round, echoed. */
  readonly requestTerm: Term;
  readonly round: Round;
  readonly granted: boolean;
  /** Null exactly when granted. */
  readonly reason: RefusalReason | null;
  /** How long the responder's lease still runs; non-null exactly when the reason is `leaseLive`. */
  readonly leaseRemainingMs: number | null;
}

export interface PreVoteRequest extends Envelope, VoteRequestFields {
  readonly type: 'preVoteRequest';
}

export interface PreVoteReply extends Envelope, VoteReplyFields {
  readonly type: 'preVoteReply';
}

export interface VoteRequest extends Envelope, VoteRequestFields {
  readonly type: 'voteRequest';
}

export interface VoteReply extends Envelope, VoteReplyFields {
  readonly type: 'voteReply';
}

/** Replication, and with no entries a heartbeat (§5.2, §5.3). */
export interface AppendEntries extends Envelope {
  readonly type: 'appendEntries';
  readonly term: Term;
  readonly prevLog: LogPosition;
  readonly entries: readonly Entry[];
  readonly leaderCommit: LogIndex;
  /** When the addressee stands should the leader fall silent: 0 first. Null: it was given no rank. */
  readonly successorRank: number | null;
  /** T in force, as the leader has decided. Null: T is fixed, and everybody knows it. */
  readonly electionTimeoutMs: number | null;
  /** The leader's clocks when it sent this; echoed, and meaningful to the leader alone. */
  readonly sent: Time;
}

/** Where the follower's log parts from the leader's, so that the leader can skip a whole term at once (§5.3). */
export interface ConflictHint {
  /** The follower's term at `prevLog.index`; null when its log is too short. */
  readonly term: Term | null;
  /** The first index of that term, or the follower's `last + 1` when its log is too short. */
  readonly index: LogIndex;
}

export interface AppendEntriesReply extends Envelope {
  readonly type: 'appendEntriesReply';
  readonly term: Term;
  /** The request's term, position, number of entries and send stamp, echoed. */
  readonly requestTerm: Term;
  readonly prevLogIndex: LogIndex;
  readonly entryCount: number;
  readonly sent: Time;
  readonly success: boolean;
  /** Non-null exactly when the log check failed (a stale term is refused without one). */
  readonly hint: ConflictHint | null;
  /** Non-null exactly where T adapts. */
  readonly report: GapReport | null;
}

/** A gap, and how long ago it was seen. A length of 0: none worth a word. */
export interface ReportedGap {
  readonly gapMs: number;
  readonly ageMs: number;
}

/** What a follower has promised, and what it has seen of late: the leader decides T by it. */
export interface GapReport {
  /** T in force at the follower: its promise lasts so long from this contact on. */
  readonly electionTimeoutMs: number;
  /** The longest it did not hear a leader that was there. */
  readonly heard: ReportedGap;
  /** The longest that a leader, this node or one that told it, waited for a quorum that was there. */
  readonly answered: ReportedGap;
}

export type Message =
  PreVoteRequest | PreVoteReply | VoteRequest | VoteReply | AppendEntries | AppendEntriesReply;

/** Messages that overtake bulk: votes, empty heartbeats and the answers to either. */
export function isControlMessage(message: Message): boolean {
  switch (message.type) {
    case 'appendEntries':
      return message.entries.length === 0;
    case 'appendEntriesReply':
      return message.entryCount === 0;
    default:
      return true;
  }
}
