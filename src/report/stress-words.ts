/** How a report calls causes and outcomes of incidents: words, and a letter for what is drawn. */
import type { BlameCause, Incident } from '../analysis/stress/stress-result.js';
import type { PlacedIncident } from '../analysis/stress/stress-summary.js';
import type { causeColours } from './charts/palette.js';

/** How a cause is called and drawn. */
export interface CauseWords {
  readonly label: string;
  /** Stands for it where there is no room for words, and where there are no colours. */
  readonly letter: string;
  /** Where it lies. */
  readonly family: keyof typeof causeColours;
}

/** Of each cause. */
export const causeWords: Readonly<Record<BlameCause, CauseWords>> = {
  injectedCrash: { label: 'the leader was crashed', letter: 'C', family: 'injected' },
  exited: { label: 'a thread had ended', letter: 'X', family: 'thread' },
  runQueue: { label: 'no processor was free', letter: 'P', family: 'processor' },
  throttled: { label: 'the quota had run out', letter: 'Q', family: 'processor' },
  suspended: { label: 'the process was suspended', letter: 'S', family: 'processor' },
  steal: { label: 'the hypervisor took the processor', letter: 'H', family: 'processor' },
  eventLoop: { label: 'its event loop was blocked', letter: 'E', family: 'thread' },
  garbageCollection: { label: 'garbage was collected', letter: 'G', family: 'thread' },
  flush: { label: 'a flush took long', letter: 'F', family: 'disk' },
  mailbox: { label: 'it lay in a mailbox', letter: 'M', family: 'messages' },
  router: { label: 'the router was late', letter: 'R', family: 'messages' },
  link: { label: 'a link lost or delayed it', letter: 'L', family: 'messages' },
  unknown: { label: 'unknown', letter: '?', family: 'unknown' },
};

/** In the order of how bad they are. */
export const outcomeWords: Readonly<Record<Incident['outcome'], string>> = {
  elected: 'another leader',
  termStep: 'a term, no other leader',
  saved: 'saved by pre-vote',
  failover: 'failover',
};

/** E.g. `burners:4x, round 2, at 12.346 s: n3 gives n1 up in term 4 → another leader`. */
export function incidentTitle({ contention, round, incident }: PlacedIncident): string {
  const { atMs, node, leader, term, outcome, hostStalled } = incident;
  const whom = leader === null ? 'stands without a leader' : `gives ${leader} up`;
  const host = hostStalled ? '; the host stood still' : '';
  return (
    `${contention}, round ${round}, at ${(atMs / 1000).toFixed(3)} s: ` +
    `${node} ${whom} in term ${term} → ${outcomeWords[outcome]}${host}`
  );
}
