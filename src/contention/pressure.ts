/** Proof that there was pressure: what the system says of the time that threads were ready to run and did not. */

/** One thread of the cluster's process over the time of a measurement. All in ms. */
export interface ThreadPressure {
  /** `n1`, …, `supervisor`, `main`, or `other` for all that are none of these, together. */
  readonly thread: string;
  readonly ranMs: number;
  /** Ready to run, and waiting for a processor (`schedstat`, the run-queue delay). */
  readonly waitedMs: number;
}

/** What was seen between the beginning and the end of a measurement. Null: not told on this system. */
export interface Pressure {
  readonly durationMs: number;
  readonly threads: readonly ThreadPressure[] | null;
  /** The cgroup of the quota: periods in which it ran out, and for how long in all. Null without a quota. */
  readonly throttled: {
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledMs: number;
  } | null;
  /** PSI: for how long some task of the machine waited for a processor. */
  readonly stalledMs: number | null;
  /** What the hypervisor took, of all processors together. */
  readonly stealMs: number | null;
  /** How often and for how long the whole process was suspended. */
  readonly stopped: { readonly times: number; readonly totalMs: number };
  /** By node: for how long its event loop was blocked on purpose, and how much it was made to allocate. */
  readonly burdened: readonly {
    readonly node: string;
    readonly blockedMs: number;
    readonly allocatedMb: number;
  }[];
  /** For how long the thread that holds the cluster was blocked on purpose. */
  readonly mainBlockedMs: number;
  /** The fullest that any lane of any mailbox was, as a share of its bound, and what was dropped. */
  readonly mailbox: { readonly fullest: number; readonly dropped: number };
  /** Writes that were flushed, and the longest. */
  readonly writes: { readonly count: number; readonly p50Ms: number; readonly maxMs: number };
}

/** Whether what was asked for showed: a level that exerted nothing is no success. */
export interface PressureVerdict {
  readonly exerted: boolean;
  /** The figures that show it, or that show that there was none, in words. */
  readonly evidence: string;
}
