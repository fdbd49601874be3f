/** The core's one entry point. */
import type { Effect } from './effects.js';
import {
  handleElectionTimeout,
  handlePeerExited,
  handlePreVoteReply,
  handlePreVoteTimeout,
  handleStart,
  handleVoteReply,
  handleVoteTimeout,
} from './election.js';
import { handleAppendEntries } from './follower.js';
import type { Input } from './inputs.js';
import { invariant } from './invariant.js';
import {
  handleAppendEntriesReply,
  handleHeartbeatTimeout,
  handlePropose,
  handleQuorumCheck,
} from './leader.js';
import { leaveGroup } from './roles.js';
import type { RaftState } from './state.js';
import type { Time } from './time.js';
import { observe, persistHardState, reply, type Turn } from './turn.js';
import { handlePreVoteRequest, handleVoteRequest } from './votes.js';

/**
 * One atomic turn of a node: mutates `state`, returns what is to be done, in order.
 * Same state, input and time: same result. Effects share no mutable memory with the state.
 * @throws InvariantError on a bug of the core or its driver.
 */
export function step(state: RaftState, input: Input, time: Time): Effect[] {
  const turn: Turn = { state, time, cause: input.id, effects: [] };
  if (state.participating) takeInput(turn, input);
  else if (input.type === 'propose') reply(turn, input.requestId, { type: 'storeFailed' });
  // A term adopted silently is durable all the same: nothing later may show it first.
  persistHardState(turn);
  return turn.effects;
}

function takeInput(turn: Turn, input: Input): void {
  const { state } = turn;
  invariant(state.started !== (input.type === 'start'), 'a life starts once, and before anything else');
  switch (input.type) {
    case 'start':
      state.started = true;
      return handleStart(turn);
    case 'message':
      return takeMessage(turn, input);
    case 'timer':
      return takeTimer(turn, input);
    case 'propose':
      return handlePropose(turn, input);
    case 'peerExited':
      return handlePeerExited(turn, input);
    case 'storeFailed':
      return leaveGroup(turn, input.error);
  }
}

function takeMessage(turn: Turn, input: Extract<Input, { type: 'message' }>): void {
  const { state } = turn;
  const { message, arrived } = input;
  if (message.group !== state.group) {
    return observe(turn, { type: 'messageRefused', from: message.from, reason: 'wrongGroup' });
  }
  if (message.to !== state.id || message.from === state.id) {
    return observe(turn, { type: 'messageRefused', from: message.from, reason: 'misaddressed' });
  }
  switch (message.type) {
    case 'preVoteRequest':
      return handlePreVoteRequest(turn, message);
    case 'preVoteReply':
      return handlePreVoteReply(turn, message);
    case 'voteRequest':
      return handleVoteRequest(turn, message);
    case 'voteReply':
      return handleVoteReply(turn, message);
    case 'appendEntries':
      return handleAppendEntries(turn, message, arrived);
    case 'appendEntriesReply':
      return handleAppendEntriesReply(turn, message);
  }
}

/** An expiry that was overtaken by a re-arming or clearing is nothing. */
function takeTimer(turn: Turn, input: Extract<Input, { type: 'timer' }>): void {
  const timer = turn.state.timers[input.timer];
  if (!timer.armed || timer.generation !== input.generation) return;
  switch (input.timer) {
    case 'election':
      return handleElectionTimeout(turn, input.waitingContact);
    case 'preVote':
      return handlePreVoteTimeout(turn);
    case 'vote':
      return handleVoteTimeout(turn);
    case 'heartbeat':
      return handleHeartbeatTimeout(turn);
    case 'quorumCheck':
      return handleQuorumCheck(turn);
  }
}
