/** Messages for tests: well-formed, from n2 to n1, and changed where a test says so. */
import { asLogIndex, asNodeId, asTerm } from '../../src/raft/brands.js';
import type { AppendEntries, AppendEntriesReply, VoteReply, VoteRequest } from '../../src/raft/messages.js';
import { command } from '../storage/stores.js';

const envelope = { group: 'group', from: asNodeId('n2'), to: asNodeId('n1'), incarnation: 1 };
const sent = { nowMs: 1, runningMs: 1 };

export function heartbeat(changes: Partial<AppendEntries> = {}): AppendEntries {
  return {
    ...envelope,
    type: 'appendEntries',
    term: asTerm(1),
    prevLog: { term: asTerm(0), index: asLogIndex(0) },
    entries: [],
    leaderCommit: asLogIndex(0),
    successorRank: null,
    electionTimeoutMs: null,
    sent,
    ...changes,
  };
}

export function append(count: number, changes: Partial<AppendEntries> = {}): AppendEntries {
  return heartbeat({ entries: Array.from({ length: count }, (_, at) => command(at + 1, 1)), ...changes });
}

export function appendReply(changes: Partial<AppendEntriesReply> = {}): AppendEntriesReply {
  return {
    ...envelope,
    type: 'appendEntriesReply',
    term: asTerm(1),
    requestTerm: asTerm(1),
    prevLogIndex: asLogIndex(0),
    entryCount: 0,
    sent,
    success: true,
    hint: null,
    report: null,
    ...changes,
  };
}

export function voteRequest(changes: Partial<VoteRequest> = {}): VoteRequest {
  return {
    ...envelope,
    type: 'voteRequest',
    term: asTerm(1),
    round: { incarnation: 1, counter: 1 },
    lastLog: { term: asTerm(0), index: asLogIndex(0) },
    ...changes,
  };
}

export function voteReply(changes: Partial<VoteReply> = {}): VoteReply {
  return {
    ...envelope,
    type: 'voteReply',
    term: asTerm(1),
    requestTerm: asTerm(1),
    round: { incarnation: 1, counter: 1 },
    granted: true,
    reason: null,
    leaseRemainingMs: null,
    ...changes,
  };
}
