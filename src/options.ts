/** What a cluster is started with: every option, its default, and the rules it has to keep. */
import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import { ElectorateError } from './errors.js';
import {
  defaultAppendEntries,
  defaultMailboxBounds,
  maxAppendEntries,
  maxDurationMs,
  maxMailboxBound,
  maxNodeIdLength,
  maxNodes,
  minHeartbeatMs,
} from './limits.js';
import { asNodeId, type NodeId } from './raft/brands.js';
import {
  standardRules,
  vanillaRules,
  type AdaptiveTimeout,
  type CoreOptions,
  type Rules,
} from './raft/options.js';

/** `standard`: everything this project knows about elections. `vanilla`: the Raft paper, and nothing else. */
export type Profile = 'standard' | 'vanilla';

/** How an unplanned exit is answered, as in OTP: with restarts, but not for ever. */
export interface RestartLimits {
  /** More restarts than this within `withinMs`, and the node is marked failed. Default 5. */
  readonly maxRestarts: number;
  /** Default 10,000. */
  readonly withinMs: number;
  /** The wait before the first restart; doubled with each further one within `withinMs`. Default 50. */
  readonly backoffMs: number;
  /** The longest such wait. Default 2,000, or `backoffMs` when that is longer. */
  readonly maxBackoffMs: number;
}

/** Everything has a default: `{}` is five voters on disk in a temporary folder. Times are in milliseconds. */
export interface ClusterOptions {
  /** The voters: how many (`n1`, `n2`, …) or their ids. Default 5. */
  readonly nodes?: number | readonly string[] | undefined;
  /** Nodes that receive entries but never vote: how many (numbered on behind the voters) or their ids. Default 0. */
  readonly learners?: number | readonly string[] | undefined;
  /**
   * T: the least silence after which a leader may be given up, and the length of the lease. 'adaptive': it follows the
   * gaps that the nodes see, within the bounds of `adaptiveTimeout`. Default 150.
   */
  readonly electionTimeoutMs?: number | 'adaptive' | undefined;
  /**
   * With `electionTimeoutMs: 'adaptive'`: the least T (default 50) and the highest (2,000, or `minMs` when that is more),
   * how long the worst gap counts in full (3,000), and in which time what is left of it then halves (500).
   */
  readonly adaptiveTimeout?: { readonly [K in keyof AdaptiveTimeout]?: number | undefined } | undefined;
  /** R: an election timeout is drawn from [T, T+R], unless the leader has given a rank. Default 150. */
  readonly electionJitterMs?: number | undefined;
  /** h: the leader's interval between heartbeats; less than T. Default 30; where T adapts, a fifth of the least, up to 30. */
  readonly heartbeatMs?: number | undefined;
  /** r: the wait after a failed round is drawn from [0, r], and doubles up to T. Default 10. */
  readonly retryJitterMs?: number | undefined;
  /** With the rule `rankedSuccessors`: by how much later each successor stands than the one before. Default 8. */
  readonly successorSlotMs?: number | undefined;
  /**
   * For how many times T a leader that no quorum answers goes on waiting, until it steps down by itself; at least 1. Beyond
   * T it has no authority and gives way to whoever asks, so that this costs time only where nobody can ask. Answers may be
   * later than a small T where processors or disks are busy. Default 1, and 3 where T adapts.
   */
  readonly quorumPatience?: number | undefined;
  /**
   * A node whose thread stood still meanwhile (a CPU quota, a suspended process) gives a silent leader up only when it has
   * been seen to run for so much of its timeout, in ms, 0 for none; it makes no difference to timeouts that are shorter.
   * More rides out a leader that is starved for longer, less finds a dead one sooner. Default 75, and where T adapts the
   * highest T: it follows what is heard on the running clock.
   */
  readonly stallGraceMs?: number | undefined;
  /**
   * How long a round stays open at most; null: a fresh draw from [T, T+R] each time. Default null. A fixed one needs the
   * rule `retryWait` or `stepDownOnVoteTimeout`: without chance between two rounds, split votes repeat.
   */
  readonly voteTimeoutMs?: number | null | undefined;
  /** How many entries one AppendEntries carries at most. Default 64. */
  readonly maxAppendEntries?: number | undefined;
  /** Which rules are in force; `rules` changes single ones. Default 'standard'. */
  readonly profile?: Profile | undefined;
  /** Single rules that differ from the profile, `exitNotice` among them. Default none. */
  readonly rules?: { readonly [K in keyof Rules]?: boolean | undefined } | undefined;
  /** Allow the lease without the quorum check, or the reverse, which can stay without a leader. Default false. */
  readonly unsafeCombination?: boolean | undefined;
  /** 'disk': flushed before it is acknowledged. 'memory': outlives a thread, not the process. Default 'disk'. */
  readonly store?: 'disk' | 'memory' | undefined;
  /** The folder of the disk stores. Default: a fresh temporary folder, which `stop()` removes. */
  readonly dataDir?: string | undefined;
  /** Leave the temporary folder behind after `stop()`. A folder of your own always stays. Default false. */
  readonly keep?: boolean | undefined;
  /** Seeds every random draw of the nodes and links: an integer from 0. Default: a random one. */
  readonly seed?: number | undefined;
  /**
   * How messages travel: 'direct' over a port of each pair where its link has no policy, 'routed' always by the
   * supervisor. Default 'routed'.
   */
  readonly wiring?: 'routed' | 'direct' | undefined;
  /**
   * The nice value of the threads of the nodes and their supervisor, from -20 to 19, for machines on which others work as
   * well: one below 0 goes first, and takes a permission. Linux only. Default 0: that of the process.
   */
  readonly niceness?: number | undefined;
  /** How many peer messages and proposals may wait in each lane of a node's mailbox. Default 1,024 and 4,096. */
  readonly mailbox?:
    { readonly control?: number | undefined; readonly data?: number | undefined } | undefined;
  /** How unplanned exits are answered; false: the node is marked failed at once. */
  readonly restart?: { readonly [K in keyof RestartLimits]?: number | undefined } | false | undefined;
  /** Append each vote as `(node, incarnation, term, votedFor)` to this file before it is sent. Default none. */
  readonly voteLog?: string | null | undefined;
}

