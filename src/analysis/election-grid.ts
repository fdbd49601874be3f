/** Several election benchmarks that take turns, so that a stall of the machine hits all alike. */
import { randomInt } from 'node:crypto';
import { deriveSeed } from '../cluster/seeds.js';
import { refuseOption } from '../options.js';
import {
  resolveElectionPlan,
  type ElectionBenchOptions,
  type ElectionPlan,
  type Engine,
} from './election-plan.js';
import { electionResult, type ElectionBenchResult } from './election-result.js';
import { describeMachine } from './machine.js';
import type { Trial } from './trial.js';
import { TrialLog } from './trial-log.js';
import { openTrials } from './trial-source.js';

/** The JSON that `electorate bench` writes of a sweep. */
export interface ElectionGridResult {
  /** Changes with every change of this shape. */
  readonly schema: 'electorate.election-grid/1';
  /** In the order of the cells. */
  readonly results: readonly ElectionBenchResult[];
}

export interface ElectionGridRun {
  /** Default 'threads'. */
  readonly engine?: Engine | undefined;
  /** Called after each trial of any cell, on the calling thread; must not throw. */
  readonly onProgress?: ((trial: Trial, done: number, of: number) => void) | undefined;
  /** Ends the run: the cluster is stopped, then the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How many trials a cell makes at most before it is the next one's turn: one cluster is started for each such block. */
const longestBlock = 10;
/** How many turns each cell has at least, if it has as many trials. */
const fewestTurns = 5;
/** More is a program of its own. */
const maxCells = 1000;

/**
 * Each cell runs a block of trials on a cluster of its own, then the next, round and round. Cells without a seed share
 * one that is drawn.
 * @throws ElectorateError `invalidOption` before anything is started; otherwise as `benchElections`
 */
export async function benchGrid(
  cells: readonly ElectionBenchOptions[],
  { engine = 'threads', onProgress, signal = new AbortController().signal }: ElectionGridRun = {},
): Promise<ElectionGridResult> {
  const plans = resolveCells(cells, engine);
  const machine = describeMachine();
  const logs = plans.map((plan) => ({ plan, made: new TrialLog(plan.timelines) }));
  const all = plans.reduce((sum, plan) => sum + plan.trials, 0);
  let done = 0;
  for (let block = 0; done < all; block += 1) {
    for (const { plan, made } of logs) {
      const wanted = Math.min(plan.trials, made.length + blockOf(plan));
      if (made.length === wanted) continue;
      // The same seed again would draw the same moments and timeouts again.
      const { seed } = plan.cluster;
      await using source = await openTrials(plan, block === 0 ? seed : deriveSeed(seed, block, 1), signal);
      while (made.length < wanted) {
        const trial = await source.next();
        made.add(trial);
        done += 1;
        onProgress?.(trial, done, all);
      }
    }
  }
  return {
    schema: 'electorate.election-grid/1',
    results: logs.map(({ plan, made }) => electionResult(plan, machine, plan.cluster, made.finish())),
  };
}

function blockOf({ trials }: ElectionPlan): number {
  return Math.min(longestBlock, Math.ceil(trials / fewestTurns));
}

function resolveCells(cells: readonly ElectionBenchOptions[], engine: Engine): ElectionPlan[] {
  if (cells.length < 1 || cells.length > maxCells)
    refuseOption('cells', cells.length, `to be from 1 to ${maxCells}`);
  const seed = randomInt(2 ** 32);
  return cells.map((cell) => {
    const plan = resolveElectionPlan(
      { ...cell, cluster: { ...cell.cluster, seed: cell.cluster?.seed ?? seed } },
      engine,
    );
    // Another cell's stores would be in it.
    const { dataDir, keep } = plan.cluster;
    if (dataDir !== null) refuseOption('dataDir', dataDir, 'to be left out in a sweep');
    if (keep) refuseOption('keep', keep, 'to be left out in a sweep');
    return plan;
  });
}
