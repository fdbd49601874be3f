/** The line that stands above every table of figures. */
import type { Machine } from '../analysis/machine.js';

/** E.g. `Node v20.19.0, linux x64, 2 × Xeon, load 0.12`. */
export function machineLine(machine: Machine): string {
  const { node, platform, cores, cpu, load } = machine;
  return `Node ${node}, ${platform}, ${cores} × ${cpu}, load ${load.toFixed(2)}`;
}
