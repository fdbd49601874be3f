/**
 * One seeded history: a cluster under faults and clients, checked all the while; then the faults end, and it has to
 * elect and commit within a bound. Everything about it is in its plan, and the plan comes from its seed.
 */
import { asNodeId, type NodeId } from '../raft/brands.js';
import type { Configuration } from '../raft/configuration.js';
import type { Entry } from '../raft/log.js';
import { invariant, InvariantError } from '../raft/invariant.js';
import {
  longestTimeout,
  standardRules,
  vanillaRules,
  type AdaptiveTimeout,
  type CoreOptions,
  type Rules,
} from '../raft/options.js';
import { createRandom, drawBetween, drawUint32, type RandomState } from '../raft/random.js';
import { Clients } from './clients.js';
import { fixedDelay, type Delay } from '../delay.js';
import { usualQuorumPatience, usualStallGraceMs } from '../options.js';
import { EventQueue, type Scheduled } from './event-queue.js';
import { drawDelay, drawFaults, drawInt, revive, roundMs, strike, type ScheduledFault } from './faults.js';
import { SafetyChecker, SafetyViolation } from './safety.js';
import { TraceHash } from './trace-hash.js';
import { World, type WorldObserver, type WorldOptions } from './world.js';

/** `mixed` draws for each seed: the standard rules for most, the paper's for some, any set of rules for the rest. */
export type TrialProfile = 'mixed' | 'standard' | 'vanilla';

export interface TrialSettings {
  readonly profile: TrialProfile;
  /** Numbers of nodes to choose from. */
  readonly nodes: readonly number[];
}

export interface TrialPlan {
  readonly seed: number;
  readonly world: WorldOptions;
  readonly faults: readonly ScheduledFault[];
}

export interface Violation {
  readonly rule: string;
  readonly detail: string;
  readonly atMs: number;
}

export interface TrialResult {
  readonly seed: number;
  readonly nodes: number;
  readonly steps: number;
  readonly virtualMs: number;
  /** How many faults struck before the history was long enough. */
  readonly faults: number;
  readonly term: number;
  readonly committed: number;
  /** Client operations that took part in the linearizability check. */
  readonly operations: number;
  /** Equal histories have equal hashes; on every engine. */
  readonly hash: string;
  readonly violation: Violation | null;
}

/** A history is worth something from here on: the steps of it, or the time, and the faults. */
const enough = { steps: 5000, virtualMs: 60_000, faults: 5 };

export function planTrial(seed: number, settings: TrialSettings): TrialPlan {
  const random = createRandom(seed);
  const count = settings.nodes[drawInt(random, settings.nodes.length)];
  invariant(count !== undefined && count >= 1, 'a trial has nodes');
  const ids = Array.from({ length: count }, (_, index) => asNodeId(`n${index + 1}`));
  const electionTimeoutMs = 50 + drawInt(random, 151);
  const rules = drawRules(random, settings.profile);
  const adaptiveTimeout = drawAdaptiveTimeout(seed, electionTimeoutMs);
  const core: CoreOptions = {
    electionTimeoutMs,
    adaptiveTimeout,
    electionJitterMs: roundMs(electionTimeoutMs * drawBetween(random, 0.5, 0.5)),
    heartbeatMs: roundMs(electionTimeoutMs / (3 + drawInt(random, 4))),
    retryJitterMs: 1 + drawInt(random, 10),
    successorSlotMs: 1 + drawInt(random, 10),
    quorumPatience: drawQuorumPatience(seed, adaptiveTimeout),
    stallGraceMs: drawStallGrace(seed, electionTimeoutMs, adaptiveTimeout),
    // Fixed, and with no retry wait behind it, it would have candidates collide for ever.
    voteTimeoutMs: rules.retryWait && drawInt(random, 4) === 0 ? electionTimeoutMs : null,
    maxAppendEntries: [1, 3, 64][drawInt(random, 3)] ?? 64,
    rules,
  };
  const clockRates = new Map(ids.map((id) => [id, 1 + drawInt(random, 41) / 1000 - 0.02]));
  const world: WorldOptions = {
    seed: drawUint32(random),
    configuration: drawConfiguration(random, ids),
    core,
    linkDelay: atMost(drawDelay(random), electionTimeoutMs / 20),
    storeDelay: drawInt(random, 2) === 0 ? fixedDelay(0) : { type: 'uniform', minMs: 0, maxMs: 3 },
    exitNoticeDelayMs: 0.2,
    mailbox: drawInt(random, 2) === 0 ? { control: 1024, data: 1024 } : { control: 16, data: 2 },
    ...(drawInt(random, 2) === 0 ? {} : { loopLag: { probability: 0.01, delay: drawDelay(random) } }),
    ...(drawInt(random, 2) === 0 ? {} : { clockRates }),
  };
  return { seed, world, faults: drawFaults(random, ids.length, enough.virtualMs, 150) };
}

