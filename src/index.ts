/** The public surface. */
export type { NodeEvent, NodeStatus } from './actor/protocol.js';
export { Cluster, type CallOptions, type Committed, type NodeHandle } from './cluster/cluster.js';
export type { ClusterEvent, SupervisorEvent } from './cluster/events.js';
export type { Leader } from './cluster/leader-view.js';
export type { LinkDelay, LinkPolicy } from './cluster/link.js';
export type { RouterMetrics } from './cluster/meter.js';
export type { ClusterStatus, Lifecycle, SupervisedNode } from './cluster/protocol.js';
export { ElectorateError, type ErrorCode, type ErrorDetails } from './errors.js';
export type { ClusterOptions, Profile, ResolvedClusterOptions, RestartLimits } from './options.js';
export type { LogIndex, NodeId, Term } from './raft/brands.js';
export type { Entry, JsonValue } from './raft/log.js';
export type { Rules } from './raft/options.js';
