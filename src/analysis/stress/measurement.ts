/** From a cell's evidence to what its result says. Pure. */
import type { Contention } from '../../contention/contention.js';
import type { Pressure } from '../../contention/pressure.js';
import { judgePressure } from '../../contention/judge-pressure.js';
import type { RouterMetrics } from '../../cluster/meter.js';
import type { Answered } from '../clients.js';
import { summarize } from '../statistics.js';
import { countsOf } from './counts.js';
import { incidentsOf } from './incidents.js';
import { withoutLeaderMs } from './leading.js';
import { failoversOf, lossesOf } from './losses.js';
import { outagesOf } from './outages.js';
import { eventsOf, isWithin, timeoutAt, type StressRecord } from './record.js';
import type { StressMeasurement, StressNode } from './stress-result.js';

/** Everything that was seen of one cell. */
export interface Evidence {
  readonly contention: Contention;
  readonly record: StressRecord;
  readonly pressure: Pressure;
  /** Null: there were no clients. */
  readonly answered: Answered | null;
  /** As shares of T. */
  readonly heartbeatGaps: readonly number[];
  readonly nodes: readonly StressNode[];
  /** Since the measurement began. */
  readonly router: RouterMetrics;
  readonly recovery: StressMeasurement['recovery'];
  /** Processor time that it took to watch; null where the system does not say. */
  readonly watchedMs: number | null;
}

/** What it comes to: counted, judged, and each incident explained. */
export function measurementOf(evidence: Evidence): StressMeasurement {
  const { contention, record, pressure, heartbeatGaps, nodes, router, recovery, watchedMs } = evidence;
  const { measured, cluster } = record;
  const losses = lossesOf(record);
  const incidents = incidentsOf(record, losses);
  return {
    seed: cluster.seed,
    durationMs: measured.untilMs - measured.fromMs,
    pressure,
    verdict: judgePressure(contention, pressure),
    counts: countsOf(record, losses, incidents),
    incidents,
    failovers: failoversOf(losses, measured.fromMs),
    withoutLeaderMs: withoutLeaderMs(record),
    clients: clientsOf(evidence),
    heartbeatGaps: heartbeatGaps.length === 0 ? null : summarize(heartbeatGaps),
    nodes,
    routerLag: { meanMs: router.lagMs, maxMs: router.maxLagMs, maxDepth: router.maxDepth },
    timeouts: timeoutsOf(record),
    recovery,
    observationShare: watchedMs === null ? null : watchedMs / (measured.untilMs - measured.fromMs),
  };
}

function timeoutsOf(record: StressRecord): StressMeasurement['timeouts'] {
  const { measured } = record;
  const changes = eventsOf(record, 'timeoutChanged').filter(({ atMs }) => isWithin(atMs, measured));
  return [
    { atMs: 0, electionTimeoutMs: timeoutAt(record, measured.fromMs) },
    ...changes.map(({ atMs, toMs }) => ({ atMs: atMs - measured.fromMs, electionTimeoutMs: toMs })),
  ];
}

function clientsOf({ answered, record }: Evidence): StressMeasurement['clients'] {
  if (answered === null) return null;
  const { dueMs, acknowledged, refused } = answered;
  const ackedMs = acknowledged.map(({ ackedMs: atMs }) => atMs);
  return {
    sent: dueMs.length,
    acknowledged: ackedMs.length,
    refused,
    unknown: dueMs.length - ackedMs.length - refused,
    ...outagesOf({ dueMs, ackedMs }, record.measured, record.cluster.electionTimeoutMs),
  };
}
