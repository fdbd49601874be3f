/** What an election benchmark is asked for: its options, their defaults, and what makes no sense together. */
import { isDeepStrictEqual } from 'node:util';
import { between, resolveDelay } from '../cluster/delay-option.js';
import { checkNiceness } from '../cluster/niceness-option.js';
import {
  count,
  refuseOption,
  resolveClusterOptions,
  type ClusterOptions,
  type ResolvedClusterOptions,
} from '../options.js';
import { fixedDelay, type Delay } from '../delay.js';
import type { ClientLoad } from './clients.js';

/** More would be a test of the thread they share. */
const maxClients = 1000;

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
  /** Instead of a fault: each trial starts a cluster of its own, of brand-new nodes. Default false. */
  readonly coldStart?: boolean | undefined;
  /** How many open-loop clients write while leaders are lost. Default 0. */
  readonly clients?: number | undefined;
  /** Between two writes of one client, in ms. Default 10. */
  readonly clientIntervalMs?: number | undefined;
  /** One way, between any two nodes. Default: on threads none is added, simulated 0.1 ms. */
  readonly linkDelay?: Delay | undefined;
  /** One write. Default: on threads it takes what it takes, and this is added; simulated 0.2 ms. */
  readonly storeDelay?: Delay | undefined;
  /** How many trials keep the timeline that explains them, the slowest: each takes two kilobytes. Default 10,000. */
  readonly timelines?: number | undefined;
  /** The cluster under test; at least three voters. Its seed also draws the moments of the faults. */
  readonly cluster?: ClusterOptions | undefined;
}

/** Real threads, or the same core in virtual time. */
export type Engine = 'threads' | 'simulation';

/** {@link ElectionBenchOptions}, filled and checked. */
export interface ElectionPlan {
  readonly engine: Engine;
  readonly trials: number;
  /** Null: a cold start. */
  readonly fault: ElectionFault | null;
  readonly clients: ClientLoad | null;
  /** Null: nothing is added to what real messages and writes take; never so in the simulation. */
  readonly linkDelay: Delay | null;
  readonly storeDelay: Delay | null;
  /** How many trials keep theirs. */
  readonly timelines: number;
  readonly cluster: ResolvedClusterOptions;
  /** What `cluster` was resolved from: how another such cluster is started. */
  readonly given: ClusterOptions;
}

/** @throws ElectorateError `invalidOption` */
export function resolveElectionPlan(options: ElectionBenchOptions, engine: Engine): ElectionPlan {
  const { trials = 60, timelines = 10_000, cluster: given = {} } = options;
  if (!Number.isSafeInteger(trials) || trials < 1)
    refuseOption('trials', trials, 'to be a whole number from 1');
  if (!Number.isSafeInteger(timelines) || timelines < 0)
    refuseOption('timelines', timelines, 'to be a whole number from 0');
  const cluster = resolveClusterOptions(given);
  if (cluster.voters.length < 3) {
    refuseOption('nodes', cluster.voters.length, 'to be at least 3, so that a quorum outlives a crash');
  }
  if (engine === 'threads') checkNiceness(cluster.niceness);
  else checkSimulated(cluster);
  const fault = resolveFault(options, cluster);
  const clients = resolveClients(options);
  const delays = resolveDelays(options, engine);
  const plan = { engine, trials, timelines, fault, clients, ...delays, cluster, given };
  if (fault === null && engine === 'threads') checkColdStart(plan);
  return plan;
}

/** What has to do with threads, ports and files, and makes no difference where there are none. */
const ofRealClusters = [
  'learners',
  'store',
  'dataDir',
  'keep',
  'wiring',
  'niceness',
  'restart',
  'voteLog',
] as const satisfies readonly (keyof ResolvedClusterOptions)[];

/** Not even what is compared would differ: two rows of a sweep would be one, told twice. */
function checkSimulated(cluster: ResolvedClusterOptions): void {
  const usual = resolveClusterOptions();
  for (const option of ofRealClusters) {
    if (!isDeepStrictEqual(cluster[option], usual[option]))
      refuseOption(option, cluster[option], 'to be left out of a simulation');
  }
}

function resolveFault(
  { coldStart = false, fault }: ElectionBenchOptions,
  { rules }: ResolvedClusterOptions,
): ElectionFault | null {
  if (typeof coldStart !== 'boolean') refuseOption('coldStart', coldStart, 'to be true or false');
  if (coldStart) {
    if (fault !== undefined) refuseOption('fault', fault, 'to be left out with `coldStart`');
    return null;
  }
  if (fault === undefined) return 'crash';
  if (!electionFaults.includes(fault))
    refuseOption('fault', fault, `to be one of ${electionFaults.join(', ')}`);
  if (fault === 'cut-in' && !rules.quorumCheck) {
    // Its heartbeats arrive: without this rule it would lead for ever, and commit nothing.
    refuseOption('fault', fault, 'to be another one where the rule `quorumCheck` is off');
  }
  return fault;
}

function resolveDelays(
  { linkDelay, storeDelay }: ElectionBenchOptions,
  engine: Engine,
): Pick<ElectionPlan, 'linkDelay' | 'storeDelay'> {
  const simulated = engine === 'simulation';
  const of = (option: string, given: Delay | undefined, simulatedMs: number): Delay | null => {
    if (given !== undefined) return resolveDelay(option, given);
    return simulated ? fixedDelay(simulatedMs) : null;
  };
  return { linkDelay: of('linkDelay', linkDelay, 0.1), storeDelay: of('storeDelay', storeDelay, 0.2) };
}

/** A cluster that starts is new, and nothing can be put in its way before. */
function checkColdStart({ linkDelay, storeDelay, cluster }: ElectionPlan): void {
  const rule = 'to be left out with `coldStart` on real threads';
  if (linkDelay !== null) refuseOption('linkDelay', linkDelay, rule);
  if (storeDelay !== null) refuseOption('storeDelay', storeDelay, rule);
  if (cluster.dataDir !== null) refuseOption('dataDir', cluster.dataDir, rule);
  if (cluster.keep) refuseOption('keep', cluster.keep, rule);
}

function resolveClients(options: ElectionBenchOptions): ClientLoad | null {
  const clients = count('clients', options.clients ?? 0, 0, maxClients);
  const { clientIntervalMs } = options;
  if (clients === 0) {
    if (clientIntervalMs !== undefined)
      refuseOption('clientIntervalMs', clientIntervalMs, 'to be left out without `clients`');
    return null;
  }
  if (options.coldStart === true) refuseOption('clients', clients, 'to be left out with `coldStart`');
  return { count: clients, intervalMs: between('clientIntervalMs', clientIntervalMs ?? 10, 1, 60_000) };
}
