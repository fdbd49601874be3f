/** The line that stands above every table of figures. */
import type { Machine } from '../analysis/machine.js';

/** E.g. `Node v20.19.0, linux x64, 2 × Xeon, load 0.12`. */
export function machineLine(machine: Machine): string {
  const { cores, cpu, load } = machine;
  return `${runtimeLine(machine)}, ${cores} × ${cpu}, load ${load.toFixed(2)}`;
}

/** All that stands above figures of virtual time, which no machine makes longer: e.g. `Node v20.19.0, linux x64`. */
export function runtimeLine({ node, platform }: Machine): string {
  return `Node ${node}, ${platform}`;
}
