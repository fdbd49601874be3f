/** One trial in virtual time, in a world of its own. */
import { serialize } from 'node:v8';
import type { NodeEvent } from '../actor/protocol.js';
import type { Delay } from '../delay.js';
import { ElectorateError } from '../errors.js';
import { coreOptionsOf, type ResolvedClusterOptions } from '../options.js';
import { asTerm, type NodeId } from '../raft/brands.js';
import { createRandom, drawBetween, drawUint32, type RandomState } from '../raft/random.js';
import { ElectionSimulator, firstTerm, leaderId } from '../simulation/elections.js';
import type { ProposalOutcome } from '../raft/effects.js';
import type { SimulatedNode } from '../simulation/node.js';
import { World, type WorldOptions } from '../simulation/world.js';
import type { Acknowledged, ClientLoad } from './clients.js';
import type { ElectionFault } from './election-plan.js';
import { SimulatedClients, type CallTimes } from './simulated-clients.js';
import { analyzeTrial, type Trial, type TrialContext } from './trial.js';
import { WorldRecorder } from './world-recorder.js';

/** What is simulated, again and again. */
export interface SimulatedSetting {
  /** Null: brand-new nodes are started. */
  readonly fault: ElectionFault | null;
  /** Who writes meanwhile; null: nobody. */
  readonly clients: ClientLoad | null;
  readonly linkDelay: Delay;
  readonly storeDelay: Delay;
  readonly cluster: ResolvedClusterOptions;
}

/** Makes one trial after the other. Throws `trialTimedOut` when nobody is elected. */
export type SimulateTrial = () => Trial;

/** From the end of a thread to its notice at the peers: the port's close, and a message. */
const exitNoticeDelayMs = 0.3;

/** In ms: longer than any trial. */
const forever = 1e9;

/** The same seed gives the same trials. */
export function trialSimulator(setting: SimulatedSetting, seed: number): SimulateTrial {
  const { fault, clients } = setting;
  if (fault === 'crash' && clients === null) return crashSimulator(setting, seed);
  const random = createRandom(seed);
  return fault === null
    ? () => simulateStart(setting, drawUint32(random))
    : () => simulateLoss(setting, fault, random);
}

/** Worlds that begin with a leader's last heartbeats: of one that crashes then, nothing else is ever heard. */
function crashSimulator({ cluster, linkDelay, storeDelay }: SimulatedSetting, seed: number): SimulateTrial {
  const core = coreOptionsOf(cluster);
  const simulator = new ElectionSimulator(
    { voters: cluster.voters.length, core, linkDelay, storeDelay, exitNoticeDelayMs },
    seed,
  );
  return () => {
    const recorder = new WorldRecorder();
    simulator.run(recorder.context);
    const { survivors, crashedAtMs } = simulator;
    return finish(recorder, { crashed: leaderId, crashedAtMs, term: firstTerm, survivors });
  };
}

function simulateStart(setting: SimulatedSetting, seed: number): Trial {
  const { voters } = setting.cluster;
  const context: TrialContext = { crashed: null, crashedAtMs: 0, term: asTerm(0), survivors: voters };
  const { world, recorder } = createWorld(setting, seed);
  runUntil(world, setting, () => isOver(recorder, context));
  return finish(recorder, context);
}

/** A leader that was elected and has settled, so that it can do what a leader does when it is struck. */
function simulateLoss(setting: SimulatedSetting, fault: ElectionFault, random: RandomState): Trial {
  const { voters, heartbeatMs } = setting.cluster;
  let clients: SimulatedClients | null = null;
  const { world, recorder } = createWorld(setting, drawUint32(random), (requestId, outcome) =>
    clients?.replied(requestId, outcome),
  );
  let leader: SimulatedNode | undefined;
  // A later leader may come while two heartbeats are answered.
  while (leader === undefined || leader !== world.leader() || !isSettled(world)) {
    runUntil(world, setting, () => isSettled(world));
    leader = world.leader();
    recorder.events.length = 0;
    world.run(3 * heartbeatMs + drawBetween(random, 0, heartbeatMs));
  }
  const { id } = leader;
  if (setting.clients !== null) {
    // Logs are never equal while they write: only now that it has settled.
    clients = new SimulatedClients(world, setting.clients, id, callTimes(setting), random);
    runUntil(clients, setting, () => clients?.first(0, 0) !== null);
    clients.run(drawBetween(random, 0, heartbeatMs));
    // As on threads, a fault that comes too late is no trial.
    if (leader !== world.leader()) return simulateLoss(setting, fault, random);
  }
  const context: TrialContext = {
    crashed: id,
    crashedAtMs: world.nowMs,
    term: leader.state.currentTerm,
    survivors: voters.filter((other) => other !== id),
  };
  strikeSimulated(world, id, fault);
  if (!leader.up) clients?.ended(id);
  runUntil(clients ?? world, setting, () => isOver(recorder, context));
  const trial = finish(recorder, context);
  if (clients === null) return trial;
  const served = (): Acknowledged | null => clients?.first(context.crashedAtMs, context.term) ?? null;
  runUntil(clients, setting, () => served() !== null);
  return { ...trial, outageMs: (served()?.ackedMs ?? Number.NaN) - context.crashedAtMs };
}