/** {@link ClusterOptions}, filled, checked and frozen. */
export interface ResolvedClusterOptions extends CoreOptions {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly profile: Profile;
  readonly unsafeCombination: boolean;
  readonly store: 'disk' | 'memory';
  /** Null: a temporary folder is made at the start (disk), or none is used (memory). */
  readonly dataDir: string | null;
  readonly keep: boolean;
  readonly seed: number;
  readonly wiring: 'routed' | 'direct';
  readonly niceness: number;
  readonly mailbox: { readonly control: number; readonly data: number };
  /** Null: an unplanned exit marks the node failed at once. */
  readonly restart: RestartLimits | null;
  readonly voteLog: string | null;
}

const defaultRestart: RestartLimits = {
  maxRestarts: 5,
  withinMs: 10_000,
  backoffMs: 50,
  maxBackoffMs: 2_000,
};

const defaultAdaptiveTimeout: AdaptiveTimeout = {
  minMs: 50,
  maxMs: 2_000,
  holdMs: 3_000,
  halfLifeMs: 500,
};

const optionNames: Record<keyof ClusterOptions, true> = {
  nodes: true,
  learners: true,
  electionTimeoutMs: true,
  adaptiveTimeout: true,
  electionJitterMs: true,
  heartbeatMs: true,
  retryJitterMs: true,
  successorSlotMs: true,
  quorumPatience: true,
  stallGraceMs: true,
  voteTimeoutMs: true,
  maxAppendEntries: true,
  profile: true,
  rules: true,
  unsafeCombination: true,
  store: true,
  dataDir: true,
  keep: true,
  seed: true,
  wiring: true,
  niceness: true,
  mailbox: true,
  restart: true,
  voteLog: true,
};

/**
 * Fills, checks and freezes. Touches no file and starts nothing.
 * @throws ElectorateError `invalidOption`, with `details` `{ option, rule, value }`.
 */