/** Runs a plan to its end or to the first broken rule. `observer` sees everything as well, for a readable trace. */
export function runTrial(plan: TrialPlan, observer: WorldObserver = {}): TrialResult {
  const checker = new SafetyChecker();
  const clients = new Clients(createRandom(plan.seed + 0.5e9));
  const hash = new TraceHash();
  let world: World | null = null;
  const replied: WorldObserver['replied'] = (node, requestId, outcome) =>
    clients.replied(node, requestId, outcome, world?.nowMs ?? 0);
  const counted = { struck: 0 };
  let violation: Violation | null = null;
  try {
    world = new World(
      plan.world,
      joinObservers([observer, hash.observer(), checker.observer(), { replied }]),
    );
    beUnderFaults(world, plan.faults, clients, counted);
    checker.checkAll();
    recover(world);
    checker.checkAll();
    clients.check();
  } catch (error) {
    if (!(error instanceof SafetyViolation) && !(error instanceof InvariantError)) throw error;
    const rule = error instanceof SafetyViolation ? error.rule : 'assertion';
    violation = { rule, detail: error.message, atMs: world?.nowMs ?? 0 };
  }
  return {
    seed: plan.seed,
    nodes: world?.nodes.length ?? 0,
    steps: world?.steps ?? 0,
    virtualMs: world?.nowMs ?? 0,
    faults: counted.struck,
    term: Math.max(0, ...(world?.nodes ?? []).map(({ state }) => state.currentTerm)),
    committed: checker.committed.length,
    operations: clients.completed,
    hash: hash.digest(),
    violation,
  };
}

interface Appointment extends Scheduled {
  readonly keep: () => void;
}

/** The first phase: faults and clients, each in its time, until the history is worth something. */
function beUnderFaults(
  world: World,
  faults: readonly ScheduledFault[],
  clients: Clients,
  counted: { struck: number },
): void {
  const agenda = new EventQueue<Appointment>();
  const at = (atMs: number, keep: () => void): void =>
    agenda.push({ atNs: Math.round(atMs * 1e6), order: 0, keep });
  const call = (): void => at(world.nowMs + clients.act(world), call);
  at(0, call);
  for (const { atMs, fault } of faults) {
    at(atMs, () => {
      counted.struck += 1;
      const ending = strike(world, fault);
      if (ending !== null) at(world.nowMs + ending.afterMs, ending.end);
    });
  }
  const endMs = enough.virtualMs;
  const wanted = Math.min(enough.faults, faults.length);
  while (world.nowMs < endMs && (world.steps < enough.steps || counted.struck < wanted)) {
    const next = agenda.pop();
    if (next === undefined) break;
    world.run((Math.min(next.atNs, endMs * 1e6) - world.nowNs) / 1e6);
    next.keep();
  }
}

/** The second phase: everything works again. A leader has to be found, and a value committed on every node. */
function recover(world: World): void {
  world.heal();
  for (const { id } of world.nodes) {
    world.restart(id);
    world.mendDisk(id);
  }
  const { electionTimeoutMs, electionJitterMs } = world.options.core;
  const boundMs = 40 * (longestTimeout(world.options.core) + electionJitterMs);
  // Stalls and the write that is under way last up to 400 ms.
  world.run(500);
  for (const { id } of world.nodes) revive(world, id);
  const settled = (): boolean => isSettled(world);
  const isLive = (): boolean => settled() && world.nodes.some(({ state }) => holdsSign(state.log.entries));
  const endMs = world.nowMs + boundMs;
  while (world.nowMs < endMs) {
    if (!world.run(endMs - world.nowMs, settled)) break;
    // A loop that lags may cost this leader its place, or its word: another call, then.
    world.propose(world.leader()?.id ?? asNodeId('n1'), signOfLife);
    if (world.run(electionTimeoutMs, isLive)) return;
  }
  throw new SafetyViolation('liveness', `nothing was committed everywhere within ${boundMs} ms`);
}

const signOfLife = 'alive';

function holdsSign(entries: readonly Entry[]): boolean {
  const payload = entries.findLast(({ payload: { type } }) => type === 'command')?.payload;
  return payload?.type === 'command' && payload.value === signOfLife;
}

/** Everybody follows one leader in one term, with one log, all of it committed. */
function isSettled(world: World): boolean {
  const leader = world.leader();
  if (leader === undefined) return false;
  const { currentTerm, log } = leader.state;
  return world.nodes.every(
    ({ up, state }) =>
      up &&
      state.leaderId === leader.id &&
      state.currentTerm === currentTerm &&
      state.log.entries.length === log.entries.length &&
      state.commitIndex === log.entries.length,
  );
}

