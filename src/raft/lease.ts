/** The lease: the promise to help nobody, oneself included, replace the leader. It serves elections only. */
import type { NodeId } from './brands.js';
import { quorumValue } from './ballot.js';
import { configurationInForce } from './log.js';
import type { RaftState } from './state.js';
import { clockGrainMs, type Time } from './time.js';
import { isVotingMember } from './turn.js';

/** How long this node's promise still runs; 0 when it holds none. At exactly T after the contact it is over. */
export function leaseRemainingMs(state: RaftState, time: Time): number {
  if (!state.options.rules.lease) return 0;
  const remainingMs = state.leaseUntilMs - time.nowMs;
  return remainingMs > clockGrainMs ? remainingMs : 0;
}

/**
 * The leader was heard at `contact`: a voter promises T from there.
 * The promise outlives `leaderId`: forgetting whom it was made to does not end it.
 */
export function extendLease(state: RaftState, contact: Time): void {
  if (!isVotingMember(state)) return;
  state.leaseUntilMs = Math.max(state.leaseUntilMs, contact.nowMs + state.timeoutMs);
}

/** The end of every promise, a restart's included: whom it was made to is certainly gone. */
export function dropLease(state: RaftState): void {
  state.leaseUntilMs = Number.NEGATIVE_INFINITY;
}

/**
 * At a leader: the quorum-th newest moment, over the voters, at which it sent something of this term that was then
 * answered without a higher term. It is the *quorum-th* and not the oldest: one lost link must not depose a healthy
 * leader (pitfall 3). Nothing counts as older than becoming leader (pitfall 28); itself it hears now.
 */
export function quorumContactMs(state: RaftState, time: Time, clock: keyof Time): number {
  return quorumMomentMs(state, time, clock, 'contact');
}

/**
 * At a leader: until when a quorum has promised to help nobody replace it, each voter for the T that it said itself with
 * its newest contact. With one T for all, the quorum contact and T. While T rises, who has not yet said the new one
 * counts with the old: it has promised nothing more.
 */
export function quorumPromiseMs(state: RaftState, time: Time, clock: keyof Time): number {
  return quorumMomentMs(state, time, clock, 'promise');
}

function quorumMomentMs(state: RaftState, time: Time, clock: keyof Time, of: 'contact' | 'promise'): number {
  const { leadership, options, timeoutMs } = state;
  if (leadership === null) return Number.NEGATIVE_INFINITY;
  const isPromise = of === 'promise';
  // A vote is no promise: it may be waited for, but authority goes no further than the least that anybody promises.
  const graceMs =
    clock === 'nowMs' ? Math.min(leadership.graceMs, options.electionTimeoutMs) : leadership.graceMs;
  const since = leadership.since[clock] + (isPromise ? graceMs : 0);
  const momentOf = (id: NodeId): number => {
    if (id === state.id) return time[clock] + (isPromise ? timeoutMs : 0);
    const peer = leadership.peers.find((candidate) => candidate.id === id);
    if (peer === undefined || peer.contact === null) return since;
    return Math.max(peer.contact[clock] + (isPromise ? peer.promisedMs : 0), since);
  };
  return quorumValue(configurationInForce(state.log).configuration, momentOf);
}

/** At a leader: nobody else can have been elected yet, as far as leases reach. Deposing is judged on the running clock. */
export function isLeaderActive(state: RaftState, time: Time): boolean {
  return time.runningMs < quorumPromiseMs(state, time, 'runningMs');
}

/**
 * At a leader: when, on its running clock, it steps down by itself unless a quorum answers. With patience that is later
 * than what was promised, and answers that are merely late depose nobody; until then it has no authority left and gives
 * way to whoever asks.
 */
export function quorumCheckDueMs(state: RaftState, time: Time): number {
  const extraMs = (state.options.quorumPatience - 1) * state.timeoutMs;
  return quorumPromiseMs(state, time, 'runningMs') + extraMs;
}

/**
 * At a leader: may it answer as one? Authority is judged on the `now` clock: after a stall longer than T this is
 * false until a quorum has acknowledged a message sent after the stall (pitfall 18).
 */
export function isLeaderConfirmed(state: RaftState, time: Time): boolean {
  if (!state.options.rules.quorumCheck) return true;
  return time.nowMs < quorumPromiseMs(state, time, 'nowMs');
}
