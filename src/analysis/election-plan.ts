/** What an election benchmark is asked for: its options, their defaults, and what makes no sense together. */
import {
  refuseOption,
  resolveClusterOptions,
  type ClusterOptions,
  type ResolvedClusterOptions,
} from '../options.js';
import type { Delay } from '../simulation/delay.js';

/** What happens to the leader. */
export type ElectionFault =
  /** Its thread is terminated. */
  | 'crash'
  /** It ends in order: nothing of it is heard any more, then its thread ends by itself. */
  | 'shutdown'
  /** Its thread stands still. */
  | 'hang'
  /** All its links are cut. */
  | 'isolate'
  /** It is heard by nobody, and hears the others. */
  | 'cut-out'
  /** It hears nobody, and is heard: it has to find out by itself that no quorum answers, and to fall silent. */
  | 'cut-in'
  /** Its writes do not end. A turn waits for its write, so the first proposal silences it. */
  | 'disk-stall';

export const electionFaults: readonly ElectionFault[] = [
  'crash',
  'shutdown',
  'hang',
  'isolate',
  'cut-out',
  'cut-in',
  'disk-stall',
];

export interface ElectionBenchOptions {
  /** How many leaders are removed, one after the other: at least 1. Default 60. */
  readonly trials?: number | undefined;
  /** What happens to the leader. Default 'crash'. */
  readonly fault?: ElectionFault | undefined;
  /** One way, between any two nodes. Default: on threads none is added, simulated 0.1 ms. */
  readonly linkDelay?: Delay | undefined;
  /** One write. Simulated only, on threads a write takes what it takes. Default 0.2 ms. */
  readonly storeDelay?: Delay | undefined;
  /** The cluster under test; at least three voters. Its seed also draws the moments of the faults. */
  readonly cluster?: ClusterOptions | undefined;
}

/** {@link ElectionBenchOptions}, filled and checked; delays that were left out are null. */
export interface ElectionPlan {
  readonly trials: number;
  readonly fault: ElectionFault;
  readonly linkDelay: Delay | null;
  readonly storeDelay: Delay | null;
  readonly cluster: ResolvedClusterOptions;
}

/** @throws ElectorateError `invalidOption` */
export function resolveElectionPlan(options: ElectionBenchOptions): ElectionPlan {
  const { trials = 60, fault = 'crash', linkDelay = null, storeDelay = null } = options;
  if (!Number.isSafeInteger(trials) || trials < 1)
    refuseOption('trials', trials, 'to be a whole number from 1');
  if (!electionFaults.includes(fault))
    refuseOption('fault', fault, `to be one of ${electionFaults.join(', ')}`);
  const cluster = resolveClusterOptions(options.cluster);
  if (cluster.voters.length < 3) {
    refuseOption('nodes', cluster.voters.length, 'to be at least 3, so that a quorum outlives a crash');
  }
  if (fault === 'cut-in' && !cluster.rules.quorumCheck) {
    // Its heartbeats arrive: without this rule it would lead for ever, and commit nothing.
    refuseOption('fault', fault, 'to be another one where the rule `quorumCheck` is off');
  }
  return { trials, fault, linkDelay, storeDelay, cluster };
}
