/**
 * Which timeouts to use on a machine: from what a message, a write and a stall cost there, and how many false
 * elections one can live with, to T, R, h and r and what may be expected of them. Closed forms only; pure.
 */
import { maxDurationMs, minHeartbeatMs } from '../limits.js';
import { refuseOption } from '../options.js';
import {
  idealElection,
  idealQuantile,
  lostRoundMs,
  rivalsThatSplit,
  splitWindowMs,
  suspicionProbability,
  type IdealInput,
} from './ideal.js';
import { leewayShare } from '../raft/succession.js';
import { fitStallTail, type StallSample, type StallTail } from './stalls.js';

/** What a machine costs. Times in ms. */
export interface MachineCosts {
  /** d: one message, from its sending until it has been handled. */
  readonly delayMs: number;
  /** One durable write of a term and a vote. */
  readonly writeMs: number;
  /** Of the threads that a leader's heartbeats depend on; null: nobody watched them. */
  readonly stalls: StallSample | null;
}

/** What the advice is for; each with a default. */
export interface Wishes {
  /** n: voters, at least 3. Default 5. */
  readonly nodes?: number | undefined;
  /** `standard`: pre-vote, leases, ranked successors; `vanilla`: the Raft paper. Default 'standard'. */
  readonly profile?: 'standard' | 'vanilla' | undefined;
  /** The most false elections an hour, by the stalls that were measured. Default 1. */
  readonly falseElectionsPerHour?: number | undefined;
  /** The longest stall, in ms, that must never cost a leader its place: T − h. Default 0, what the rate asks for. */
  readonly toleratedStallMs?: number | undefined;
  /** So many heartbeats in a row may be lost without one. Default 3. */
  readonly lostHeartbeats?: number | undefined;
}

/** Times in ms. */
export interface Advice {
  readonly electionTimeoutMs: number;
  readonly electionJitterMs: number;
  readonly heartbeatMs: number;
  readonly retryJitterMs: number;
  /** By how much later each ranked successor stands than the one before it. */
  readonly successorSlotMs: number;
  readonly expected: Expectation;
  readonly basis: AdviceBasis;
}

/** What the closed forms say of the advised timeouts: a crash of the leader, all others alive, equal logs. */
export interface Expectation {
  readonly meanMs: number;
  readonly p99Ms: number;
  /** Of a round. */
  readonly splitVoteProbability: number;
  /** Null: nobody watched for stalls. */
  readonly falseElectionsPerHour: number | null;
}

/** What stands in the formulas, for whoever prints or checks them. */
export interface AdviceBasis {
  readonly costs: MachineCosts;
  readonly wishes: ResolvedWishes;
  /** w: a candidacy stays unknown so long. */
  readonly windowMs: number;
  /** m: so many rivals within w split a vote. */
  readonly rivals: number;
  /** L: what a lost round costs; T without a retry wait. */
  readonly lostRoundMs: number;
  /** R*, before the least jitter for which the closed forms hold, 10·w. */
  readonly bestJitterMs: number;
  /** What T has to be, whatever the rate of stalls: by the tolerated one, the round trip and the least heartbeat. */
  readonly leastTimeoutMs: number;
  /** The law of longer stalls than were seen; null: nobody watched. */
  readonly tail: { readonly exponent: number; readonly fromMs: number } | null;
}

export type ResolvedWishes = { readonly [K in keyof Wishes]-?: NonNullable<Wishes[K]> };

/** @throws ElectorateError `invalidOption` */
export function resolveWishes(wishes: Wishes = {}): ResolvedWishes {
  const { nodes = 5, profile = 'standard' } = wishes;
  const { falseElectionsPerHour = 1, toleratedStallMs = 0, lostHeartbeats = 3 } = wishes;
  if (!Number.isSafeInteger(nodes) || nodes < 3) {
    refuseOption('nodes', nodes, 'to be at least 3, so that a quorum outlives a crash');
  }
  if (!(falseElectionsPerHour > 0)) {
    refuseOption(
      'falseElectionsPerHour',
      falseElectionsPerHour,
      'to be greater than 0: no timeout excludes all',
    );
  }
  checkMs('toleratedStallMs', toleratedStallMs);
  if (!Number.isSafeInteger(lostHeartbeats) || lostHeartbeats < 0) {
    refuseOption('lostHeartbeats', lostHeartbeats, 'to be a whole number from 0');
  }
  return { nodes, profile, falseElectionsPerHour, toleratedStallMs, lostHeartbeats };
}

