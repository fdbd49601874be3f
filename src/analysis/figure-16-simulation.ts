/** The curves of figure 16 in virtual time, on a pool of threads. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Figure16Row, Figure16Sample, Figure16Task } from '../simulation/figure-16.js';
import type { MeasuredSample } from './figure-16-threads.js';
import type { Figure16Run } from './figure-16.js';

/**
 * @param tasks of each row
 * @throws the signal's reason
 */
export async function simulateRows(
  rows: readonly Figure16Row[],
  tasks: readonly (readonly Figure16Task[])[],
  { onProgress, signal }: Figure16Run,
): Promise<MeasuredSample[][]> {
  signal?.throwIfAborted();
  // Whoever embeds a cluster has no use for a pool.
  const { Piscina } = await import('piscina');
  const threads = Math.min(availableParallelism(), rows.length);
  const pool = new Piscina({
    filename: fileURLToPath(new URL('../../workers/figure-16.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
  });
  const samples: MeasuredSample[][] = [];
  const waiting = [...rows.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, { range }] = next;
      const row = tasks[at] ?? [];
      const ofRow: MeasuredSample[] = [];
      for (const task of row) {
        const all: Figure16Sample = await pool.run(task, signal === undefined ? {} : { signal });
        ofRow.push({ all, quiet: null });
      }
      samples[at] = ofRow;
      const of = row[0]?.trials ?? 0;
      onProgress?.({ range, done: of, of });
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