/** A client's call is a message to a node, and another back. */
function callTimes({ linkDelay }: SimulatedSetting): CallTimes {
  return { delay: linkDelay, exitMs: exitNoticeDelayMs };
}

function createWorld(
  { cluster, linkDelay, storeDelay }: SimulatedSetting,
  seed: number,
  onReply: (requestId: number, outcome: ProposalOutcome) => void = () => {},
): { readonly world: World; readonly recorder: WorldRecorder } {
  const recorder = new WorldRecorder();
  const { began, observed, observer } = recorder.context;
  const options: WorldOptions = {
    seed,
    configuration: { voters: cluster.voters, oldVoters: null, learners: [] },
    core: coreOptionsOf(cluster),
    linkDelay,
    storeDelay,
    exitNoticeDelayMs: cluster.rules.exitNotice ? exitNoticeDelayMs : forever,
    mailbox: cluster.mailbox,
  };
  // The nodes start, and are observed, while the world is still being made.
  let running: World | null = null;
  const world = new World(options, {
    ...observer,
    observed: (node, effect) => (running === null ? undefined : observed?.(running, node, effect)),
    replied: (_node, requestId, outcome) => onReply(requestId, outcome),
  });
  running = world;
  began?.(world);
  return { world, recorder };
}

/** As on threads: `strike`. */
function strikeSimulated(world: World, leader: NodeId, fault: ElectionFault): void {
  const others = world.nodes.map(({ id }) => id).filter((id) => id !== leader);
  const cutIn = (): void => others.forEach((from) => world.setLink(from, leader, { up: false }));
  const cutOut = (): void => others.forEach((to) => world.setLink(leader, to, { up: false }));
  switch (fault) {
    case 'crash':
    case 'shutdown':
      return world.crash(leader);
    case 'hang':
      return world.stall(leader, forever);
    case 'isolate':
      cutIn();
      return cutOut();
    case 'cut-in':
      return cutIn();
    case 'cut-out':
      return cutOut();
    case 'disk-stall':
      world.stallDisk(leader, forever);
      world.propose(leader, null);
  }
}

function isSettled(world: World): boolean {
  const leader = world.leader();
  if (leader?.state.leadership?.ready !== true) return false;
  const { currentTerm, log, commitIndex } = leader.state;
  return world.nodes.every(
    ({ state }) =>
      state.leaderId === leader.id &&
      state.currentTerm === currentTerm &&
      state.log.entries.length === log.entries.length &&
      state.commitIndex === commitIndex,
  );
}

/** Looks only when something has been told that may be the end. */
function isOver({ events }: WorldRecorder, context: TrialContext): boolean {
  const last: NodeEvent['type'] | undefined = events.at(-1)?.type;
  return (last === 'ready' || last === 'leaderKnown') && analyzeTrial(context, events) !== null;
}

/** @param running a world, or the clients that move it */
function runUntil(running: Pick<World, 'run'>, { cluster }: SimulatedSetting, until: () => boolean): void {
  const boundMs = 1000 * (cluster.electionTimeoutMs + cluster.electionJitterMs);
  if (until() || running.run(boundMs, until)) return;
  throw new ElectorateError('trialTimedOut', `Nobody was elected within ${boundMs} ms of virtual time`, {
    details: { boundMs },
  });
}

function finish(recorder: WorldRecorder, context: TrialContext): Trial {
  const trial = analyzeTrial(context, recorder.events);
  if (trial === null) throw new ElectorateError('trialTimedOut', 'Nobody was elected');
  const sent = recorder.sentSince(context.crashedAtMs);
  const bytes = sent.reduce((sum, message) => sum + serialize(message).length, 0);
  return { ...trial, messages: sent.length, bytes };
}
