/** What a stress run is asked for: its options, their defaults, and what makes no sense together. */
import { isDeepStrictEqual } from 'node:util';
import { between } from '../../cluster/delay-option.js';
import { checkNodes } from '../../contention/node-choice.js';
import { parseContentions } from '../../contention/parse-contention.js';
import { count, refuseOption, resolveClusterOptions } from '../../options.js';
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
  const { faults = 'none' } = options;
  const given = (options.contentions ?? defaultContentions).filter((text) => text.trim() !== 'none');
  const contentions = parseContentions(['none', ...given].join(','));
  if (faults !== 'none' && faults !== 'crash-every-1s') {
    refuseOption('faults', faults, 'to be none or crash-every-1s');
  }
  const durationMs = between('durationMs', options.durationMs ?? 20_000, 500, maxDurationMs);
  const cluster = resolveClusterOptions(options.cluster ?? {});
  const { voters, learners, dataDir, keep } = cluster;
  if (faults !== 'none' && voters.length < 3) {
    refuseOption('nodes', voters.length, 'to be at least 3, so that a quorum outlives a crash');
  }
  // A cell is a brand-new cluster in a process of its own.
  if (dataDir !== null) refuseOption('dataDir', dataDir, 'to be left out of a stress run');
  if (keep) refuseOption('keep', keep, 'to be left out of a stress run');
  for (const contention of contentions) checkNodes(contention, [...voters, ...learners]);
  return {
    contentions: contentions.map(({ text }) => text),
    durationMs,
    repeats: count('repeats', options.repeats ?? 5, 1, 10_000),
    faults,
    clients: {
      count: count('clients', options.clients ?? 2, 0, maxClients),
      intervalMs: between('clientIntervalMs', options.clientIntervalMs ?? 20, 1, 60_000),
    },
    cluster,
  };
}

/** Whether a run of one can go on where a run of the other has ended: all is the same but the seed. */
export function isSamePlan(a: StressPlan, b: StressPlan): boolean {
  return isDeepStrictEqual(unseeded(a), unseeded(b));
}

function unseeded({ cluster, ...plan }: StressPlan): object {
  return { ...plan, cluster: { ...cluster, seed: 0 } };
}
