/** Where a figure was measured: no number means anything without it. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  /** E.g. `v20.19.0`. */
  readonly node: string;
  /** E.g. `linux x64`. */
  readonly platform: string;
  /** The model of the processor, as the operating system calls it. */
  readonly cpu: string;
  /** Cores this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  /** Load average of the last minute when the measurement began; 0 where the system has none. */
  readonly load: number;
}

/** Reads it now: called before a measurement begins, so that the load is not its own. */
export function describeMachine(): Machine {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}