/**
 * The shortest timeouts that keep the wishes.
 * @throws ElectorateError `invalidOption`, also when the machine stalls so much that no T up to a minute keeps them
 */
export function advise(costs: MachineCosts, wishes?: Wishes): Advice {
  checkCosts(costs);
  const resolved = resolveWishes(wishes);
  const tail = costs.stalls === null ? null : fitStallTail(costs.stalls);
  const { delayMs, writeMs } = costs;
  const { lostHeartbeats, toleratedStallMs } = resolved;
  const leastTimeoutMs = Math.max(
    // The paper's order of magnitude between its broadcast time and the timeout (§5.6).
    10 * (2 * delayMs + writeMs),
    (toleratedStallMs * (lostHeartbeats + 2)) / (lostHeartbeats + 1),
    minHeartbeatMs * (lostHeartbeats + 2),
  );
  const electionTimeoutMs = shortestTimeout(leastTimeoutMs, resolved.falseElectionsPerHour, (timeoutMs) =>
    tail === null ? 0 : falseElectionRate(detectionOf(inputFor(costs, resolved, timeoutMs)), tail),
  );
  const input = inputFor(costs, resolved, electionTimeoutMs);
  return {
    electionTimeoutMs,
    electionJitterMs: input.electionJitterMs,
    heartbeatMs: input.heartbeatMs,
    retryJitterMs: bestRetryMs(input),
    successorSlotMs: successorSlotMs(input),
    expected: {
      ...expect(detectionOf(input)),
      falseElectionsPerHour: tail === null ? null : falseElectionRate(detectionOf(input), tail),
    },
    basis: {
      costs,
      wishes: resolved,
      windowMs: splitWindowMs(input),
      rivals: rivalsThatSplit(input),
      lostRoundMs: input.retryJitterMs === null ? electionTimeoutMs : lostRoundMs(input),
      bestJitterMs: idealElection(input).bestJitterMs,
      leastTimeoutMs,
      tail: tail === null ? null : { exponent: tail.exponent, fromMs: tail.fromMs },
    },
  };
}

/** What the closed forms are fed with: all that follows from T. */
function inputFor(costs: MachineCosts, wishes: ResolvedWishes, electionTimeoutMs: number): IdealInput {
  const { nodes, profile, lostHeartbeats } = wishes;
  const { delayMs, writeMs } = costs;
  const withoutJitter: IdealInput = {
    voters: nodes,
    alive: nodes - 1,
    electable: nodes - 1,
    electionTimeoutMs,
    electionJitterMs: 0,
    // So many lost in a row leave a silence of T − h, which nobody suspects.
    heartbeatMs: Math.max(minHeartbeatMs, roundDown(electionTimeoutMs / (lostHeartbeats + 2))),
    delayMs,
    candidateWriteMs: writeMs,
    voterWriteMs: writeMs,
    logWriteMs: writeMs,
    preVote: profile === 'standard',
    retryJitterMs: null,
  };
  const retryJitterMs = profile === 'standard' ? bestRetryMs(withoutJitter) : null;
  const input = { ...withoutJitter, retryJitterMs };
  const jitterMs = Math.max(idealElection(input).bestJitterMs, leastJitterWindows * splitWindowMs(input));
  return { ...input, electionJitterMs: Math.max(grainMs, roundUp(jitterMs)) };
}

/** The closed form of a split vote holds from this many windows on; so does the mean's flat bottom. */
const leastJitterWindows = 10;
const longestTimeoutMs = 60_000;
/** What timeouts are rounded to. */
const grainMs = 0.1;

/**
 * r: a retry collides as a first candidacy does, so what is best for R is best for it; it counts to L itself, so that
 * the equation is solved by going round a few times. Without a retry wait it decides nothing.
 */
function bestRetryMs(input: IdealInput): number {
  let retryJitterMs = 1;
  for (let turn = 0; turn < 20; turn += 1) {
    retryJitterMs = idealElection({ ...input, retryJitterMs }).bestJitterMs;
  }
  return Math.max(grainMs, roundUp(retryJitterMs));
}

