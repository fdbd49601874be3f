/** A cold start as a trial: from the first brand-new node that takes part to a leader that all know. */
import { Cluster } from '../cluster/cluster.js';
import type { StallMonitor } from '../cluster/stall-monitor.js';
import type { ClusterOptions } from '../options.js';
import { asTerm } from '../raft/brands.js';
import { Recording } from './recording.js';
import { inTime } from './time-limit.js';
import {
  analyzeTrial,
  describeContest,
  withHost,
  withRouter,
  type Trial,
  type TrialContext,
} from './trial.js';

/** @throws ElectorateError `trialTimedOut`, what `Cluster.start` throws; the signal's reason */
export async function measureStart(
  options: ClusterOptions,
  signal: AbortSignal,
  monitor: StallMonitor,
): Promise<Trial> {
  signal.throwIfAborted();
  using recording = new Recording();
  const endOfWatch = monitor.observe();
  let beganMs = Number.POSITIVE_INFINITY;
  await using cluster = await Cluster.start(options, {
    // From the very first: an election may be over before the start is told to be.
    onEvent: (event) => {
      if (event.type === 'nodeStarted') beganMs = Math.min(beganMs, event.atMs);
      recording.see(event);
    },
  });
  const { events } = recording;
  const context: TrialContext = {
    crashed: null,
    crashedAtMs: beganMs,
    term: asTerm(0),
    survivors: cluster.options.voters,
  };
  const trial = await inTime(
    cluster.options,
    signal,
    'elect a first leader that all know',
    (limit) =>
      recording.first(['elected', 'ready', 'leaderKnown'], () => analyzeTrial(context, events), limit),
    () => describeContest(context, events),
  );
  const host = endOfWatch();
  const { router } = await cluster.status();
  return withRouter(withHost(trial, host), {
    lagMs: router.maxLagMs,
    messages: router.routed + router.direct,
  });
}
