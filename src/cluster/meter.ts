/** What the router counts. */

/** What the router did since the start, and how late it was since it was last asked. */
export interface RouterMetrics {
  /** Messages delivered since the start, copies included. */
  readonly routed: number;
  /** Messages that went past it over direct lines since the start, those under way included. */
  readonly direct: number;
  /** Messages not delivered since the start, by reason. */
  readonly dropped: Readonly<Drops>;
  /** Messages on slow links now. */
  readonly delayed: number;
  /** The most messages it held at once since the last `status()`: a batch in hand and what was on slow links. */
  readonly maxDepth: number;
  /** Messages that arrived at the router since the last `status()`. */
  readonly arrived: number;
  /** From a sender's post to the router's turn, mean over `arrived`; 0 without any. */
  readonly lagMs: number;
  /** The longest of those. */
  readonly maxLagMs: number;
}

export interface Drops {
  /** On a link that was cut. */
  cut: number;
  /** By a link's loss. */
  lost: number;
  /** From or to a node that is not running, or from an earlier life. */
  dead: number;
  /** Spoofed, malformed, or to nobody. */
  rejected: number;
  /** Too many messages were on slow links. */
  overflow: number;
  /** With a direct line, which was taken away because a link between the two got a policy, but was not cut. */
  line: number;
}

/** The running counts behind {@link RouterMetrics}, mutated by the router. */
export interface Meter {
  routed: number;
  /** Of lives that are over, less what was lost with its line. */
  direct: number;
  readonly dropped: Drops;
  maxDepth: number;
  arrived: number;
  lagSumMs: number;
  maxLagMs: number;
}

export function emptyMeter(): Meter {
  const dropped = { cut: 0, lost: 0, dead: 0, rejected: 0, overflow: 0, line: 0 };
  return { routed: 0, direct: 0, dropped, maxDepth: 0, arrived: 0, lagSumMs: 0, maxLagMs: 0 };
}

/** Reads, and starts the next span. */
export function readMeter(meter: Meter, delayed: number): Omit<RouterMetrics, 'direct'> {
  const { routed, maxDepth, arrived, lagSumMs, maxLagMs } = meter;
  meter.maxDepth = 0;
  meter.arrived = 0;
  meter.lagSumMs = 0;
  meter.maxLagMs = 0;
  const lagMs = arrived === 0 ? 0 : lagSumMs / arrived;
  return { routed, dropped: { ...meter.dropped }, delayed, maxDepth, arrived, lagMs, maxLagMs };
}
