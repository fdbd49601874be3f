/**
 * How much contention a cluster is meant to bear, and whether it did: false elections at two timeouts and with an
 * adaptive one, and failovers beside those of a quiet machine.
 */
import type { ClusterOptions } from '../../options.js';
import { median } from '../statistics.js';
import type { StressOptions, StressResult } from './stress-result.js';
import { measurementsOf, summarizeStress, type ContentionSummary } from './stress-summary.js';

/** A cluster that is put under the contentions. */
export interface ReachSetting {
  readonly name: 'T = 150' | 'T = 15, R = 15' | 'adaptive from 15';
  readonly cluster: ClusterOptions;
}

/** Their exit notice is off, as in every stress run: what is looked at is detection by silence. */
export const reachSettings: readonly ReachSetting[] = [
  { name: 'T = 150', cluster: { electionTimeoutMs: 150 } },
  {
    name: 'T = 15, R = 15',
    // Where processors are short answers take longer than that now and then.
    cluster: { electionTimeoutMs: 15, electionJitterMs: 15, heartbeatMs: 3, quorumPatience: 3 },
  },
  {
    name: 'adaptive from 15',
    cluster: { electionTimeoutMs: 'adaptive', adaptiveTimeout: { minMs: 15 }, electionJitterMs: 15 },
  },
];

/** What is borne, and how much of it is too much: false elections of all rounds, those by stalls of the host left out. */
interface Bearable {
  readonly contention: string;
  readonly most: Readonly<Record<ReachSetting['name'], number>>;
  /** The same node falls behind again and again: it may be succeeded, once a round. */
  readonly successor?: true;
}

const never = { 'T = 150': 0, 'T = 15, R = 15': 0, 'adaptive from 15': 1 } as const;

const bearable: readonly Bearable[] = [
  { contention: 'none', most: never },
  { contention: 'burners:4x', most: { ...never, 'T = 15, R = 15': 1 } },
  { contention: 'quota:50+burners:2', most: never },
  { contention: 'quota:20+burners:2', most: never },
  { contention: 'stop:400/2000', most: never },
  { contention: 'hog:100/500@leader', most: never, successor: true },
  { contention: 'hog:400/1000@follower', most: never },
  { contention: 'main:3000/5000', most: never },
  { contention: 'flood:1x', most: never },
];

/** The contentions that are looked at without crashes. */
export const reachContentions: readonly string[] = bearable
  .map(({ contention }) => contention)
  .filter((contention) => contention !== 'none');

/** Under which of them failovers are compared with quiet ones, and how much longer the p99 may be. */
const failoverLimits: Readonly<Record<string, (quietMs: number) => number>> = {
  'burners:4x': (quietMs) => 1.3 * quietMs,
  // Two periods of the quota, of 100 ms each.
  'quota:50+burners:2': (quietMs) => quietMs + 200,
};

/** The contentions under which leaders are crashed as well. */
export const failoverContentions: readonly string[] = Object.keys(failoverLimits);

/** So many crashes make a p99. */
export const fewestFailovers = 300;

/** How much of what there is to measure: the sizes of the table, or smaller ones. */
export interface ReachSize {
  readonly durationMs: number;
  readonly repeats: number;
  /** Rounds with crashes, one a second. */
  readonly crashRepeats: number;
  readonly contentions: readonly string[];
}

/** The stress runs that {@link judgeReach} needs, in the order in which they are run. */
export function reachRuns({ durationMs, repeats, crashRepeats, contentions }: ReachSize): StressOptions[] {
  return reachSettings.flatMap(({ name, cluster }): StressOptions[] => {
    // The first minute is what counts, and the ten seconds behind it.
    if (name === 'adaptive from 15') {
      return [{ contentions, durationMs: 3 * durationMs, repeats: 1, recovery: true, cluster }];
    }
    const crashed = failoverContentions.filter((contention) => contentions.includes(contention));
    return [
      { contentions, durationMs, repeats, cluster },
      { contentions: crashed, durationMs, repeats: crashRepeats, faults: 'crash-every-1s', cluster },
    ];
  });
}

/** One cell of the table. */
export interface ReachCell {
  /** The contention; of failovers `p99 failover, ` before it. */
  readonly row: string;
  readonly setting: ReachSetting['name'];
  readonly measured: string;
  readonly aim: string;
  /** `notShown`: there was no pressure, or not enough to judge by. */
  readonly verdict: 'reached' | 'missed' | 'notShown';
}

/** Every cell that the results say anything of, row by row. */
export function judgeReach(results: readonly StressResult[]): ReachCell[] {
  const judged = results.flatMap((result) => {
    const setting = settingOf(result);
    if (setting === null) return [];
    const summaries = summarizeStress(result);
    if (result.plan.faults !== 'none') return judgeFailovers(summaries, setting);
    return [...judgeElections(result, summaries, setting), ...judgeRecovery(result, setting)];
  });
  const rows = [...new Set(judged.map(({ row }) => row))];
  return judged.toSorted((a, b) => rows.indexOf(a.row) - rows.indexOf(b.row));
}

