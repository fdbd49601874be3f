/** One thread of a pool that takes processor time. */
import { burn, type BurnTask } from '../src/contention/burn.js';

export default function run(task: BurnTask): void {
  burn(task);
}
