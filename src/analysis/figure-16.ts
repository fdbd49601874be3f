/** Figure 16 of the Raft paper, measured again: its ten ranges of election timeouts, beside the paper's own samples. */
import { randomInt } from 'node:crypto';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { deriveSeed } from '../cluster/seeds.js';
import { count, refuseOption, type Profile } from '../options.js';
import {
  figure16,
  figure16Write,
  type Departure,
  type Figure16Row,
  type Figure16Sample,
  type Figure16Task,
} from '../simulation/figure-16.js';
import { simulateRows } from './figure-16-simulation.js';
import { measureRow, type MeasuredSample } from './figure-16-threads.js';
import { idealElection, type IdealInput } from './ideal.js';
import { describeMachine, type Machine } from './machine.js';
import { raftFigure16 } from './published.js';
import { kolmogorovSmirnov, summarize, type Summary } from './statistics.js';

/** Everything has a default. */
export interface Figure16Options {
  /** Real threads, or the same core in virtual time. Default 'simulation'. */
  readonly engine?: 'simulation' | 'threads' | undefined;
  /** Trials of each curve. Default: as many as the paper has, 1,000, and 100 for 150-150; 100 on threads. */
  readonly trials?: number | undefined;
  /** Which rows, e.g. `['150-300', '12-24']`. Default all ten; on threads not 150-150, where no election may end. */
  readonly ranges?: readonly string[] | undefined;
  /** Whose rules, the first being compared with the paper. Default `['vanilla', 'standard']`. */
  readonly profiles?: readonly Profile[] | undefined;
  /** Seeds every draw: an integer from 0. Default a random one. */
  readonly seed?: number | undefined;
}

