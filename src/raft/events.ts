/** What the core reports of itself: every decision of an election, with its reason. */
import type { LogIndex, NodeId, Term } from './brands.js';
import type { Configuration } from './configuration.js';
import type { LogPosition } from './log.js';
import type { RefusalReason, Round } from './messages.js';

export type Role = 'follower' | 'candidate' | 'leader';

/** The two kinds of round. */
export type Phase = 'preVote' | 'vote';

/** Why a round ended without a quorum. */
export type RoundLossReason =
  /** So many refused that no quorum was possible any more. */
  | 'quorumImpossible'
  /** Too few answered before its timer fired. */
  | 'timedOut'
  /** All peers that answer at all had answered; only silent ones could still have made a quorum. */
  | 'onlySilentLeft'
  /** An answer or request showed a higher term. */
  | 'higherTerm'
  /** A leader was heard. */
  | 'leaderHeard'
  /** This node gave its vote to somebody else. */
  | 'votedForAnother'
  /** The leases that refused it have run out: asking again. */
  | 'leasesExpired'
  /** A configuration in which this node is no voter came into force. */
  | 'notVoter'
  | 'storeFailed';

export type StepDownReason =
  | 'higherTerm'
  /** No quorum answered within T. */
  | 'quorumLost'
  | 'leaderHeard'
  | 'roundLost'
  | 'voteTimedOut'
  | 'notVoter'
  | 'storeFailed'
  /** Two leaders in one term: must never be seen. */
  | 'electionSafetyBroken';

export type CoreEvent =
  | {
      readonly type: 'started';
      readonly term: Term;
      readonly lastLog: LogPosition;
      readonly restartWaitMs: number;
    }
  /** The leader was given up after this silence; `timeoutMs` is what had been drawn from [T, T+R]. */
  | {
      readonly type: 'suspected';
      readonly term: Term;
      readonly leaderId: NodeId | null;
      /** Silence on the running clock since the last contact, or since the timer was armed without one. */
      readonly silentMs: number;
      /** The same on the shared clock: longer by what this node stood still meanwhile. */
      readonly sharedSilentMs: number;
      readonly timeoutMs: number;
    }
  /** The supervisor's notice about the current leader was taken: its lease is dropped. */
  | { readonly type: 'exitNoticed'; readonly term: Term; readonly leaderId: NodeId }
  /** A round was opened. In a pre-vote `term` is the prospective one. */
  | { readonly type: 'roundOpened'; readonly phase: Phase; readonly term: Term; readonly round: Round }
  /** A peer's answer was counted. */
  | {
      readonly type: 'answered';
      readonly phase: Phase;
      readonly term: Term;
      readonly round: Round;
      readonly from: NodeId;
      readonly granted: boolean;
      readonly reason: RefusalReason | null;
      readonly leaseRemainingMs: number | null;
    }
  | {
      readonly type: 'roundWon';
      readonly phase: Phase;
      readonly term: Term;
      readonly round: Round;
      readonly grants: readonly NodeId[];
    }
  | {
      readonly type: 'roundLost';
      readonly phase: Phase;
      readonly term: Term;
      readonly round: Round;
      readonly reason: RoundLossReason;
      /** When the next round may start; null when nothing was armed for that. */
      readonly retryInMs: number | null;
    }
  | {
      readonly type: 'voteGranted';
      readonly phase: Phase;
      readonly term: Term;
      readonly round: Round;
      readonly candidateId: NodeId;
      /** Since a leader was last heard, on the running clock; null: never in this life. */
      readonly silentMs: number | null;
      /** The same on the shared clock. */
      readonly sharedSilentMs: number | null;
    }
  | {
      readonly type: 'voteRefused';
      readonly phase: Phase;
      readonly term: Term;
      readonly round: Round;
      readonly candidateId: NodeId;
      readonly reason: RefusalReason;
      readonly leaseRemainingMs: number | null;
      readonly silentMs: number | null;
      readonly sharedSilentMs: number | null;
    }
  | {
      readonly type: 'elected';
      readonly term: Term;
      readonly round: Round | null;
      readonly votes: readonly NodeId[];
    }
  /** A quorum has answered an AppendEntries of this term. */
  | { readonly type: 'established'; readonly term: Term }
  /** The first entry of the leader's own term is committed. */
  | { readonly type: 'ready'; readonly term: Term; readonly index: LogIndex }
  /** First accepted AppendEntries of this leader and term. */
  | { readonly type: 'leaderKnown'; readonly term: Term; readonly leaderId: NodeId }
  | { readonly type: 'committed'; readonly term: Term; readonly index: LogIndex }
  | {
      readonly type: 'steppedDown';
      readonly term: Term;
      readonly from: Role;
      readonly reason: StepDownReason;
    }
  | { readonly type: 'termAdopted'; readonly term: Term; readonly from: NodeId }
  /** The leader was silent for at least 80 % of T, and then heard. */
  | {
      readonly type: 'heartbeatNearMiss';
      readonly term: Term;
      readonly leaderId: NodeId;
      readonly gapMs: number;
      readonly share: number;
    }
  /** At a leader whose T adapts: it changed, for this gap; `seenBy` is null when none is left that matters. */
  | {
      readonly type: 'timeoutChanged';
      readonly term: Term;
      readonly fromMs: number;
      readonly toMs: number;
      /** What is left of the worst gap, and which follower did not hear, or which leader was not answered. */
      readonly gapMs: number;
      readonly seenBy: NodeId | null;
    }
  | { readonly type: 'configurationInForce'; readonly index: LogIndex; readonly configuration: Configuration }
  | { readonly type: 'messageRefused'; readonly from: NodeId; readonly reason: 'misaddressed' | 'wrongGroup' }
  | { readonly type: 'storeFailed'; readonly error: string }
  | { readonly type: 'invariantViolated'; readonly rule: string; readonly detail: string };