function drawRules(random: RandomState, profile: TrialProfile): Rules {
  const kind = drawInt(random, 10);
  if (profile === 'standard' || (profile === 'mixed' && kind < 6)) return standardRules;
  if (profile === 'vanilla' || kind < 8) return vanillaRules;
  const flip = (): boolean => drawInt(random, 2) === 0;
  const quorumCheck = flip();
  return {
    preVote: flip(),
    // Leases without a quorum check deadlock by design (pitfall 10); the options refuse that.
    lease: quorumCheck && flip(),
    quorumCheck,
    stepDownOnVoteTimeout: flip(),
    retryWait: flip(),
    earlyLoss: flip(),
    leaseHint: flip(),
    exitNotice: flip(),
    runningClock: flip(),
    restartWait: flip(),
    promptStart: flip(),
    rankedSuccessors: flip(),
    broadcastHeartbeats: flip(),
    fineTimers: flip(),
    drainBeforeSuspect: flip(),
    controlLane: flip(),
  };
}

/**
 * In every fourth history T adapts, and forgets soon enough to rise and fall within it. Drawn apart from everything else,
 * so that the others are what they would be without.
 */
function drawAdaptiveTimeout(seed: number, minMs: number): AdaptiveTimeout | null {
  const random = createRandom(seed + 0.25e9);
  if (drawInt(random, 4) > 0) return null;
  return {
    minMs,
    maxMs: minMs * (1 + drawInt(random, 8)),
    holdMs: drawInt(random, 1000),
    halfLifeMs: 10 + drawInt(random, 190),
  };
}

/** As by default, and in every fourth history with a fixed T as much as where it adapts. Drawn apart, too. */
function drawQuorumPatience(seed: number, adaptiveTimeout: AdaptiveTimeout | null): number {
  if (adaptiveTimeout !== null) return usualQuorumPatience(true);
  return drawInt(createRandom(seed + 0.125e9), 4) === 0 ? 3 : 1;
}

/** All of T, half of it, or none: a stream of its own as well. */
function drawStallGrace(
  seed: number,
  electionTimeoutMs: number,
  adaptiveTimeout: AdaptiveTimeout | null,
): number {
  if (adaptiveTimeout !== null) return usualStallGraceMs(adaptiveTimeout);
  return (electionTimeoutMs * drawInt(createRandom(seed + 0.0625e9), 3)) / 2;
}

/** All voters for most; sometimes the last is a learner; sometimes the configuration is joint. */
function drawConfiguration(random: RandomState, ids: readonly NodeId[]): Configuration {
  const kind = drawInt(random, 10);
  if (kind === 0 && ids.length > 3) {
    return { voters: ids.slice(0, -1), oldVoters: null, learners: ids.slice(-1) };
  }
  if (kind === 1 && ids.length > 3) return { voters: ids.slice(0, 3), oldVoters: ids.slice(1), learners: [] };
  return { voters: ids, oldVoters: null, learners: [] };
}

/** The same kind of delay, short enough for elections to work in. */
function atMost(delay: Delay, ms: number): Delay {
  switch (delay.type) {
    case 'fixed':
      return fixedDelay(Math.min(delay.ms, ms));
    case 'uniform':
      return { ...delay, maxMs: Math.min(delay.maxMs, ms) };
    case 'lognormal':
      return { ...delay, medianMs: Math.min(delay.medianMs, ms / 4) };
    case 'longTailed':
      return { ...delay, minMs: Math.min(delay.minMs, ms / 4) };
    case 'sampled':
      return { ...delay, ms: delay.ms.map((sample) => Math.min(sample, ms)) };
  }
}

/** One observer that tells several, in this order. */
function joinObservers(observers: readonly WorldObserver[]): WorldObserver {
  const told = <K extends keyof WorldObserver>(name: K): NonNullable<WorldObserver[K]>[] =>
    observers.flatMap((observer) => observer[name] ?? []);
  const [stepped, observed, written, replied, sent] = [
    told('stepped'),
    told('observed'),
    told('written'),
    told('replied'),
    told('sent'),
  ];
  return {
    stepped: (node, input, time, effects) => {
      for (const tell of stepped) tell(node, input, time, effects);
    },
    observed: (node, effect) => {
      for (const tell of observed) tell(node, effect);
    },
    written: (node, write) => {
      for (const tell of written) tell(node, write);
    },
    replied: (node, requestId, outcome) => {
      for (const tell of replied) tell(node, requestId, outcome);
    },
    sent: (node, message, arrivalNs) => {
      for (const tell of sent) tell(node, message, arrivalNs);
    },
  };
}
