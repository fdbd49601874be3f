/** What a node's core is told about time and rules. Resolved and checked by `src/options.ts` before it gets here. */

/**
 * The features of the protocol, each its own switch so that its effect can be measured.
 * One frozen record; each is read in one guard line where it matters.
 */
export interface Rules {
  /** Ask "would you vote for me?" before raising the term (dissertation §9.6). */
  readonly preVote: boolean;
  /** Voters that heard a leader within T refuse to replace it (dissertation §4.2.3). */
  readonly lease: boolean;
  /** A leader that no quorum has answered within T steps down (dissertation §6.2). */
  readonly quorumCheck: boolean;
  /** A candidate whose round is lost or timed out becomes a follower again; off: it stands again with term + 1. */
  readonly stepDownOnVoteTimeout: boolean;
  /** After a failed round wait U(0, min(T, r·2^k)); off: a fresh draw from [T, T+R] (a staying candidate: none). */
  readonly retryWait: boolean;
  /** End a round as soon as a quorum is impossible; off: only its timer ends it. */
  readonly earlyLoss: boolean;
  /** Ask again as soon as the leases that refused have run out. */
  readonly leaseHint: boolean;
  /** Start an election when the supervisor announces that the leader's thread is gone. */
  readonly exitNotice: boolean;
  /** Deadlines on the time the node was seen to run. Read by the drivers: off, they pass `runningMs = nowMs`. */
  readonly runningClock: boolean;
  /** Keep the lease promise across a restart: none is granted for T after starting with a term above 0. */
  readonly restartWait: boolean;
  /** The first timeout of a brand-new node is U(0, R); off: [T, T+R] like any other. */
  readonly promptStart: boolean;
  /** The leader ranks its successors, who stand one after the other; off: each draws from [T, T+R]. */
  readonly rankedSuccessors: boolean;
  /** A heartbeat goes to all peers at once; off: to one after the other, spread over h. */
  readonly broadcastHeartbeats: boolean;
  /** Election timers are met to a fraction of a millisecond. Read by the drivers: off, to the next whole one. */
  readonly fineTimers: boolean;
  /** An expiry that would give somebody up is judged with what has arrived and waits. Read by the drivers. */
  readonly drainBeforeSuspect: boolean;
  /** Votes, heartbeats and timers overtake bulk; off: all of it in the order of arrival. Read by the drivers. */
  readonly controlLane: boolean;
}

/** Between which bounds T follows the gaps that are seen, and how long it remembers one. */
export interface AdaptiveTimeout {
  /** The least T: where it starts, and where it is while nothing is late. */
  readonly minMs: number;
  /** The highest T. A gap of this length or more is a failure, and no reason to raise T. */
  readonly maxMs: number;
  /** How long the worst gap counts in full. */
  readonly holdMs: number;
  /** In which time what is left of it then halves, again and again. */
  readonly halfLifeMs: number;
}

export interface CoreOptions {
  /**
   * T: the least silence after which a leader may be given up, and the length of the lease. Where it adapts, the least
   * one; the one in force is in the state, and read from there alone.
   */
  readonly electionTimeoutMs: number;
  /** Null: T is fixed. Its `minMs` is `electionTimeoutMs`. */
  readonly adaptiveTimeout: AdaptiveTimeout | null;
  /** R: each detection timeout is drawn from [T, T+R]. */
  readonly electionJitterMs: number;
  /** h: the leader's interval between heartbeats. */
  readonly heartbeatMs: number;
  /** r: the retry wait after the first failed round is drawn from [0, r]. */
  readonly retryJitterMs: number;
  /** By how much later each ranked successor gives the leader up than the one before it. */
  readonly successorSlotMs: number;
  /** For how many times T a leader that no quorum answers waits, until it steps down by itself; at least 1. */
  readonly quorumPatience: number;
  /**
   * A node that stood still meanwhile gives a leader up only when it has been seen to run for so much of its timeout, in
   * ms; what is longer than that stands for all of it.
   */
  readonly stallGraceMs: number;
  /** How long a round stays open at most; null: a fresh draw from [T, T+R] each time. */
  readonly voteTimeoutMs: number | null;
  /** How many entries one AppendEntries carries at most. */
  readonly maxAppendEntries: number;
  readonly rules: Rules;
}

/** The highest that T can be. */
export function longestTimeout({ adaptiveTimeout, electionTimeoutMs }: CoreOptions): number {
  return adaptiveTimeout?.maxMs ?? electionTimeoutMs;
}

/** Everything PROTOCOL describes; the default. */
export const standardRules: Rules = Object.freeze({
  preVote: true,
  lease: true,
  quorumCheck: true,
  stepDownOnVoteTimeout: true,
  retryWait: true,
  earlyLoss: true,
  leaseHint: true,
  exitNotice: true,
  runningClock: true,
  restartWait: true,
  promptStart: true,
  rankedSuccessors: true,
  broadcastHeartbeats: true,
  fineTimers: true,
  drainBeforeSuspect: true,
  controlLane: true,
});

/** The election of the Raft paper (§5.2) and nothing else: what Figure 16 measured. */
export const vanillaRules: Rules = Object.freeze({
  preVote: false,
  lease: false,
  quorumCheck: false,
  stepDownOnVoteTimeout: false,
  retryWait: false,
  earlyLoss: false,
  leaseHint: false,
  exitNotice: false,
  runningClock: false,
  restartWait: false,
  promptStart: false,
  rankedSuccessors: false,
  // No rules of an election, but how well it is carried out.
  broadcastHeartbeats: true,
  fineTimers: true,
  drainBeforeSuspect: true,
  controlLane: true,
});