/** σ: whoever is next stands when the one before has failed for certain, and not while it is being elected. */
function successorSlotMs({ delayMs, candidateWriteMs, voterWriteMs }: IdealInput): number {
  return Math.max(grainMs, roundUp(campaignsPerSlot * (4 * delayMs + candidateWriteMs + voterWriteMs)));
}

/** Messages and writes of one election in a hundred take twice or three times as long as usual. */
const campaignsPerSlot = 3;

/** With ranked successors the first in line stands early in its slot, and chance decides nothing. */
function detectionOf(input: IdealInput): IdealInput {
  if (!input.preVote) return input;
  return {
    ...input,
    electionTimeoutMs: input.electionTimeoutMs + leewayShare * successorSlotMs(input),
    electionJitterMs: 0,
    inTurn: true,
  };
}

function expect(input: IdealInput): Omit<Expectation, 'falseElectionsPerHour'> {
  const ideal = idealElection(input);
  return {
    meanMs: ideal.meanWithSplitVotesMs ?? ideal.meanMs,
    p99Ms: idealQuantile(input, 0.99) ?? ideal.maxMs,
    splitVoteProbability: ideal.splitVoteProbability ?? 1,
  };
}

/** The longer T, the fewer false elections: bisection, to the grain above. */
function shortestTimeout(
  leastMs: number,
  mostPerHour: number,
  perHour: (timeoutMs: number) => number,
): number {
  let [lowMs, highMs] = [roundUp(leastMs), longestTimeoutMs];
  if (perHour(lowMs) <= mostPerHour) return lowMs;
  if (perHour(highMs) > mostPerHour) {
    const rule = `to allow ${perHour(highMs).toFixed(1)}, which this machine's stalls cost at T = ${highMs} ms`;
    refuseOption('falseElectionsPerHour', mostPerHour, rule);
  }
  while (highMs - lowMs > grainMs) {
    const middleMs = (lowMs + highMs) / 2;
    if (perHour(middleMs) <= mostPerHour) highMs = middleMs;
    else lowMs = middleMs;
  }
  // The grain of h and R can undo the last step.
  let timeoutMs = roundUp(highMs);
  while (perHour(timeoutMs) > mostPerHour) timeoutMs = roundUp(timeoutMs + grainMs);
  return timeoutMs;
}

const hourMs = 3_600_000;

/** Each length of stall by how often it comes and how likely it is taken for a crash: none up to T − h. */
function falseElectionRate(input: IdealInput, tail: StallTail): number {
  const fromMs = input.electionTimeoutMs - input.heartbeatMs;
  const certainMs = input.electionTimeoutMs + input.electionJitterMs + grainMs;
  const bins = 200;
  const binMs = (certainMs - fromMs) / bins;
  let perMs = tail.ratePerMs(certainMs);
  for (let bin = 0; bin < bins; bin += 1) {
    const lengthMs = fromMs + bin * binMs;
    const ratePerMs = tail.ratePerMs(lengthMs) - tail.ratePerMs(lengthMs + binMs);
    perMs += ratePerMs * suspicionProbability(input, lengthMs + binMs / 2);
  }
  return perMs * hourMs;
}

function checkCosts({ delayMs, writeMs, stalls }: MachineCosts): void {
  checkMs('delayMs', delayMs);
  checkMs('writeMs', writeMs);
  if (stalls === null) return;
  for (const lengthMs of stalls.lengthsMs) checkMs('stalls.lengthsMs', lengthMs);
  if (!(stalls.leastMs > 0)) refuseOption('stalls.leastMs', stalls.leastMs, 'to be greater than 0');
  if (!(stalls.watchedMs > 0)) refuseOption('stalls.watchedMs', stalls.watchedMs, 'to be greater than 0');
}

function checkMs(option: string, ms: number): void {
  if (!(ms >= 0 && ms <= maxDurationMs)) refuseOption(option, ms, `to be from 0 to ${maxDurationMs}`);
}

function roundUp(ms: number): number {
  return Math.ceil(ms * 10 - 1e-9) / 10;
}

function roundDown(ms: number): number {
  return Math.floor(ms * 10 + 1e-9) / 10;
}
