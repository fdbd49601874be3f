/** Worlds of the exploration in words, for a counterexample that can be read. */
import type { InFlight, LocalState } from './local-states.js';

/** `n1 leader t2 v=n1 log=1c,2x commit=1`, or `n1 down …`. */
export function describeNode(local: LocalState): string {
  const state = local.up ? local.state : local.durable;
  const log = state.log.entries
    .map(({ term, payload }) => `${term}${payload.type === 'command' ? 'x' : 'c'}`)
    .join(',');
  const role = local.up ? `${state.role}${state.round === null ? '' : ` (${state.round.phase})`}` : 'down';
  return `[${state.id} ${role} t${state.currentTerm} v=${state.votedFor ?? '-'} log=${log || '-'} commit=${state.commitIndex}]`;
}

/** `voteReply n2→n1 t2 granted`. */
export function describeInFlight(inFlight: InFlight): string {
  if (inFlight.kind === 'exitNotice') return `notice to ${inFlight.to} that ${inFlight.node} exited`;
  const { message } = inFlight;
  const head = `${message.type} ${message.from}→${message.to} t${message.term}`;
  switch (message.type) {
    case 'preVoteReply':
    case 'voteReply':
      return `${head} ${message.granted ? 'granted' : message.reason}`;
    case 'appendEntries':
      return `${head} prev=${message.prevLog.index}/${message.prevLog.term} +${message.entries.length}`;
    case 'appendEntriesReply':
      return `${head} ${message.success ? `match ${message.prevLogIndex + message.entryCount}` : 'mismatch'}`;
    default:
      return head;
  }
}
