/** What a node says about itself: its state as of the last finished turn, told at the time of the question. */
import { isSoleVoter, isVoter } from '../raft/configuration.js';
import { quorumPromiseMs } from '../raft/lease.js';
import { configurationInForce, lastPositionOf } from '../raft/log.js';
import type { RaftState } from '../raft/state.js';
import type { Time } from '../raft/time.js';
import type { NodeStatus } from './protocol.js';

/** What of the state a status tells, with moments where it tells how long ago or until when. Shares nothing with it. */
export type Snapshot = Omit<
  NodeStatus,
  'confirmed' | 'lastContactMs' | 'restartWaitMs' | 'mailbox' | 'lostMs' | 'strain'
> & {
  readonly confirmedUntilMs: number;
  readonly contactMs: number | null;
  readonly restartWaitUntilMs: number;
};

export function snapshotOf(state: RaftState, time: Time): Snapshot {
  const { configuration } = configurationInForce(state.log);
  const lastLog = lastPositionOf(state.log);
  return {
    id: state.id,
    incarnation: state.incarnation,
    role: state.role,
    learner: !isVoter(configuration, state.id),
    term: state.currentTerm,
    votedFor: state.votedFor,
    leaderId: state.leaderId,
    lastLogIndex: lastLog.index,
    lastLogTerm: lastLog.term,
    commitIndex: state.commitIndex,
    electionTimeoutMs: state.timeoutMs,
    peers: (state.leadership?.peers ?? []).map(({ id, matchIndex, heartbeatsAnswered }) => ({
      id,
      matchIndex,
      heartbeatsAnswered,
    })),
    participating: state.participating,
    confirmedUntilMs: confirmedUntilMs(state, time),
    contactMs: state.role === 'follower' ? (state.contact?.nowMs ?? null) : null,
    // A lease without a leader heard in this life is the one that the restart brought.
    restartWaitUntilMs: state.contact === null ? state.leaseUntilMs : Number.NEGATIVE_INFINITY,
  };
}

/** The moment on the shared clock until which a leader may answer as one, if it hears nobody meanwhile. */
function confirmedUntilMs(state: RaftState, time: Time): number {
  if (state.role !== 'leader') return Number.NEGATIVE_INFINITY;
  const alone = isSoleVoter(configurationInForce(state.log).configuration, state.id);
  if (alone || !state.options.rules.quorumCheck) return Number.POSITIVE_INFINITY;
  return quorumPromiseMs(state, time, 'nowMs');
}

export function statusAt(
  nowMs: number,
  snapshot: Snapshot,
  actor: Pick<NodeStatus, 'mailbox' | 'lostMs' | 'strain'>,
): NodeStatus {
  const { confirmedUntilMs: confirmedMs, contactMs, restartWaitUntilMs, ...rest } = snapshot;
  return {
    ...rest,
    ...actor,
    confirmed: nowMs < confirmedMs,
    lastContactMs: contactMs === null ? null : nowMs - contactMs,
    restartWaitMs: Math.max(0, restartWaitUntilMs - nowMs),
  };
}
