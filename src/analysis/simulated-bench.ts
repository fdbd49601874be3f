/** The election benchmark in virtual time: the same trials, phases and result, thousands a second. */
import { setImmediate } from 'node:timers/promises';
import { serialize } from 'node:v8';
import type { Cause, NodeEvent } from '../actor/protocol.js';
import { ElectorateError } from '../errors.js';
import { coreOptionsOf, refuseOption } from '../options.js';
import type { ObserveEffect } from '../raft/effects.js';
import type { Input } from '../raft/inputs.js';
import type { Message } from '../raft/messages.js';
import { ElectionSimulator, firstTerm, leaderId, type ElectionContext } from '../simulation/elections.js';
import type { SimulatedNode } from '../simulation/node.js';
import type { World } from '../simulation/world.js';
import type { ElectionBenchRun } from './election-bench.js';
import { resolveElectionPlan, type ElectionBenchOptions } from './election-plan.js';
import { electionResult, type ElectionBenchResult } from './election-result.js';
import { describeMachine } from './machine.js';
import { analyzeTrial, type Trial } from './trial.js';

/** From the end of a thread to its notice at the peers: the port's close, and a message. */
const exitNoticeDelayMs = 0.3;

/**
 * Simulates elections one after the other on this thread; between them the event loop gets its turn.
 * Nothing about a simulated cluster is real: its `store` and `dataDir` are not looked at.
 * @throws ElectorateError `invalidOption`, `trialTimedOut` when nobody is elected; the signal's reason
 */
export async function benchSimulatedElections(
  options: ElectionBenchOptions = {},
  { onProgress, signal }: ElectionBenchRun = {},
): Promise<ElectionBenchResult> {
  const { linkDelay = { type: 'fixed', ms: 0.1 }, storeDelay = { type: 'fixed', ms: 0.2 } } = options;
  const plan = resolveElectionPlan({ ...options, linkDelay, storeDelay });
  const { trials: count, fault, cluster } = plan;
  if (fault !== 'crash') refuseOption('fault', fault, "to be 'crash' in the simulation");
  const machine = describeMachine();
  const simulator = new ElectionSimulator(
    {
      voters: cluster.voters.length,
      core: coreOptionsOf(cluster),
      linkDelay,
      storeDelay,
      exitNoticeDelayMs,
    },
    cluster.seed,
  );
  const trials: Trial[] = [];
  while (trials.length < count) {
    signal?.throwIfAborted();
    const trial = simulateTrial(simulator);
    trials.push(trial);
    onProgress?.(trial, trials.length, count);
    await setImmediate();
  }
  return electionResult({ ...plan, engine: 'simulation', machine }, trials);
}

function simulateTrial(simulator: ElectionSimulator): Trial {
  const recorder = new EventRecorder();
  simulator.run(recorder.context);
  const trial = analyzeTrial(
    {
      crashed: leaderId,
      crashedAtMs: simulator.crashedAtMs,
      term: firstTerm,
      survivors: simulator.survivors,
    },
    recorder.events,
  );
  if (trial === null) throw new ElectorateError('trialTimedOut', 'Nobody was elected');
  const sent = recorder.sentSince(simulator.crashedAtMs);
  const bytes = sent.reduce((sum, message) => sum + serialize(message).length, 0);
  return { ...trial, messages: sent.length, bytes };
}

/** What the nodes of a world observe, in the shape in which real ones report it. */
class EventRecorder {
  readonly events: NodeEvent[] = [];
  readonly context: ElectionContext;
  readonly #sentMs = new WeakMap<Message, number>();
  readonly #causes: Cause[] = [];
  readonly #writesBeganMs: number[] = [];
  readonly #sends: { readonly atMs: number; readonly message: Message }[] = [];
  #world: World | null = null;

  constructor() {
    this.context = {
      began: (world) => {
        this.#world = world;
      },
      observed: (_world, node, effect) => this.#observed(node, effect),
      observer: {
        stepped: (node, input) => this.#stepped(node, input),
        sent: (_node, message) => {
          this.#sentMs.set(message, this.#nowMs);
          this.#sends.push({ atMs: this.#nowMs, message });
        },
        written: (node, { hardState, entries }) => this.#written(node, hardState !== null, entries.length),
      },
    };
  }

  sentSince(fromMs: number): Message[] {
    return this.#sends.filter(({ atMs }) => atMs >= fromMs).map(({ message }) => message);
  }

  get #nowMs(): number {
    return this.#world?.nowMs ?? 0;
  }

  #stepped(node: SimulatedNode, input: Input): void {
    const nowMs = this.#nowMs;
    const message = input.type === 'message' ? input.message : null;
    this.#writesBeganMs[node.index] = nowMs;
    this.#causes[node.index] = {
      id: input.id,
      kind: message?.type ?? (input.type === 'message' ? 'driver' : input.type),
      deadlineMs: null,
      timer: input.type === 'timer' ? input.timer : null,
      from: message?.from ?? null,
      sentMs: message === null ? null : (this.#sentMs.get(message) ?? null),
      arrivedMs: input.type === 'message' ? input.arrived.nowMs : null,
      handledMs: nowMs,
    };
  }

  #observed(node: SimulatedNode, { id, event }: ObserveEffect): void {
    this.events.push({ ...event, ...this.#stamp(node, id) });
  }

  #written(node: SimulatedNode, hardState: boolean, entries: number): void {
    const durationMs = this.#nowMs - (this.#writesBeganMs[node.index] ?? this.#nowMs);
    this.#writesBeganMs[node.index] = this.#nowMs;
    this.events.push({ type: 'written', durationMs, hardState, entries, ...this.#stamp(node, 0) });
  }

  #stamp(
    { id: node, index, state }: SimulatedNode,
    id: number,
  ): Pick<NodeEvent, 'id' | 'cause' | 'node' | 'incarnation' | 'atMs'> {
    const cause = this.#causes[index] ?? startCause;
    return { id, cause, node, incarnation: state.incarnation, atMs: this.#nowMs };
  }
}

const startCause: Cause = {
  id: 0,
  kind: 'start',
  deadlineMs: null,
  timer: null,
  from: null,
  sentMs: null,
  arrivedMs: null,
  handledMs: 0,
};
