/** Several sides of a comparison on threads, in turns. */
import { benchElections } from '../src/analysis/election-bench.js';
import type { Trial } from '../src/analysis/trial.js';
import type { ClusterOptions } from '../src/options.js';

/**
 * Every side makes a block of trials on a cluster of its own, then the next, round and round: so long that a new cluster's
 * first trial is one of many, so short that all sides meet the same machine.
 */
export async function interleave<Side extends string>(
  sides: Readonly<Record<Side, ClusterOptions>>,
  trials: number,
  block: number,
): Promise<Readonly<Record<Side, readonly Trial[]>>> {
  const names = Object.keys(sides) as Side[];
  const made = Object.fromEntries(names.map((name) => [name, [] as Trial[]])) as Record<Side, Trial[]>;
  for (let done = 0; done < trials; done += block) {
    for (const name of names) {
      const cluster = sides[name];
      // The same seed again would draw the same moments again.
      const result = await benchElections({
        trials: Math.min(block, trials - done),
        cluster: { ...cluster, seed: (cluster.seed ?? 1) + done },
      });
      made[name].push(...result.trials);
    }
  }
  return made;
}
