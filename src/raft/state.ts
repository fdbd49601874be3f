/** Everything one node knows. Plain data, mutated by `step` alone. */
import type { Ballot } from './ballot.js';
import type { LogIndex, NodeId, Term } from './brands.js';
import { asLogIndex } from './brands.js';
import type { Configuration } from './configuration.js';
import type { HardState, SetTimerEffect } from './effects.js';
import type { Phase, Role } from './events.js';
import { createGaps, type Gaps } from './gaps.js';
import type { TimerName } from './inputs.js';
import { createLog, type Entry, type RaftLog } from './log.js';
import type { Round } from './messages.js';
import type { CoreOptions } from './options.js';
import type { Progress } from './progress.js';
import { createRandom, type RandomState } from './random.js';
import type { Time } from './time.js';

/** What a life starts from. */
export interface StateInit {
  readonly id: NodeId;
  readonly group: string;
  /** 1 for the first life, one more with each restart. */
  readonly incarnation: number;
  readonly options: CoreOptions;
  /** The configuration to boot with; one in the log overrules it. */
  readonly configuration: Configuration;
  readonly seed: number;
  /** What the store holds from earlier lives. */
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

/** One deadline. `generation` grows with each arming and clearing, so that an expiry on its way can be told outdated. */
export interface TimerState {
  armed: boolean;
  generation: number;
  deadlineMs: number;
  /** Which clock the deadline is on. */
  clock: SetTimerEffect['clock'];
  /** What was drawn or asked for when it was armed. */
  delayMs: number;
}

/** The round under way: a pre-vote at a follower, a vote at a candidate. */
export interface OpenRound {
  readonly phase: Phase;
  readonly round: Round;
  /** The term asked for; in a pre-vote the prospective one. */
  readonly term: Term;
  readonly ballot: Ballot;
  /** Opened on an exit notice: refusing leases are answered by the retry wait, not by their hint. */
  readonly byExitNotice: boolean;
  /** Who refused because of a lease, and when that ends on this node's `now` clock. */
  readonly leaseRefusals: LeaseRefusal[];
  /**
   * Drawn once per round. In a pre-vote: added to the end of the leases before asking again. In a vote: the retry
   * wait that has begun while the round stays open.
   */
  askAgainJitterMs: number | null;
  /** The pre-vote timer was shortened, to ask again when the leases that refused have run out. */
  endsWithLeases: boolean;
}

export interface LeaseRefusal {
  readonly from: NodeId;
  readonly endsMs: number;
}

/** A proposal appended here and not yet committed. */
export interface PendingProposal {
  readonly index: LogIndex;
  readonly requestId: number;
}

/** What only a leader knows. */
export interface Leadership {
  readonly since: Time;
  /** T at that moment: for so long it counts as contact with everybody. */
  readonly graceMs: number;
  readonly peers: Progress[];
  /** Own copies count only once they are durable. */
  durableIndex: LogIndex;
  /** The configuration entry of this term: committing it makes the leader ready. */
  readonly firstIndex: LogIndex;
  /** Who answered an AppendEntries of this term; null once a quorum did. */
  answered: NodeId[] | null;
  ready: boolean;
  readonly pending: PendingProposal[];
}

export interface RaftState {
  readonly id: NodeId;
  readonly group: string;
  readonly incarnation: number;
  readonly options: CoreOptions;

  currentTerm: Term;
  votedFor: NodeId | null;
  readonly log: RaftLog;
  /** Term or vote differ from what the last `persist` effect carried. */
  hardStateDirty: boolean;

  role: Role;
  commitIndex: LogIndex;
  /** Who is followed (or oneself), and in which of its lives. */
  leaderId: NodeId | null;
  leaderIncarnation: number;
  /** Who leads `currentTerm`, from the first sign of it until a higher term. */
  termLeader: NodeId | null;
  /** This node's place among those who take over from the leader it last followed, from 0; null: it has none. */
  successorRank: number | null;
  /** Newest arrival of an AppendEntries whose term was accepted; null before the first of this life. */
  contact: Time | null;
  /** T in force: the fixed one, or what the leader last said. */
  timeoutMs: number;
  /** What T adapts to; null: T is fixed. */
  readonly gaps: Gaps | null;
  /** On the `now` clock: no help to replace the leader before this. Minus infinity: nothing is promised. */
  leaseUntilMs: number;
  /** Leader of `currentTerm` that was announced dead: what it still sends refreshes nothing. */
  noticedLeader: NodeId | null;
  /** The election timer that runs was armed by an exit notice. */
  electionByExitNotice: boolean;

  round: OpenRound | null;
  roundCounter: number;
  /** Peers that answered anything since the last pre-vote was opened: who is silent all that time may be dead. */
  responsive: NodeId[];
  /** k: failed rounds since a leader was last accepted. */
  failedRounds: number;
  leadership: Leadership | null;

  readonly timers: Record<TimerName, TimerState>;
  readonly random: RandomState;
  started: boolean;
  /** False after a failed write. */
  participating: boolean;
  nextEventId: number;
}

/**
 * The state a life starts with. The driver's next call is `step` with a `start` input.
 * @throws InvariantError when the stored entries are not contiguous from 1 or their terms decrease.
 */
export function createState(init: StateInit): RaftState {
  return {
    id: init.id,
    group: init.group,
    incarnation: init.incarnation,
    options: init.options,
    currentTerm: init.hardState.currentTerm,
    votedFor: init.hardState.votedFor,
    log: createLog(init.configuration, init.entries),
    hardStateDirty: false,
    role: 'follower',
    commitIndex: asLogIndex(0),
    leaderId: null,
    leaderIncarnation: 0,
    termLeader: null,
    successorRank: null,
    contact: null,
    timeoutMs: init.options.electionTimeoutMs,
    gaps: init.options.adaptiveTimeout === null ? null : createGaps(),
    leaseUntilMs: Number.NEGATIVE_INFINITY,
    noticedLeader: null,
    electionByExitNotice: false,
    round: null,
    roundCounter: 0,
    responsive: [],
    failedRounds: 0,
    leadership: null,
    timers: {
      election: idleTimer(),
      preVote: idleTimer(),
      vote: idleTimer(),
      heartbeat: idleTimer(),
      quorumCheck: idleTimer(),
    },
    random: createRandom(init.seed),
    started: false,
    participating: true,
    nextEventId: 1,
  };
}

function idleTimer(): TimerState {
  return { armed: false, generation: 0, deadlineMs: 0, clock: 'running', delayMs: 0 };
}
