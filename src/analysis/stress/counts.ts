/** What of a cell can be counted. Pure. */
import { isInFailover, type Loss } from './losses.js';
import { eventsOf, isWithin, type StressRecord } from './record.js';
import { reignsOf, termsOf } from './reigns.js';
import type { Incident, StressCounts } from './stress-result.js';

/** @param incidents of the same record */
export function countsOf(
  record: StressRecord,
  losses: readonly Loss[],
  incidents: readonly Incident[],
): StressCounts {
  const { measured } = record;
  const begun = incidents.filter(({ outcome }) => outcome === 'elected' || outcome === 'termStep');
  const during = <E extends { readonly atMs: number }>(events: readonly E[]): E[] =>
    events.filter(({ atMs }) => isWithin(atMs, measured));
  const needless = <E extends { readonly atMs: number }>(events: readonly E[]): E[] =>
    during(events).filter(({ atMs }) => !isInFailover(losses, atMs));
  return {
    crashes: losses.length,
    falseElections: begun.length,
    explainedByHost: begun.filter(({ hostStalled }) => hostStalled).length,
    leaderChanges: leaderChangesIn(record),
    termSteps: termStepsIn(record),
    suspicions: needless(eventsOf(record, 'suspected')).length,
    savedByPreVote: needless(eventsOf(record, 'roundLost')).filter(({ phase }) => phase === 'preVote').length,
    nearMisses: during(eventsOf(record, 'heartbeatNearMiss')).length,
    invariantViolations: during(eventsOf(record, 'invariantViolated')).length + sharedTermsIn(record),
  };
}

/** From one leader to another: the same one once more is none. */
function leaderChangesIn(record: StressRecord): number {
  const reigns = reignsOf(record);
  return reigns.filter(
    ({ node, electedMs }, at) =>
      isWithin(electedMs, record.measured) && at > 0 && reigns[at - 1]?.node !== node,
  ).length;
}

/** By how much the newest term grew: one that was skipped counts. */
function termStepsIn(record: StressRecord): number {
  const terms = termsOf(record);
  const before = terms.findLast(({ atMs }) => atMs < record.measured.fromMs)?.term ?? 0;
  const after = terms.at(-1)?.term ?? 0;
  return after - before;
}

/** Terms in which two were elected. */
function sharedTermsIn(record: StressRecord): number {
  const shared = reignsOf(record).filter(({ term }, at, reigns) => reigns[at - 1]?.term === term);
  return new Set(shared.map(({ term }) => term)).size;
}
