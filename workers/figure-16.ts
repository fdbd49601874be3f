/** One thread of the pool that simulates figure 16. */
import { simulateFigure16, type Figure16Sample, type Figure16Task } from '../src/simulation/figure-16.js';

export default function simulate(task: Figure16Task): Figure16Sample {
  return simulateFigure16(task);
}
