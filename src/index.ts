/** The public surface. */
export type * from './cluster/cluster.js';
export { Cluster } from './cluster/cluster.js';
export type { ClusterEvent, SupervisorEvent } from './cluster/events.js';
export type { LinkDelay, LinkPolicy } from './cluster/link.js';
export type { RouterMetrics } from './cluster/meter.js';
export { ElectorateError, type ErrorCode } from './errors.js';
export type { ClusterOptions, ResolvedClusterOptions } from './options.js';
