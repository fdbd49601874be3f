/** One line for a reader: events, messages and nodes as text, for transcripts and replays. */
import type { Configuration } from '../raft/configuration.js';
import type { ProposalOutcome } from '../raft/effects.js';
import type { CoreEvent } from '../raft/events.js';
import type { Entry } from '../raft/log.js';
import { configurationInForce, lastPositionOf, type LogPosition } from '../raft/log.js';
import type { Message } from '../raft/messages.js';
import type { SimulatedNode } from './node.js';

export function describeEvent(event: CoreEvent): string {
  switch (event.type) {
    case 'started':
      return `starts in term ${event.term}, log ${position(event.lastLog)}${
        event.restartWaitMs > 0 ? `, promises nothing for ${ms(event.restartWaitMs)}` : ''
      }`;
    case 'suspected':
      return `gives up ${event.leaderId ?? 'waiting for a leader'} after ${ms(event.silentMs)} of silence`;
    case 'exitNoticed':
      return `hears that ${event.leaderId} is gone, its lease is dropped`;
    case 'roundOpened':
      return `opens a ${round(event)}`;
    case 'answered':
      return `counts ${event.granted ? 'a grant' : `a refusal (${because(event)})`} of ${event.from} in its ${round(event)}`;
    case 'roundWon':
      return `wins its ${round(event)} with ${event.grants.join(' ')}`;
    case 'roundLost':
      return `loses its ${round(event)}: ${event.reason}${
        event.retryInMs === null ? '' : `, next in ${ms(event.retryInMs)}`
      }`;
    case 'voteGranted':
      return `grants ${event.candidateId} a ${round(event)}`;
    case 'voteRefused':
      return `refuses ${event.candidateId} a ${round(event)}: ${because(event)}`;
    case 'elected':
      return `IS ELECTED in term ${event.term} by ${event.votes.join(' ')}`;
    case 'established':
      return `is established in term ${event.term}`;
    case 'ready':
      return `is ready: ${event.index} is committed in term ${event.term}`;
    case 'leaderKnown':
      return `knows ${event.leaderId} as leader of term ${event.term}`;
    case 'committed':
      return `commits up to ${event.index}`;
    case 'steppedDown':
      return `steps down from ${event.from}: ${event.reason}`;
    case 'termAdopted':
      return `adopts term ${event.term} from ${event.from}`;
    case 'heartbeatNearMiss':
      return `hears ${event.leaderId} after ${ms(event.gapMs)}, ${Math.round(event.share * 100)} % of T`;
    case 'timeoutChanged':
      return `${event.toMs > event.fromMs ? 'raises' : 'lowers'} T from ${event.fromMs} to ${event.toMs} ms${
        event.seenBy === null ? '' : ` for a gap of ${ms(event.gapMs)} at ${event.seenBy}`
      }`;
    case 'configurationInForce':
      return `uses the configuration of entry ${event.index}: ${describeConfiguration(event.configuration)}`;
    case 'messageRefused':
      return `refuses a message of ${event.from}: ${event.reason}`;
    case 'storeFailed':
      return `takes no further part: its store failed (${event.error})`;
    case 'invariantViolated':
      return `SEES A BROKEN RULE: ${event.rule}, ${event.detail}`;
  }
}

export function describeMessage(message: Message): string {
  return `${message.from} → ${message.to} ${describeContent(message)}`;
}

function describeContent(message: Message): string {
  switch (message.type) {
    case 'preVoteRequest':
    case 'voteRequest':
      return `${message.type} term ${message.term}, log ${position(message.lastLog)}`;
    case 'preVoteReply':
    case 'voteReply':
      return `${message.type} ${message.granted ? 'granted' : because(message)}, term ${message.term}`;
    case 'appendEntries':
      return `appendEntries term ${message.term}, behind ${position(message.prevLog)}: ${
        message.entries.length === 0 ? 'heartbeat' : message.entries.map(describeEntry).join(' ')
      }, commit ${message.leaderCommit}${
        message.electionTimeoutMs === null ? '' : `, T ${message.electionTimeoutMs}`
      }`;
    case 'appendEntriesReply':
      return `appendEntriesReply term ${message.term}, ${
        message.success
          ? `holds ${message.prevLogIndex + message.entryCount}`
          : message.hint === null
            ? 'stale term'
            : `mismatch at ${message.prevLogIndex}, hint ${message.hint.term ?? '-'}@${message.hint.index}`
      }`;
  }
}

/** `term@index`, and what the entry carries. */
export function describeEntry(entry: Entry): string {
  const { payload } = entry;
  return `${position(entry)}${payload.type === 'command' ? `=${JSON.stringify(payload.value)}` : ''}`;
}

export function describeOutcome(outcome: ProposalOutcome): string {
  switch (outcome.type) {
    case 'committed':
      return `committed as ${position(outcome)}`;
    case 'notLeader':
      return `not leader, ask ${outcome.leaderId ?? 'nobody known'}`;
    default:
      return outcome.type;
  }
}

export function describeConfiguration({ voters, oldVoters, learners }: Configuration): string {
  const old = oldVoters === null ? '' : ` and ${oldVoters.join(' ')}`;
  return `${voters.join(' ')}${old}${learners.length === 0 ? '' : `, learning ${learners.join(' ')}`}`;
}

/** Role, term, vote, leader, log and commit of a node. */
export function describeNode({ id, state, up }: SimulatedNode): string {
  if (!up) return `${id} down`;
  const { configuration } = configurationInForce(state.log);
  const role = configuration.learners.includes(id) ? 'learner' : state.role;
  return [
    `${id} ${role}`,
    `term ${state.currentTerm}`,
    `vote ${state.votedFor ?? '-'}`,
    `leader ${state.leaderId ?? '-'}`,
    `log ${position(lastPositionOf(state.log))}`,
    `commit ${state.commitIndex}${state.participating ? '' : ', store failed'}`,
  ].join(', ');
}

function round({ phase, term }: { readonly phase: 'preVote' | 'vote'; readonly term: number }): string {
  return `${phase === 'preVote' ? 'pre-vote' : 'vote'} of term ${term}`;
}

function because(answer: {
  readonly reason: string | null;
  readonly leaseRemainingMs: number | null;
}): string {
  const lease = answer.leaseRemainingMs === null ? '' : `, ${ms(answer.leaseRemainingMs)} left`;
  return `${answer.reason ?? 'no reason'}${lease}`;
}

function position({ term, index }: LogPosition): string {
  return `${term}@${index}`;
}

function ms(value: number): string {
  return `${value.toFixed(3)} ms`;
}
