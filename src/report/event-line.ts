/** One event as one line of text, for logs and for the live view. */
import type { ClusterEvent } from '../cluster/events.js';

/** Null for what happens all the time or is of interest to measurements only. */
export function eventLine(event: ClusterEvent): string | null {
  const text = describe(event);
  return text === null ? null : `${event.node ?? 'cluster'} ${text}`;
}

function describe(event: ClusterEvent): string | null {
  switch (event.type) {
    case 'nodeStarted':
      return `started in term ${event.term}`;
    case 'restarted':
      return `is back in term ${event.term}, life ${event.incarnation}`;
    case 'crashed':
      return 'crashed';
    case 'exited':
      return event.planned ? 'ended' : `ended unexpectedly: ${event.reason}`;
    case 'restarting':
      return `will be restarted in ${event.delayMs} ms`;
    case 'failed':
      return `is given up: ${event.reason}`;
    case 'hung':
      return 'hangs';
    case 'resumed':
      return 'runs again';
    case 'shutDown':
      return 'is shut down';
    case 'isolated':
      return event.direction === 'both'
        ? 'is isolated'
        : event.direction === 'in'
          ? 'hears nobody'
          : 'is heard by nobody';
    case 'partitioned':
      return `is partitioned: ${event.groups.map((group) => group.join(' ')).join(' | ')}`;
    case 'linkCut':
      return `${event.from} → ${event.to} is cut${event.oneWay ? '' : ', both ways'}`;
    case 'linkSet':
      return `${event.from} → ${event.to} has a new policy`;
    case 'healed':
      return 'is healed: all links and disks are well, and no thread bears a burden';
    case 'diskStalled':
      return 'has a stalled disk';
    case 'diskSlowed':
      return 'has a slow disk';
    case 'burdened':
      return event.burden === null ? 'bears no burden any more' : `bears a burden: ${event.burden.type}`;
    case 'routerLag':
      return `router is ${event.lagMs.toFixed(1)} ms behind`;
    case 'messageRejected':
      return `sent a message that was rejected: ${event.reason} ${event.detail}`;
    case 'clusterFailed':
      return `failed: ${event.reason}`;
    case 'suspected':
      return `gives ${event.leaderId ?? 'nobody'} up after ${event.silentMs.toFixed(1)} ms of silence`;
    case 'exitNoticed':
      return `is told that ${event.leaderId} is gone`;
    case 'roundOpened':
      return `asks for ${event.phase === 'preVote' ? 'pre-votes' : 'votes'} of term ${event.term}`;
    case 'roundLost':
      return `lost the ${event.phase === 'preVote' ? 'pre-vote' : 'vote'} of term ${event.term}: ${event.reason}`;
    case 'voteRefused':
      return `refuses ${event.candidateId} in term ${event.term}: ${event.reason}`;
    case 'elected':
      return `is elected leader of term ${event.term} by ${event.votes.join(', ')}`;
    case 'ready':
      return `is ready: entry ${event.index} of term ${event.term} is committed`;
    case 'leaderKnown':
      return `follows ${event.leaderId} in term ${event.term}`;
    case 'steppedDown':
      return `steps down from ${event.from} in term ${event.term}: ${event.reason}`;
    case 'heartbeatNearMiss':
      return `heard ${event.leaderId} after ${event.gapMs.toFixed(1)} ms, ${Math.round(event.share * 100)} % of T`;
    case 'timeoutChanged':
      return `${event.toMs > event.fromMs ? 'raises' : 'lowers'} T from ${event.fromMs} to ${event.toMs} ms${
        event.seenBy === null ? '' : `, for a gap of ${event.gapMs.toFixed(1)} ms at ${event.seenBy}`
      }`;
    case 'mailboxFull':
      return `dropped ${event.dropped}: its ${event.lane} lane, or a sender's share of it, is full`;
    case 'storeFailed':
      return `takes no further part, its store failed: ${event.error}`;
    case 'invariantViolated':
      return `saw a broken invariant, ${event.rule}: ${event.detail}`;
    case 'started':
    case 'answered':
    case 'roundWon':
    case 'voteGranted':
    case 'established':
    case 'committed':
    case 'termAdopted':
    case 'configurationInForce':
    case 'messageRefused':
    case 'written':
    case 'timerFired':
    case 'stalled':
      return null;
  }
}