export function resolveClusterOptions(options: ClusterOptions = {}): ResolvedClusterOptions {
  asRecord('options', options, optionNames);
  const voters = membersFrom('nodes', options.nodes ?? 5, 0);
  const learners = membersFrom('learners', options.learners ?? 0, voters.length);
  checkMembers(voters, learners);

  const adaptiveTimeout = resolveAdaptiveTimeout(options);
  const electionTimeoutMs =
    adaptiveTimeout?.minMs ?? positive('electionTimeoutMs', options.electionTimeoutMs ?? 150);
  const electionJitterMs = duration('electionJitterMs', options.electionJitterMs ?? 150);
  const heartbeatMs = atLeast(
    'heartbeatMs',
    options.heartbeatMs ?? defaultHeartbeatMs(adaptiveTimeout),
    minHeartbeatMs,
  );
  check(
    'heartbeatMs',
    heartbeatMs,
    heartbeatMs < electionTimeoutMs,
    `to be less than \`${adaptiveTimeout === null ? 'electionTimeoutMs' : 'adaptiveTimeout.minMs'}\` (${electionTimeoutMs})`,
  );

  const unsafeCombination = flag('unsafeCombination', options.unsafeCombination ?? false);
  const profile = oneOf('profile', options.profile ?? 'standard', ['standard', 'vanilla']);
  const rules = resolveRules(profile, options.rules ?? {});
  check(
    'rules.lease',
    rules.lease,
    unsafeCombination || rules.lease === rules.quorumCheck,
    `to equal \`rules.quorumCheck\` (${rules.quorumCheck}) unless \`unsafeCombination\` is set`,
  );
  check(
    'voteTimeoutMs',
    options.voteTimeoutMs,
    (options.voteTimeoutMs ?? null) === null ||
      rules.retryWait ||
      rules.stepDownOnVoteTimeout ||
      unsafeCombination,
    // Two that split a vote would ask again in step, for ever.
    'to be left out without the rules `retryWait` and `stepDownOnVoteTimeout` unless `unsafeCombination` is set',
  );

  const store = oneOf('store', options.store ?? 'disk', ['disk', 'memory']);
  const dataDir = options.dataDir === undefined ? null : text('dataDir', options.dataDir);
  const keep = flag('keep', options.keep ?? false);
  check('dataDir', dataDir, store === 'disk' || dataDir === null, "to be left out when `store` is 'memory'");
  check('keep', keep, store === 'disk' || !keep, "to be false when `store` is 'memory'");

  return deepFreeze({
    voters,
    learners,
    electionTimeoutMs,
    adaptiveTimeout,
    electionJitterMs,
    heartbeatMs,
    retryJitterMs: positive('retryJitterMs', options.retryJitterMs ?? 10),
    successorSlotMs: positive('successorSlotMs', options.successorSlotMs ?? 8),
    quorumPatience: resolveQuorumPatience(options, adaptiveTimeout?.maxMs ?? electionTimeoutMs),
    stallGraceMs: duration('stallGraceMs', options.stallGraceMs ?? usualStallGraceMs(adaptiveTimeout)),
    voteTimeoutMs:
      options.voteTimeoutMs === undefined || options.voteTimeoutMs === null
        ? null
        : positive('voteTimeoutMs', options.voteTimeoutMs),
    maxAppendEntries: count(
      'maxAppendEntries',
      options.maxAppendEntries ?? defaultAppendEntries,
      1,
      maxAppendEntries,
    ),
    profile,
    rules,
    unsafeCombination,
    store,
    dataDir,
    keep,
    seed: count('seed', options.seed ?? randomInt(2 ** 32), 0, Number.MAX_SAFE_INTEGER),
    wiring: oneOf('wiring', options.wiring ?? 'routed', ['routed', 'direct']),
    niceness: count('niceness', options.niceness ?? 0, -20, 19),
    mailbox: resolveMailbox(options.mailbox ?? {}),
    restart: resolveRestart(options.restart ?? {}),
    voteLog:
      options.voteLog === undefined || options.voteLog === null ? null : text('voteLog', options.voteLog),
  });
}

/** What the core of a node is given. */
export function coreOptionsOf(options: ResolvedClusterOptions): CoreOptions {
  const { electionTimeoutMs, electionJitterMs, heartbeatMs, retryJitterMs, successorSlotMs } = options;
  const { adaptiveTimeout, quorumPatience, stallGraceMs, voteTimeoutMs } = options;
  const { maxAppendEntries: maxEntries, rules } = options;
  return {
    electionTimeoutMs,
    adaptiveTimeout,
    electionJitterMs,
    heartbeatMs,
    retryJitterMs,
    successorSlotMs,
    quorumPatience,
    stallGraceMs,
    voteTimeoutMs,
    maxAppendEntries: maxEntries,
    rules,
  };
}

