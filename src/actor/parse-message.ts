/** The boundary to the other nodes: what comes through here is a well-formed message of a peer, or it is rejected. */
import { maxDurationMs, maxNodes } from '../limits.js';
import type { ConflictHint, GapReport, Message, ReportedGap, Round } from '../raft/messages.js';
import type { LogPosition } from '../raft/log.js';
import type { Time } from '../raft/time.js';
import { continues, isCount, isEntry, isRecord } from '../storage/parse-stored.js';

export type Parsed =
  | { readonly message: Message }
  | { readonly reason: 'unknownSender' | 'unknownType' | 'malformed'; readonly detail: string };

/**
 * Does not throw, whatever `value` is.
 * @param peers who may have sent it
 * @param incarnation in which life; null: in any
 */
export function parseMessage(
  value: unknown,
  peers: ReadonlySet<string>,
  incarnation: number | null = null,
): Parsed {
  if (!isRecord(value)) return { reason: 'malformed', detail: 'it is no object' };
  const { type, from } = value;
  if (typeof from !== 'string' || !peers.has(from)) {
    return { reason: 'unknownSender', detail: `\`from\` is ${describe(from)}` };
  }
  if (incarnation !== null && value['incarnation'] !== incarnation) {
    return { reason: 'unknownSender', detail: `\`incarnation\` is ${describe(value['incarnation'])}` };
  }
  const fields = typeof type === 'string' ? shapes.get(type) : undefined;
  if (fields === undefined) return { reason: 'unknownType', detail: `\`type\` is ${describe(type)}` };
  for (const [name, isRight] of fields) {
    if (isRight(value[name], value)) continue;
    return { reason: 'malformed', detail: `\`${name}\` of ${type} is ${describe(value[name])}` };
  }
  // Every field was just checked against the shape of its type.
  return { message: value as unknown as Message };
}

/** Field by field, in an order in which each may look at those before it. */
type Shape = Readonly<
  Record<string, (field: unknown, message: Readonly<Record<string, unknown>>) => boolean>
>;

const isString = (field: unknown): field is string => typeof field === 'string';
const isBoolean = (field: unknown): field is boolean => typeof field === 'boolean';
const isAtLeastOne = (field: unknown): field is number => isCount(field) && field >= 1;

const envelope: Shape = { group: isString, to: isString, incarnation: isAtLeastOne };

const request: Shape = { ...envelope, term: isAtLeastOne, round: isRound, lastLog: isPosition };

const refusalReasons: ReadonlySet<unknown> = new Set([
  'notInConfiguration',
  'staleTerm',
  'leaderActive',
  'leaseLive',
  'staleLog',
  'votedForAnother',
]);

const reply: Shape = {
  ...envelope,
  term: isCount,
  requestTerm: isAtLeastOne,
  round: isRound,
  granted: isBoolean,
  reason: (reason, { granted }) => (granted === true ? reason === null : refusalReasons.has(reason)),
  leaseRemainingMs: (remainingMs, { reason }) =>
    reason === 'leaseLive' ? isLease(remainingMs) : remainingMs === null,
};

const shapesByType: Readonly<Record<Message['type'], Shape>> = {
  preVoteRequest: request,
  preVoteReply: reply,
  voteRequest: request,
  voteReply: reply,
  appendEntries: {
    ...envelope,
    term: isAtLeastOne,
    prevLog: isPosition,
    entries: (entries, { prevLog, term }) =>
      Array.isArray(entries) &&
      entries.every(isEntry) &&
      continues(entries, prevLog as LogPosition) &&
      (entries.at(-1)?.term ?? 0) <= Number(term),
    leaderCommit: isCount,
    // Without a bound, one message could quieten a follower for as long as it liked.
    successorRank: (rank) => rank === null || (isCount(rank) && rank < maxNodes),
    electionTimeoutMs: (timeoutMs) => timeoutMs === null || isTimeout(timeoutMs),
    sent: isTime,
  },
  appendEntriesReply: {
    ...envelope,
    term: isCount,
    requestTerm: isAtLeastOne,
    prevLogIndex: isCount,
    entryCount: isCount,
    sent: isTime,
    success: isBoolean,
    hint: (hint, { success }) => hint === null || (success === false && isHint(hint)),
    report: (report) => report === null || isReport(report),
  },
};

/** As lists: a message is looked through in the middle of an election. */
const shapes = new Map(Object.entries(shapesByType).map(([type, shape]) => [type, Object.entries(shape)]));

function isRound(field: unknown): field is Round {
  return isRecord(field) && isAtLeastOne(field['incarnation']) && isCount(field['counter']);
}

/** Only the place before the first entry has no term, and it has no index either. */
function isPosition(field: unknown): field is LogPosition {
  return (
    isRecord(field) &&
    isCount(field['term']) &&
    isCount(field['index']) &&
    (field['term'] === 0) === (field['index'] === 0)
  );
}

function isTime(field: unknown): field is Time {
  return isRecord(field) && isFiniteNumber(field['nowMs']) && isFiniteNumber(field['runningMs']);
}

function isHint(field: unknown): field is ConflictHint {
  return (
    isRecord(field) && (field['term'] === null || isAtLeastOne(field['term'])) && isAtLeastOne(field['index'])
  );
}

function isReport(field: unknown): field is GapReport {
  return (
    isRecord(field) &&
    isTimeout(field['electionTimeoutMs']) &&
    isReportedGap(field['heard']) &&
    isReportedGap(field['answered'])
  );
}

function isReportedGap(field: unknown): field is ReportedGap {
  return isRecord(field) && isSpan(field['gapMs']) && isSpan(field['ageMs']);
}

function isTimeout(field: unknown): field is number {
  return isSpan(field) && field > 0 && field <= maxDurationMs;
}

/** Bounded: one answer could quieten a candidate for as long as it liked. */
function isLease(field: unknown): field is number {
  return isSpan(field) && field <= maxDurationMs;
}

function isSpan(field: unknown): field is number {
  return isFiniteNumber(field) && field >= 0;
}

function isFiniteNumber(field: unknown): field is number {
  return Number.isFinite(field);
}

/** Short, whatever it is: it may come from anybody. */
function describe(value: unknown): string {
  if (isString(value)) return JSON.stringify(value.slice(0, 40));
  return typeof value === 'object' || typeof value === 'function' ? typeof value : String(value);
}
