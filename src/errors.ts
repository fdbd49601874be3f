/** The one class of public failure. A bug throws `InvariantError` instead; an expected outcome is a value. */
import type { JsonValue } from './raft/log.js';

/** Stable: what a program may branch on. Each line says what the caller should do. */
export type ErrorCode =
  /** An option or argument breaks a rule: `details` name it (`option`, `rule`, `value`). Correct the call. */
  | 'invalidOption'
  /** No node of this cluster has that id. Use one of `cluster.nodeIds`. */
  | 'unknownNode'
  /** The node is not running, so nothing was done. `restart(id)` it, or ask another one. */
  | 'nodeDown'
  /** Nothing was replicated. Ask `details.leaderId`, or wait for a leader when it is null. */
  | 'notLeader'
  /** Nothing was replicated: no quorum has confirmed this leader lately. Safe to propose again. */
  | 'leaderUnconfirmed'
  /** The value may or may not be committed. Look before proposing it again. */
  | 'outcomeUnknown'
  /** Nothing was replicated: too much is waiting at that node. Safe to propose again, later. */
  | 'mailboxFull'
  /** A write failed and the node takes no further part. See to the disk, then `restart(id)` it. */
  | 'storeFailed'
  /** Somebody else has the store open. Stop the other cluster, or choose another `dataDir`. */
  | 'storeLocked'
  /** The store can't be read. Nothing was overwritten; bring it back from a copy, or found a new cluster. */
  | 'storeCorrupt'
  /** The folder or store belongs to another cluster, node or program. Nothing was overwritten; choose another. */
  | 'storeForeign'
  /** What the node promised in earlier lives is gone, so it may not come back under its id. Found a new cluster. */
  | 'storeLost'
  /** The data folder can't be made, read or written. See to its path and permissions. */
  | 'dataDirUnusable'
  /** A node did not start; `details.node` says which. Nothing is left running. */
  | 'startFailed'
  /** The cluster under measurement did not settle or elect in time; the message says how far it got. Look at load and timeouts. */
  | 'trialTimedOut'
  /** A result file is missing, cut short, of another version or no result. Name another, or measure again. */
  | 'resultUnreadable'
  /** A result could not be written; the message says what is not kept, and `details.file` where. See to the disk, then measure again. */
  | 'resultUnwritable'
  /** What was done to the machine could not be undone; the message says what is left. What was measured is kept. Remove it by hand. */
  | 'leftBehind'
  /** The supervisor's thread is gone, and all nodes with it. `stop()` the cluster and start another. */
  | 'clusterFailed'
  /** `stop()` was called. Start another cluster. */
  | 'clusterStopped';

/** What is known about a failure beyond its message: plain data, so that it crosses threads and fits a log line. */
export type ErrorDetails = Readonly<Record<string, JsonValue>>;

/** An error as it crosses a port, where classes do not survive. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Every failure that a public function rejects or throws with, except an AbortSignal's own reason. */
export class ElectorateError extends Error {
  override readonly name = 'ElectorateError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    context: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
  ) {
    super(message, context.cause === undefined ? {} : { cause: context.cause });
    this.code = code;
    this.details = context.details ?? {};
  }
}

/** For posting to another thread. The cause stays behind: its text belongs in the message where it matters. */
export function toWire(error: ElectorateError): WireError {
  return { code: error.code, message: error.message, details: error.details };
}

export function fromWire(wire: WireError): ElectorateError {
  return new ElectorateError(wire.code, wire.message, { details: wire.details });
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