export interface Figure16Run {
  /** Called after each row, and on threads after each trial of one, on the calling thread; must not throw. */
  readonly onProgress?: ((progress: Figure16Progress) => void) | undefined;
  /** Ends the run: clusters are stopped, then the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Of the trials of one row. */
export interface Figure16Progress {
  readonly range: string;
  readonly done: number;
  readonly of: number;
}

/** Plain JSON. All times in ms. */
export interface Figure16Result {
  /** Changes with every change of this shape. */
  readonly schema: 'electorate.figure-16/1';
  readonly machine: Machine;
  readonly options: {
    readonly engine: 'simulation' | 'threads';
    /** Null: as many as the paper. */
    readonly trials: number | null;
    readonly seed: number;
    readonly profiles: readonly Profile[];
  };
  readonly elapsedMs: number;
  /** In the order of the paper. */
  readonly rows: readonly Figure16RowResult[];
}

export interface Figure16RowResult {
  /** As in the paper, e.g. `150-300`. */
  readonly range: string;
  readonly electionTimeoutMs: number;
  readonly electionJitterMs: number;
  /** Why the curve is not expected to be the paper's; null where it is. */
  readonly departure: Departure | null;
  readonly paper: {
    readonly summary: Summary;
    /** Nearest-rank, from the least (0 %) to the most (100 %), one for each per cent. */
    readonly percentilesMs: readonly number[];
  };
  /** The closed form with no split vote; null where a candidacy stays unknown for more than a tenth of the jitter. */
  readonly ideal: { readonly input: IdealInput; readonly meanMs: number } | null;
  /** One for each profile. */
  readonly curves: readonly Figure16Curve[];
}

export interface Figure16Curve {
  readonly profile: Profile;
  readonly trials: number;
  /** Trials in which nobody was elected within a minute. */
  readonly unelected: number;
  /** Crash → the first leader elected: every trial that had one, smallest first, to the microsecond. */
  readonly electedMs: readonly number[];
  /** Null where nobody was elected. */
  readonly elected: Summary | null;
  /** Crash → every survivor has accepted a leader. */
  readonly known: Summary | null;
  /** Against the paper; null where nobody was elected. */
  readonly deviation: Deviation | null;
  /** The same of those trials alone that no stall of the machine touched; null in the simulation, where there is none. */
  readonly quiet: QuietTrials | null;
}

export type QuietTrials = Pick<Figure16Curve, 'electedMs' | 'elected' | 'known' | 'deviation'>;

export interface Deviation {
  /** Of the mean: 0.01 is one per cent longer. */
  readonly mean: number;
  /** Half of its 95 % confidence interval, from the scatter of both samples. */
  readonly meanHalf95: number;
  /** The Kolmogorov–Smirnov distance to the paper's samples. */
  readonly distance: number;
  /** What one in twenty pairs of such samples of a single distribution are apart, or more. */
  readonly distanceByChance: number;
}

/** How near a row that is expected to match has to come. */
export const figure16Bounds: Pick<Deviation, 'mean' | 'distance'> = { mean: 0.05, distance: 0.1 };

/**
 * Runs the rows: simulated on as many threads as the machine has cores, real ones one after the other.
 * @throws ElectorateError `invalidOption`, before anything is started; on threads `trialTimedOut` when a cluster does not
 *   settle, and what `Cluster.start` throws; the signal's reason
 */
export async function runFigure16(
  options: Figure16Options = {},
  run: Figure16Run = {},
): Promise<Figure16Result> {
  const { engine, rows, profiles, trials, seed } = resolveOptions(options);
  const machine = describeMachine();
  const startedMs = performance.now();
  const tasks = rows.map((row) =>
    profiles.map((profile) => ({
      electionTimeoutMs: row.electionTimeoutMs,
      electionJitterMs: row.electionJitterMs,
      profile,
      trials: trials ?? row.trials,
      // The same for a row whatever else is asked for.
      seed: deriveSeed(seed, figure16.indexOf(row), profile === 'vanilla' ? 0 : 1),
    })),
  );
  const samples = await (engine === 'threads' ? measureRows : simulateRows)(rows, tasks, run);
  return {
    schema: 'electorate.figure-16/1',
    machine,
    options: { engine, trials, seed, profiles },
    elapsedMs: performance.now() - startedMs,
    rows: rows.map((row, at) => {
      const paper = raftFigure16().get(row.range) ?? [];
      return {
        range: row.range,
        electionTimeoutMs: row.electionTimeoutMs,
        electionJitterMs: row.electionJitterMs,
        departure: row.departure,
        paper: { summary: summarize(paper), percentilesMs: percentiles(paper) },
        ideal: idealOf(row),
        curves: (tasks[at] ?? []).map((task, curve) => curveOf(task, samples[at]?.[curve] ?? nothing, paper)),
      };
    }),
  };
}

const nothing: MeasuredSample = { all: { electedMs: [], knownMs: [], unelected: 0 }, quiet: null };

/** Row by row: only what is compared runs at the same time. */
async function measureRows(
  rows: readonly Figure16Row[],
  tasks: readonly (readonly Figure16Task[])[],
  { onProgress, signal = new AbortController().signal }: Figure16Run,
): Promise<MeasuredSample[][]> {
  const samples: MeasuredSample[][] = [];
  for (const [at, { range }] of rows.entries()) {
    const row = tasks[at] ?? [];
    const of = row[0]?.trials ?? 0;
    const onTrial = (done: number): void => onProgress?.({ range, done, of });
    samples.push(await measureRow(row, { onTrial, signal }));
  }
  return samples;
}

function resolveOptions({
  engine = 'simulation',
  ranges,
  profiles = ['vanilla', 'standard'],
  trials = engine === 'threads' ? 100 : undefined,
  seed,
}: Figure16Options): {
  readonly engine: 'simulation' | 'threads';
  readonly rows: readonly Figure16Row[];
  readonly profiles: readonly Profile[];
  readonly trials: number | null;
  readonly seed: number;
} {
  if (engine !== 'simulation' && engine !== 'threads')
    refuseOption('engine', engine, "to be 'simulation' or 'threads'");
  const known = figure16.map(({ range }) => range);
  const wanted = ranges ?? (engine === 'threads' ? known.slice(1) : known);
  for (const range of wanted) {
    if (!known.includes(range)) refuseOption('ranges', range, `to be among ${known.join(', ')}`);
  }
  for (const profile of profiles) {
    if (profile !== 'vanilla' && profile !== 'standard')
      refuseOption('profiles', profile, "to be 'vanilla' or 'standard'");
  }
  return {
    engine,
    rows: figure16.filter(({ range }) => wanted.includes(range)),
    profiles: [...new Set(profiles)],
    trials: trials === undefined ? null : count('trials', trials, 1, 1_000_000),
    seed: count('seed', seed ?? randomInt(2 ** 32), 0, Number.MAX_SAFE_INTEGER),
  };
}

function curveOf(
  { profile, trials }: Figure16Task,
  { all, quiet }: MeasuredSample,
  paper: readonly number[],
): Figure16Curve {
  return {
    profile,
    trials,
    unelected: all.unelected,
    ...compare(all, paper),
    quiet: quiet === null ? null : compare(quiet, paper),
  };
}

function compare({ electedMs, knownMs }: Figure16Sample, paper: readonly number[]): QuietTrials {
  const isEmpty = electedMs.length === 0;
  return {
    electedMs: electedMs.map((ms) => Math.round(ms * 1000) / 1000),
    elected: isEmpty ? null : summarize(electedMs),
    known: isEmpty ? null : summarize(knownMs),
    deviation: isEmpty ? null : deviationOf(electedMs, paper),
  };
}

function deviationOf(measured: readonly number[], paper: readonly number[]): Deviation {
  const [ours, theirs] = [meanOf(measured), meanOf(paper)];
  return {
    mean: ours.ms / theirs.ms - 1,
    // Of a ratio of two means, to first order.
    meanHalf95: 1.96 * (ours.ms / theirs.ms) * Math.hypot(ours.error / ours.ms, theirs.error / theirs.ms),
    distance: kolmogorovSmirnov(measured, paper),
    distanceByChance: 1.358 * Math.sqrt(1 / measured.length + 1 / paper.length),
  };
}

/** With its standard error; none is known of a single sample. */
function meanOf(samples: readonly number[]): { readonly ms: number; readonly error: number } {
  const values = [...samples];
  const error = values.length < 2 ? 0 : sampleStandardDeviation(values) / Math.sqrt(values.length);
  return { ms: mean(values), error };
}

/** 0 to 100 %. */
function percentiles(sorted: readonly number[]): number[] {
  return Array.from({ length: 101 }, (_, percent) => {
    const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
    return sorted[rank - 1] ?? Number.NaN;
  });
}

/** The model's costs: no network delay, and writes at their means. */
function idealOf({ electionTimeoutMs, electionJitterMs }: Figure16Row): Figure16RowResult['ideal'] {
  const { minMs, maxMs } = figure16Write;
  const candidateWriteMs = (minMs + maxMs) / 2;
  const input: IdealInput = {
    voters: 5,
    alive: 4,
    electable: 2,
    electionTimeoutMs,
    electionJitterMs,
    heartbeatMs: electionTimeoutMs / 2,
    delayMs: 0,
    candidateWriteMs,
    voterWriteMs: quorumWriteMs(minMs, maxMs - minMs),
    logWriteMs: candidateWriteMs,
    preVote: false,
    retryJitterMs: null,
  };
  const { meanMs, splitVoteProbability } = idealElection(input);
  return splitVoteProbability === null ? null : { input, meanMs };
}

/**
 * Until two others have written their votes: the longer of two writes for one of the two that can win, since the other
 * of them refuses; the second of three for the other. Each wins as often.
 */
function quorumWriteMs(minMs: number, widthMs: number): number {
  return minMs + widthMs * ((2 / 3 + 1 / 2) / 2);
}