function settingOf({ plan: { cluster } }: StressResult): ReachSetting['name'] | null {
  if (cluster.adaptiveTimeout !== null) return 'adaptive from 15';
  if (cluster.electionTimeoutMs === 150) return 'T = 150';
  return cluster.electionTimeoutMs === 15 && cluster.quorumPatience === 3 ? 'T = 15, R = 15' : null;
}

function judgeElections(
  result: StressResult,
  summaries: readonly ContentionSummary[],
  setting: ReachSetting['name'],
): ReachCell[] {
  return summaries.flatMap((summary) => {
    const aim = bearable.find(({ contention }) => contention === summary.contention);
    if (aim === undefined) return [];
    const { contention, counts, measured, exerted } = summary;
    const cell = { row: contention, setting };
    const hasSuccessor = aim.successor === true && setting === 'T = 15, R = 15';
    const goal = hasSuccessor ? '≤ 1 successor and term a round' : aimOf(aim.most[setting]);
    if (measured === 0) {
      return [{ ...cell, measured: summary.missing[0]?.type ?? 'not run', aim: goal, verdict: 'notShown' }];
    }
    const own = counts.falseElections - counts.explainedByHost;
    const host = counts.explainedByHost === 0 ? '' : ` (and ${counts.explainedByHost} by the host)`;
    const worst = measurementsOf(result.cells)
      .filter((each) => each.contention === contention)
      .map((each) => Math.max(each.counts.leaderChanges, each.counts.termSteps));
    const figure = hasSuccessor ? `${own} in all, ${Math.max(...worst)} in a round` : `${own}`;
    const withinAim = hasSuccessor ? worst.every((times) => times <= 1) : own <= aim.most[setting];
    const isSafe = counts.invariantViolations === 0;
    const idle = contention !== 'none' && exerted < measured;
    const pressure = idle ? `, no pressure in ${measured - exerted} of ${measured}` : '';
    return [
      {
        ...cell,
        measured: `${figure}${host}${pressure}${isSafe ? '' : ', TWO LEADERS IN ONE TERM'}`,
        aim: goal,
        verdict: !withinAim || !isSafe ? 'missed' : idle ? 'notShown' : 'reached',
      },
    ];
  });
}

function judgeFailovers(summaries: readonly ContentionSummary[], setting: ReachSetting['name']): ReachCell[] {
  const quiet = summaries.find(({ contention }) => contention === 'none')?.failoverMs ?? null;
  return summaries.flatMap(({ contention, failoverMs, measured, exerted, counts }) => {
    const limitOf = failoverLimits[contention];
    if (limitOf === undefined) return [];
    const cell = { row: `p99 failover, ${contention}`, setting };
    if (quiet === null || failoverMs === null) {
      return [{ ...cell, measured: 'no failover', aim: '', verdict: 'notShown' }];
    }
    const limitMs = limitOf(quiet.p99);
    const missing = counts.crashes - failoverMs.count;
    const few = Math.min(quiet.count, failoverMs.count) < fewestFailovers || exerted < measured;
    const without = missing === 0 ? '' : `, ${missing} without a successor`;
    return [
      {
        ...cell,
        measured: `${failoverMs.p99.toFixed(0)} ms of ${failoverMs.count}; quiet ${quiet.p99.toFixed(0)}${without}`,
        aim: `≤ ${limitMs.toFixed(0)} ms`,
        verdict: failoverMs.p99 > limitMs ? 'missed' : few ? 'notShown' : 'reached',
      },
    ];
  });
}

/** Elections between 5 and 10 s behind the end of the pressure, beside those of the quiet cluster. */
function judgeRecovery(result: StressResult, setting: ReachSetting['name']): ReachCell[] {
  const lateOf = (contention: string): number[] =>
    measurementsOf(result.cells)
      .filter((cell) => cell.contention === contention)
      .flatMap(({ recovery }) => (recovery ?? []).filter(({ atMs }) => atMs >= 5000 && atMs <= 10_000))
      .map(({ electedMs }) => electedMs);
  const quiet = lateOf('none');
  if (quiet.length === 0) return [];
  const quietMs = median(quiet);
  return result.plan.contentions.flatMap((contention): ReachCell[] => {
    const late = lateOf(contention);
    if (contention === 'none' || late.length === 0) return [];
    const ms = median(late);
    return [
      {
        row: `failover 5 to 10 s after ${contention}`,
        setting,
        measured: `${ms.toFixed(0)} ms of ${late.length}; quiet ${quietMs.toFixed(0)}`,
        aim: `≤ ${(1.2 * quietMs).toFixed(0)} ms`,
        verdict: ms <= 1.2 * quietMs ? 'reached' : 'missed',
      },
    ];
  });
}

function aimOf(most: number): string {
  return most === 0 ? '0' : `≤ ${most}`;
}
