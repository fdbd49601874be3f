/** What a stress run is asked for: its options, their defaults, and what makes no sense together. */
import { isDeepStrictEqual } from 'node:util';
import { between } from '../../cluster/delay-option.js';
import { checkNodes } from '../../contention/node-choice.js';
import { parseContentions } from '../../contention/parse-contention.js';
import { count, refuseOption, resolveClusterOptions, type ClusterOptions } from '../../options.js';
import { isRecord } from '../../storage/parse-stored.js';
import type { StressOptions, StressPlan } from './stress-result.js';

/** One of each kind, at a level that shows on two processors. The baseline is not among them. */
export const defaultContentions: readonly string[] = [
  'burners:4x',
  'processes:2x',
  'hog:100/500@leader',
  'hog:400/1000@follower',
  'quota:50+burners:2',
  'stop:400/2000',
  'memory:200',
  'main:3000/5000',
  'flood:1x',
  'disk:20',
  'disk:200/1000',
];

/** Longer is not one cell any more. */
const maxDurationMs = 86_400_000;
/** More would be a test of the thread they share. */
const maxClients = 1000;

/**
 * Starts nothing, and does not look at whether a contention can be exerted here.
 * @throws ElectorateError `invalidOption`
 */
export function resolveStressPlan(options: StressOptions = {}): StressPlan {
  const { faults = 'none', recovery = false } = options;
  const given = (options.contentions ?? defaultContentions).filter((text) => text.trim() !== 'none');
  const contentions = parseContentions(['none', ...given].join(','));
  if (faults !== 'none' && faults !== 'crash-every-1s') {
    refuseOption('faults', faults, 'to be none or crash-every-1s');
  }
  if (typeof recovery !== 'boolean') refuseOption('recovery', recovery, 'to be true or false');
  const durationMs = between('durationMs', options.durationMs ?? 20_000, 500, maxDurationMs);
  const cluster = resolveClusterOptions(stressedCluster(options.cluster));
  const { voters, learners, dataDir, keep } = cluster;
  if ((faults !== 'none' || recovery) && voters.length < 3) {
    refuseOption('nodes', voters.length, 'to be at least 3, so that a quorum outlives a crash');
  }
  // A cell is a brand-new cluster in a process of its own.
  if (dataDir !== null) refuseOption('dataDir', dataDir, 'to be left out of a stress run');
  if (keep) refuseOption('keep', keep, 'to be left out of a stress run');
  const clients = count('clients', options.clients ?? 2, 0, maxClients);
  if (clients === 0 && options.clientIntervalMs !== undefined)
    refuseOption('clientIntervalMs', options.clientIntervalMs, 'to be left out without `clients`');
  for (const contention of contentions) checkNodes(contention, [...voters, ...learners]);
  return {
    contentions: contentions.map(({ text }) => text),
    durationMs,
    repeats: count('repeats', options.repeats ?? 5, 1, 10_000),
    faults,
    clients: {
      count: clients,
      intervalMs: between('clientIntervalMs', options.clientIntervalMs ?? 20, 1, 60_000),
    },
    recovery,
    cluster,
  };
}

/** What a cell's cluster is started with: told at once that a leader is gone, nobody would have to find out. */
export function stressedCluster(given: ClusterOptions = {}): ClusterOptions {
  return { ...given, rules: { ...given.rules, exitNotice: given.rules?.exitNotice ?? false } };
}

/** Whether a run of one can go on where a run of the other has ended: all is the same but the seed. */
export function isSamePlan(a: StressPlan, b: StressPlan): boolean {
  return planDifference(a, b) === null;
}

/** The first part in which two plans differ, their seeds apart; null: in none. */
export function planDifference(a: StressPlan, b: StressPlan): PlanDifference | null {
  return differenceIn('', a, b);
}

/** Where two plans part, and what each has there. */
export interface PlanDifference {
  /** E.g. `cluster.heartbeatMs`. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

function differenceIn(path: string, a: unknown, b: unknown): PlanDifference | null {
  if (path === 'cluster.seed' || isDeepStrictEqual(a, b)) return null;
  if (!isRecord(a) || !isRecord(b)) return { path, a, b };
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const within = differenceIn(path === '' ? name : `${path}.${name}`, a[name], b[name]);
    if (within !== null) return within;
  }
  return null;
}
