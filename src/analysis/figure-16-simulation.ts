/** The curves of figure 16 in virtual time, on a pool of threads. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../options.js';
import type { Figure16Sample, Figure16Task } from '../simulation/figure-16.js';

/** @throws the signal's reason */
export async function simulateRows(
  tasks: readonly (Figure16Task & { readonly range: string })[],
  run: {
    readonly onProgress?:
      ((curve: { readonly range: string; readonly profile: Profile }) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Figure16Sample[]> {
  const { onProgress, signal } = run;
  signal?.throwIfAborted();
  // Whoever embeds a cluster has no use for a pool.
  const { Piscina } = await import('piscina');
  const threads = Math.min(availableParallelism(), tasks.length);
  const pool = new Piscina({
    filename: fileURLToPath(new URL('../../workers/figure-16.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
  });
  const samples: Figure16Sample[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at];
      if (task === undefined) break;
      samples[at] = await pool.run(task, signal === undefined ? {} : { signal });
      onProgress?.(task);
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, lane));
    return samples;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await pool.destroy();
  }
}
