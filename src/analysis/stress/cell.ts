/** One cell, in its process: a cluster at rest, what is done to it, and what came of that. */
import { availableParallelism } from 'node:os';
import { sharedNowMs } from '../../actor/clock.js';
import type { NodeStatus } from '../../actor/protocol.js';
import { Cluster } from '../../cluster/cluster.js';
import type { Contention, ExertionKind } from '../../contention/contention.js';
import { exertInside } from '../../contention/exert.js';
import type { OutsideReport } from '../../contention/outside.js';
import { parseContention } from '../../contention/parse-contention.js';
import { PressureWatch } from '../../contention/watch-pressure.js';
import { ElectorateError } from '../../errors.js';
import { resolveClusterOptions } from '../../options.js';
import type { NodeId } from '../../raft/brands.js';
import { Clients } from '../clients.js';
import { pause } from '../pause.js';
import { describeUnrest, settle } from '../settle.js';
import { inTime, timeLimit } from '../time-limit.js';
import type { CellTask } from './cell-protocol.js';
import { crashLeaders } from './crashes.js';
import { eventCostMs } from './event-cost.js';
import { failoversOf, lossesOf } from './losses.js';
import { measurementOf } from './measurement.js';
import type { StressRecord } from './record.js';
import { StressRecorder } from './recorder.js';
import { slicesOf } from './slices.js';
import type { Span } from './spans.js';
import type { StressMeasurement } from './stress-result.js';

/** Who holds the process, and does to it what can only be done from outside. */
export interface CellHolder {
  /** Resolves when it is being done. */
  exert(leader: NodeId): Promise<void>;
  /** Resolves when nothing of it is left. */
  relieve(): Promise<OutsideReport>;
}

/** For how long elections are looked at behind the end of the pressure. */
const recoveryMs = 10_000;

/**
 * The measurement begins when the cluster has settled and before anything is done to it, so that nothing that comes of it
 * is missed.
 * @throws ElectorateError what `Cluster.start` throws; `trialTimedOut` when it does not settle; the signal's reason
 */
export async function runCell(
  task: CellTask,
  holder: CellHolder,
  signal: AbortSignal,
): Promise<StressMeasurement> {
  const recorder = new StressRecorder(resolveClusterOptions(task.cluster));
  await using cluster = await Cluster.start(task.cluster, { onEvent: (event) => recorder.see(event) });
  const around = { contention: parseContention(task.contention), cluster, recorder, holder, signal };
  return await measure(task, around);
}

interface Around {
  readonly contention: Contention;
  readonly cluster: Cluster;
  readonly recorder: StressRecorder;
  readonly holder: CellHolder;
  readonly signal: AbortSignal;
}

async function measure(task: CellTask, around: Around): Promise<StressMeasurement> {
  const { contention, cluster, recorder, holder, signal } = around;
  const { seed } = task.cluster;
  const leader = await settledLeader(cluster, signal);
  await using watch = await watchThreads(cluster);
  const fromMs = sharedNowMs();
  recorder.begin(fromMs);
  // Before the contention: to start burners takes seconds, in which nobody would have written.
  using clients = task.clients.count === 0 ? null : new Clients(cluster, task.clients, leader);
  await holder.exert(leader);
  const exerted = await exertInside(contention, cluster, {
    leader,
    seed,
    onStatus: (status) => recorder.strain(status),
  });
  const timeIsUp = timeLimit(task.durationMs);
  if (task.faults === 'none') await pause(task.durationMs, signal);
  else await crashLeaders(cluster, { until: timeIsUp, seed, signal });

  const seen = await watch.end();
  const untilMs = sharedNowMs();
  recorder.end(untilMs);
  clients?.[Symbol.dispose]();
  const { told } = recorder;
  const inner = await exerted.end();
  const { router } = await cluster.status();
  const outside = await holder.relieve();
  const relievedMs = sharedNowMs();

  const { samples, costMs, ...seenPressure } = seen;
  const recordOf = (measured: Span): StressRecord => ({
    cluster: cluster.options,
    measured,
    events: recorder.eventsUntil(measured.untilMs),
    slices: slicesOf(samples),
    suspensions: outside.suspensions,
    cores: availableParallelism(),
    busyOnPurpose: contention.exertions.some(({ kind }) => busy.has(kind)),
  });
  if (recorder.isFull) {
    throw new ElectorateError('trialTimedOut', 'The cluster did nothing but elect: more than can be kept');
  }
  return measurementOf({
    contention,
    record: recordOf({ fromMs, untilMs }),
    pressure: { ...seenPressure, ...inner, ...outside.pressure },
    answered: clients?.answered ?? null,
    heartbeatGaps: recorder.heartbeatGaps,
    nodes: recorder.nodes(),
    router,
    recovery: task.recovery ? await recoveryOf(cluster, recordOf, { relievedMs, seed, signal }) : null,
    watchedMs: costMs === null ? null : costMs + told * eventCost(cluster, recorder),
  });
}

/** Tried with its own events, on a recorder that nobody asks. */
function eventCost({ options }: Cluster, recorder: StressRecorder): number {
  const other = new StressRecorder(options);
  return eventCostMs(recorder.eventsUntil(Number.POSITIVE_INFINITY), (event) => other.see(event));
}

/** What takes processor time on purpose. */
const busy: ReadonlySet<ExertionKind> = new Set([
  'burners',
  'processes',
  'quota',
  'hog',
  'memory',
  'main',
  'flood',
]);

/** Leaders are crashed for a while, to see how soon elections are as quick as ever. */
async function recoveryOf(
  cluster: Cluster,
  recordOf: (measured: Span) => StressRecord,
  {
    relievedMs,
    seed,
    signal,
  }: { readonly relievedMs: number; readonly seed: number; readonly signal: AbortSignal },
): Promise<StressMeasurement['recovery']> {
  await crashLeaders(cluster, { until: timeLimit(recoveryMs), seed, signal });
  const record = recordOf({ fromMs: relievedMs, untilMs: sharedNowMs() });
  return failoversOf(lossesOf(record), relievedMs).map(({ atMs, electedMs }) => ({ atMs, electedMs }));
}

async function settledLeader(cluster: Cluster, signal: AbortSignal): Promise<NodeId> {
  let statuses: readonly NodeStatus[] = [];
  const { leader } = await inTime(
    cluster.options,
    signal,
    'settle',
    (until) => settle(cluster, until, (seen) => (statuses = seen)),
    () => describeUnrest(cluster.options.voters, statuses),
  );
  return leader;
}

/** Each by the name of its node, in whatever life that is. */
async function watchThreads(cluster: Cluster): Promise<PressureWatch> {
  const { nodes, supervisorThreadId } = await cluster.status();
  const threads = new Map<number, string>();
  for (const { id, threadId } of nodes) if (threadId !== null) threads.set(threadId, id);
  if (supervisorThreadId !== null) threads.set(supervisorThreadId, 'supervisor');
  const watch = await PressureWatch.start(threads);
  cluster.subscribe((event) => {
    if (event.type === 'restarted' && event.node !== null && event.threadId !== null) {
      watch.name(event.node, event.threadId);
    }
  });
  return watch;
}