/**
 * The one way to refuse an option or argument.
 * @throws ElectorateError `invalidOption`, always, e.g. ``Expected `nodes` to be at least 1, got 0``.
 */
export function refuseOption(option: string, value: unknown, rule: string): never {
  const shown = show(value);
  throw new ElectorateError('invalidOption', `Expected \`${option}\` ${rule}, got ${shown}`, {
    details: { option, rule, value: shown },
  });
}

function membersFrom(option: string, members: unknown, alreadyNamed: number): NodeId[] {
  if (!Array.isArray(members)) {
    const size = count(option, members, option === 'nodes' ? 1 : 0, maxNodes);
    return Array.from({ length: size }, (_, index) => asNodeId(`n${alreadyNamed + index + 1}`));
  }
  return members.map((id: unknown, index) => {
    const name = `${option}[${index}]`;
    // It names a folder: nothing that could climb out of the data folder.
    check(
      name,
      id,
      typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]*$/u.test(id) && id.length <= maxNodeIdLength,
      `to be 1 to ${maxNodeIdLength} letters, digits, '-' or '_', the first a letter or digit`,
    );
    return asNodeId(String(id));
  });
}

function checkMembers(voters: readonly NodeId[], learners: readonly NodeId[]): void {
  check('nodes', voters, voters.length > 0, 'to name at least one node');
  const all = [...voters, ...learners];
  check('nodes', all.length, all.length <= maxNodes, `and \`learners\` to be at most ${maxNodes} together`);
  // Folders of some file systems do not tell N1 from n1.
  const distinct = new Set(all.map((id) => id.toLowerCase()));
  check('nodes', all, distinct.size === all.length, 'and `learners` to be distinct, whatever their case');
}

/** Null: T is fixed. */
function resolveAdaptiveTimeout(options: ClusterOptions): AdaptiveTimeout | null {
  const { electionTimeoutMs, adaptiveTimeout } = options;
  if (electionTimeoutMs !== 'adaptive') {
    check(
      'adaptiveTimeout',
      adaptiveTimeout,
      adaptiveTimeout === undefined,
      `to be left out unless \`electionTimeoutMs\` is 'adaptive' (it is ${show(electionTimeoutMs ?? 150)})`,
    );
    check(
      'electionTimeoutMs',
      electionTimeoutMs,
      typeof electionTimeoutMs !== 'string',
      "to be a number of milliseconds or 'adaptive'",
    );
    return null;
  }
  const bounds = adaptiveTimeout ?? {};
  asRecord('adaptiveTimeout', bounds, defaultAdaptiveTimeout);
  const of = (name: keyof AdaptiveTimeout): number => bounds[name] ?? defaultAdaptiveTimeout[name];
  const minMs = positive('adaptiveTimeout.minMs', of('minMs'));
  const maxMs = positive(
    'adaptiveTimeout.maxMs',
    bounds.maxMs ?? Math.max(minMs, defaultAdaptiveTimeout.maxMs),
  );
  check(
    'adaptiveTimeout.maxMs',
    maxMs,
    maxMs >= minMs,
    `to be at least \`adaptiveTimeout.minMs\` (${minMs})`,
  );
  return {
    minMs,
    maxMs,
    holdMs: duration('adaptiveTimeout.holdMs', of('holdMs')),
    halfLifeMs: positive('adaptiveTimeout.halfLifeMs', of('halfLifeMs')),
  };
}

/** Five beats to a timeout, as with the defaults of a fixed one. */
function defaultHeartbeatMs(adaptiveTimeout: AdaptiveTimeout | null): number {
  return adaptiveTimeout === null ? 30 : Math.min(30, Math.max(minHeartbeatMs, adaptiveTimeout.minMs / 5));
}

/** As long as T is there to bridge what is as much worse than before, where it adapts; once everywhere else. */
export function usualQuorumPatience(isAdaptive: boolean): number {
  return isAdaptive ? 3 : 1;
}

/**
 * Two and a half of the usual heartbeats. Under a quota of half a core with two burners inside, a period of 100 ms counts
 * as 32: whoever leads is heard in the first of them, and a dead leader is given up in the third (`docs/stress.md`).
 */
export function usualStallGraceMs(adaptiveTimeout: AdaptiveTimeout | null): number {
  return adaptiveTimeout?.maxMs ?? 75;
}

