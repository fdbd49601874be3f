/**
 * electorate: a Raft cluster on worker threads. The whole loop:
 *
 * ```js
 * import { Cluster } from 'electorate';
 *
 * await using cluster = await Cluster.start({ nodes: 5 }); // or: finally { await cluster.stop() }
 * const end = cluster.subscribe((event) => console.log(event.atMs, event.node, event.type));
 *
 * const leader = await cluster.waitForLeader();
 * const { index } = await cluster.propose({ hello: 'world' }); // resolves when it is committed
 *
 * await cluster.crash(leader.id); // or hang, isolate, partition, cut, setLink, stallDisk, burden
 * const next = await cluster.waitForLeader();
 * await cluster.restart(leader.id); // or resume, heal
 *
 * const { role, commitIndex } = await cluster.node(leader.id).status();
 * end();
 * ```
 *
 * Each node is a thread with a mailbox, timers and a durable store around one pure function, `step`. A supervisor,
 * itself a thread, routes their messages, injects the faults and restarts what dies. Every failure is an
 * `ElectorateError` whose `code` says what to do.
 */
export type { Burden } from './actor/burden.js';
export type { WriteDelay } from './actor/disk-stall.js';
export type { NodeEvent, NodeStatus } from './actor/protocol.js';
export {
  ablate,
  type AblateOptions,
  type AblateRun,
  type AblationResult,
  type AblationRow,
} from './analysis/ablation.js';
export { advise, type Advice, type MachineCosts, type Wishes } from './analysis/advice.js';
export {
  adviseTimeouts,
  type AdviceResult,
  type AdviseOptions,
  type AdviseRun,
} from './analysis/advising.js';
export { benchElections, type ElectionBenchRun } from './analysis/election-bench.js';
export { benchGrid, type ElectionGridResult, type ElectionGridRun } from './analysis/election-grid.js';
export type { ElectionBenchOptions, ElectionFault, Engine } from './analysis/election-plan.js';
export type { ElectionBenchResult, ElectionSummary, IdealComparison } from './analysis/election-result.js';
export {
  runFigure16,
  type Figure16Curve,
  type Figure16Options,
  type Figure16Progress,
  type Figure16Result,
  type Figure16RowResult,
  type Figure16Run,
} from './analysis/figure-16.js';
export {
  compareElections,
  type ComparedFigure,
  type Comparison,
  type RunComparison,
} from './analysis/comparison.js';
export {
  parseElectionSamples,
  samplesOf,
  type ElectionSamples,
  type ElectionSamplesFile,
} from './analysis/election-samples.js';
export {
  explainTrial,
  slowestTrials,
  type Explainable,
  type Explanation,
  type Finding,
  type FindingRule,
} from './analysis/explanation.js';
export type { Ideal, IdealInput } from './analysis/ideal.js';
export type { Machine } from './analysis/machine.js';
export { parseElectionResults, readElectionResult, readElectionResults } from './analysis/read-result.js';
export type { Summary } from './analysis/statistics.js';
export {
  ablateStress,
  stressFeatures,
  type StressAblation,
  type StressAblationRun,
  type StressFeature,
} from './analysis/stress/ablation.js';
export { parseStressResult, readStressResult } from './analysis/stress/read-stress.js';
export { stress } from './analysis/stress/stress.js';
export {
  soak,
  type SoakEpisode,
  type SoakOptions,
  type SoakResult,
  type SoakRun,
} from './analysis/stress/soak.js';
export type {
  Blame,
  BlameCause,
  Failover,
  Incident,
  StressCell,
  StressCounts,
  StressFaults,
  StressMeasurement,
  StressNode,
  StressOptions,
  StressPlan,
  StressResult,
  StressRun,
} from './analysis/stress/stress-result.js';
export type { Timeline } from './analysis/timeline.js';
export type { ExplanationRow } from './analysis/timeline-rows.js';
export type { Phases, Trial, TrialMark } from './analysis/trial.js';
export {
  Cluster,
  type CallOptions,
  type Committed,
  type NodeHandle,
  type StartOptions,
} from './cluster/cluster.js';
export type { ClusterEvent, Direction, SupervisorEvent } from './cluster/events.js';
export type { Leader } from './cluster/leader-view.js';
export type { LinkDelay, LinkPolicy } from './cluster/link.js';
export type { HostObservation } from './cluster/stall-monitor.js';
export type { RouterMetrics } from './cluster/meter.js';
export type { ClusterStatus, Lifecycle, SupervisedNode } from './cluster/protocol.js';
export type { Delay } from './delay.js';
export { ElectorateError, type ErrorCode, type ErrorDetails } from './errors.js';
export type { ClusterOptions, Profile, ResolvedClusterOptions, RestartLimits } from './options.js';
export type { LogIndex, NodeId, Term } from './raft/brands.js';
export type { Entry, JsonValue } from './raft/log.js';
export type { AdaptiveTimeout, Rules } from './raft/options.js';
