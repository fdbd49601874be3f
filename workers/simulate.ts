/** One thread of a sweep's pool. */
import { runChunk, type ChunkResult, type SweepChunk } from '../src/simulation/sweep.js';

export default function simulate(chunk: SweepChunk): ChunkResult {
  return runChunk(chunk);
}
