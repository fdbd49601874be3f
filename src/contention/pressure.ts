/** Proof that there was pressure: what the system says of the time that threads were ready to run and did not. */

/** One thread of the cluster's process over the time of a measurement. All in ms. */
export interface ThreadPressure {
  /** `n1`, …, `supervisor`, `main`, or `other` for all that are none of these, together. */
  readonly thread: string;
  readonly ranMs: number;
  /** Ready to run, and waiting for a processor (`schedstat`, the run-queue delay). */
  readonly waitedMs: number;
}

/** Steal has a grain of ten milliseconds, and its file is long: it is looked at once in so many samples. */
export const samplesPerSteal = 5;

/** What happened since the sample before. */
export interface PressureSample {
  /** On the clock that all threads and processes of the machine share. */
  readonly atMs: number;
  /**
   * The named threads. The system adds a wait when it is over: one that is under way shows in a later sample, longer than
   * the time between two samples.
   */
  readonly threads: readonly ThreadPressure[];
  /**
   * How much longer the process's cgroup was out of quota, all processors together; told when the quota is there again.
   * Null where the system does not say.
   */
  readonly throttledMs: number | null;
  /**
   * Of all processors together, in steps of ten, since it was looked at {@link samplesPerSteal} samples before; 0 in
   * those between. Null where the system does not say.
   */
  readonly stealMs: number | null;
}

/** When the whole process was suspended, on the clock that all processes of the machine share. */
export interface Suspension {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What was seen between the beginning and the end of a measurement. Null: not told on this system. */
export interface Pressure extends SeenPressure, InnerPressure, OuterPressure {}

/** What the process saw of itself and its machine. */
export interface SeenPressure {
  readonly durationMs: number;
  readonly threads: readonly ThreadPressure[] | null;
  /** PSI: for how long some task of the machine waited for a processor. */
  readonly stalledMs: number | null;
  /** What the hypervisor took, of all processors together. */
  readonly stealMs: number | null;
}

/** What was done inside the process. */
export interface InnerPressure {
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

/** What was done to the process from outside. */
export interface OuterPressure {
  /**
   * The cgroup of the quota: periods in which there was something to run, those in which the quota ran out, and for how
   * long in all, all processors together. Null without a quota.
   */
  readonly throttled: {
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledMs: number;
  } | null;
  /** How often and for how long the whole process was suspended. */
  readonly stopped: { readonly times: number; readonly totalMs: number };
}

/** Whether what was asked for showed: a level that exerted nothing is no success. */
export interface PressureVerdict {
  readonly exerted: boolean;
  /** The figures that show it, or that show that there was none, in words. */
  readonly evidence: string;
}
