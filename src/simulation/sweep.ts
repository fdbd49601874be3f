/** Many seeds on all cores: each its own history, checked all the while. What fails is shrunk and can be replayed. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { describeFaults, shrinkTrial, traceTrial } from './shrink.js';
import { planTrial, runTrial, type TrialResult, type TrialSettings, type Violation } from './trial.js';

export interface SweepOptions extends TrialSettings {
  readonly firstSeed: number;
  /** How many seeds, one after the other; infinity with a time limit. */
  readonly seeds: number;
  /** No new seeds after this time; infinity for none. */
  readonly forMs: number;
  /** Threads; by default one for each core. */
  readonly threads?: number;
}

export interface SweepProgress {
  readonly seeds: number;
  readonly steps: number;
  readonly failures: number;
  readonly elapsedMs: number;
}

export interface SweepFailure {
  readonly seed: number;
  readonly violation: Violation;
  /** The faults that are enough to break the same rule. */
  readonly faults: readonly string[];
  /** What the nodes said at the end of the shrunk history. */
  readonly trace: readonly string[];
}

/** All times in milliseconds. */
export interface SweepResult {
  readonly schema: 'electorate-sweep/1';
  readonly options: {
    readonly profile: string;
    readonly nodes: readonly number[];
    readonly firstSeed: number;
  };
  readonly threads: number;
  readonly elapsedMs: number;
  readonly seeds: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly faults: number;
  readonly committed: number;
  readonly operations: number;
  /** Every broken seed, smallest first. */
  readonly failedSeeds: readonly number[];
  /** The first few of them, in full. */
  readonly failures: readonly SweepFailure[];
}

/** What a thread of the pool is asked for. */
export interface SweepChunk extends TrialSettings {
  readonly firstSeed: number;
  readonly seeds: number;
}

/** What it answers. */
export interface ChunkResult {
  readonly seeds: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly faults: number;
  readonly committed: number;
  readonly operations: number;
  readonly failedSeeds: readonly number[];
}

/** How many seeds a thread takes at once: some tenths of a second. */
const chunkSeeds = 32;
/** How many failures are shrunk and told in full, and how long each trace is. */
const toldFailures = 3;
const traceLines = 60;

/**
 * Runs the sweep on a pool of threads. Never throws for a broken rule: failures are part of the result.
 * @throws the signal's reason when aborted
 */
export async function sweep(
  options: SweepOptions,
  { onProgress, signal }: { onProgress?: (progress: SweepProgress) => void; signal?: AbortSignal } = {},
): Promise<SweepResult> {
  const threads = options.threads ?? availableParallelism();
  const { profile, nodes } = options;
  const startedMs = performance.now();
  const pool = new Piscina({
    filename: fileURLToPath(new URL('../../workers/simulate.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
  });
  const sum = { seeds: 0, steps: 0, virtualMs: 0, faults: 0, committed: 0, operations: 0 };
  const failedSeeds: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < options.seeds && performance.now() - startedMs < options.forMs) {
      const seeds = Math.min(chunkSeeds, options.seeds - next);
      const chunk: SweepChunk = { profile, nodes, firstSeed: options.firstSeed + next, seeds };
      next += seeds;
      const done: ChunkResult = await pool.run(chunk, signal === undefined ? {} : { signal });
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += done[key];
      failedSeeds.push(...done.failedSeeds);
      const elapsedMs = performance.now() - startedMs;
      onProgress?.({ seeds: sum.seeds, steps: sum.steps, failures: failedSeeds.length, elapsedMs });
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, lane));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await pool.destroy();
  }
  failedSeeds.sort((a, b) => a - b);
  return {
    schema: 'electorate-sweep/1',
    options: { profile, nodes, firstSeed: options.firstSeed },
    threads,
    elapsedMs: performance.now() - startedMs,
    ...sum,
    failedSeeds,
    failures: failedSeeds.slice(0, toldFailures).flatMap((seed) => tellFailure(seed, options)),
  };
}

/** The work of one thread: seeds one after the other. */
export function runChunk(chunk: SweepChunk): ChunkResult {
  const results: TrialResult[] = [];
  for (let at = 0; at < chunk.seeds; at += 1) {
    results.push(runTrial(planTrial(chunk.firstSeed + at, chunk)));
  }
  const total = (of: (result: TrialResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0);
  return {
    seeds: results.length,
    steps: total(({ steps }) => steps),
    virtualMs: total(({ virtualMs }) => virtualMs),
    faults: total(({ faults }) => faults),
    committed: total(({ committed }) => committed),
    operations: total(({ operations }) => operations),
    failedSeeds: results.filter(({ violation }) => violation !== null).map(({ seed }) => seed),
  };
}

/** Runs a seed again, and shrinks it when it breaks a rule. Empty when it does not. */
export function tellFailure(seed: number, settings: TrialSettings): SweepFailure[] {
  const shrunk = shrinkTrial(planTrial(seed, settings));
  const { result, lines } = traceTrial(shrunk, traceLines, true);
  if (result.violation === null) return [];
  const faults = describeFaults(shrunk.faults.filter(({ atMs }) => atMs <= result.virtualMs));
  return [{ seed, violation: result.violation, faults, trace: lines }];
}