/** @param longestMs the highest that T can be: no timer holds more than so many times that */
function resolveQuorumPatience(options: ClusterOptions, longestMs: number): number {
  const given = options.quorumPatience ?? usualQuorumPatience(options.electionTimeoutMs === 'adaptive');
  const patience = finite('quorumPatience', given);
  const mostTimes = Math.floor(maxDurationMs / longestMs);
  check(
    'quorumPatience',
    patience,
    patience >= 1 && patience <= mostTimes,
    `to be from 1 to ${mostTimes}, with which no wait is longer than ${maxDurationMs} ms`,
  );
  return patience;
}

function resolveRules(profile: Profile, overrides: NonNullable<ClusterOptions['rules']>): Rules {
  const base = profile === 'standard' ? standardRules : vanillaRules;
  const given = asRecord('rules', overrides, base);
  const rules: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) rules[name] = flag(`rules.${name}`, value);
  }
  return { ...base, ...rules };
}

function resolveMailbox(mailbox: NonNullable<ClusterOptions['mailbox']>): ResolvedClusterOptions['mailbox'] {
  asRecord('mailbox', mailbox, defaultMailboxBounds);
  const bound = (lane: 'control' | 'data'): number =>
    count(`mailbox.${lane}`, mailbox[lane] ?? defaultMailboxBounds[lane], 1, maxMailboxBound);
  return { control: bound('control'), data: bound('data') };
}

function resolveRestart(restart: NonNullable<ClusterOptions['restart']>): RestartLimits | null {
  if (restart === false) return null;
  asRecord('restart', restart, defaultRestart);
  const of = (name: keyof RestartLimits): number => restart[name] ?? defaultRestart[name];
  const backoffMs = duration('restart.backoffMs', of('backoffMs'));
  const maxBackoffMs = duration(
    'restart.maxBackoffMs',
    restart.maxBackoffMs ?? Math.max(defaultRestart.maxBackoffMs, backoffMs),
  );
  check(
    'restart.maxBackoffMs',
    maxBackoffMs,
    maxBackoffMs >= backoffMs,
    `to be at least \`restart.backoffMs\` (${backoffMs})`,
  );
  return {
    maxRestarts: count('restart.maxRestarts', of('maxRestarts'), 0, Number.MAX_SAFE_INTEGER),
    withinMs: positive('restart.withinMs', of('withinMs')),
    backoffMs,
    maxBackoffMs,
  };
}

function asRecord(option: string, value: unknown, known: object): Record<string, unknown> {
  check(
    option,
    value,
    typeof value === 'object' && value !== null && !Array.isArray(value),
    'to be an object',
  );
  for (const name of Object.keys(Object(value))) {
    if (!Object.hasOwn(known, name)) {
      const path = option === 'options' ? name : `${option}.${name}`;
      refuseOption(path, Reflect.get(Object(value), name), 'to be the name of an option');
    }
  }
  return Object(value);
}

function duration(option: string, value: unknown): number {
  return atLeast(option, value, 0);
}

function atLeast(option: string, value: unknown, least: number): number {
  const ms = finite(option, value);
  check(option, value, ms >= least && ms <= maxDurationMs, `to be from ${least} to ${maxDurationMs}`);
  return ms;
}

export function positive(option: string, value: unknown): number {
  const ms = finite(option, value);
  check(option, value, ms > 0 && ms <= maxDurationMs, `to be greater than 0 and at most ${maxDurationMs}`);
  return ms;
}

function finite(option: string, value: unknown): number {
  check(option, value, typeof value === 'number' && Number.isFinite(value), 'to be a finite number');
  return Number(value);
}

export function count(option: string, value: unknown, least: number, most: number): number {
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
  check(option, value, fits, `to be a whole number from ${least} to ${most}`);
  return Number(value);
}

export function flag(option: string, value: unknown): boolean {
  check(option, value, typeof value === 'boolean', 'to be true or false');
  return value === true;
}

function text(option: string, value: unknown): string {
  check(option, value, typeof value === 'string' && value.length > 0, 'to be a path');
  return String(value);
}

function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  check(
    option,
    value,
    allowed.includes(value),
    `to be one of ${allowed.map((name) => `'${name}'`).join(', ')}`,
  );
  return value;
}

function check(option: string, value: unknown, holds: boolean, rule: string): void {
  if (!holds) refuseOption(option, value, rule);
}

function show(value: unknown): string {
  return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}
