/**
 * What single nodes can be, each form once. A world of the exploration is a few small numbers, because a node's state
 * and a message are interned here, and because a step, which is a function of them alone, is taken once and then
 * looked up.
 */
import { brokenInvariants } from '../../raft/invariants.js';
import type { NodeId, Term } from '../../raft/brands.js';
import type { Effect } from '../../raft/effects.js';
import type { Configuration } from '../../raft/configuration.js';
import type { Input, TimerName } from '../../raft/inputs.js';
import type { Entry } from '../../raft/log.js';
import { leaseRemainingMs } from '../../raft/lease.js';
import type { Message } from '../../raft/messages.js';
import { longestTimeout, type CoreOptions } from '../../raft/options.js';
import { ageOf, canonicalKey, cloneState, normalizeState } from '../../raft/snapshot.js';
import { createState, type RaftState } from '../../raft/state.js';
import type { step } from '../../raft/step.js';

/** A node is up with a state, or down with what was durable. */
export type LocalState =
  { readonly up: true; readonly state: RaftState } | { readonly up: false; readonly durable: RaftState };

/** On its way: a message, or the news that a thread is gone. */
export type InFlight =
  | { readonly kind: 'message'; readonly message: Message }
  | {
      readonly kind: 'exitNotice';
      readonly to: NodeId;
      readonly node: NodeId;
      readonly incarnation: number;
      readonly term: Term;
    };

/** What a local step did: numbers of interned things, and what the world has to know of it. */
export interface LocalStep {
  readonly state: number;
  readonly sent: readonly number[];
  /** The term this step was elected in, or 0. */
  readonly elected: number;
  /** The step opened a round: older answers are those of an earlier one. */
  readonly roundOpened: boolean;
  readonly broken: readonly string[];
}

/** An input as the exploration names it. */
export type LocalInput =
  | { readonly type: 'start' }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'deliver'; readonly inFlight: number }
  | { readonly type: 'propose'; readonly value: number };

const origin = Object.freeze({ nowMs: 0, runningMs: 0 });

export class LocalStates {
  readonly #ids: readonly NodeId[];
  readonly #options: CoreOptions;
  readonly #core: typeof step;
  readonly #configuration: Configuration;
  readonly #states = new Interned<LocalState>();
  readonly #inFlight = new Interned<InFlight>();
  /** By state, then by input. */
  readonly #steps: Map<number, LocalStep>[] = [];
  readonly #derived = new Map<string, number>();
  readonly #permutations: readonly (readonly number[])[];
  /** By permutation, then by number. */
  readonly #renamedStates: number[][];
  readonly #renamedInFlight: number[][];
  #stepsTaken = 0;

  constructor(ids: readonly NodeId[], options: CoreOptions, core: typeof step) {
    this.#core = core;
    this.#ids = ids;
    this.#options = options;
    this.#configuration = { voters: ids, oldVoters: null, learners: [] };
    this.#permutations = permutationsOf(ids.length);
    this.#renamedStates = this.#permutations.map(() => []);
    this.#renamedInFlight = this.#permutations.map(() => []);
  }

  /** Every way to rename the nodes, the identity first. */
  get permutations(): readonly (readonly number[])[] {
    return this.#permutations;
  }

  get counts(): { readonly states: number; readonly messages: number; readonly steps: number } {
    return { states: this.#states.size, messages: this.#inFlight.size, steps: this.#stepsTaken };
  }

  state(number: number): LocalState {
    return this.#states.get(number);
  }

  inFlight(number: number): InFlight {
    return this.#inFlight.get(number);
  }

  /** A node that is up, or what is durable of one that is not. */
  node(number: number): RaftState {
    const local = this.state(number);
    return local.up ? local.state : local.durable;
  }

  /** A brand-new node, not yet started. */
  create(id: NodeId): number {
    return this.#internState(this.#boot(id, 1, { currentTerm: 0 as Term, votedFor: null }, []), origin);
  }

  /** Takes one input at time 0; deterministic, and therefore taken once. */
  step(number: number, input: LocalInput): LocalStep {
    const key = keyOf(input);
    const taken = (this.#steps[number] ??= new Map<number, LocalStep>());
    const known = taken.get(key);
    if (known !== undefined) return known;
    const made = this.#take(number, input);
    this.#stepsTaken += 1;
    taken.set(key, made);
    return made;
  }

  crash(number: number): number {
    return this.#derive(`crash ${number}`, () => {
      const { id, incarnation, currentTerm, votedFor, log } = this.node(number);
      const durable = this.#boot(id, incarnation, { currentTerm, votedFor }, log.entries);
      return this.#states.add(`down ${canonicalKey(durable, origin)}`, { up: false, durable });
    });
  }

  /** The next life, not yet started. */
  restart(number: number): number {
    return this.#derive(`restart ${number}`, () => {
      const { id, incarnation, currentTerm, votedFor, log } = this.node(number);
      return this.#internState(
        this.#boot(id, incarnation + 1, { currentTerm, votedFor }, log.entries),
        origin,
      );
    });
  }

  exitNotice(number: number, to: NodeId): number {
    return this.#derive(`notice ${number} ${to}`, () => {
      const { id, incarnation, currentTerm } = this.node(number);
      return this.#internInFlight({ kind: 'exitNotice', to, node: id, incarnation, term: currentTerm });
    });
  }

  /** The same node `ms` later, with nothing happening to it. */
  age(number: number, ms: number): number {
    const local = this.state(number);
    if (ms === 0 || !local.up) return number;
    return this.#derive(`age ${number} ${ms}`, () =>
      this.#internState(local.state, { nowMs: ms, runningMs: ms }),
    );
  }

  ageInFlight(number: number, ms: number): number {
    const inFlight = this.inFlight(number);
    if (ms === 0 || inFlight.kind === 'exitNotice' || !('sent' in inFlight.message)) return number;
    const { message } = inFlight;
    return this.#derive(`ageInFlight ${number} ${ms}`, () => {
      const sent = ageOf(message.sent, { nowMs: ms, runningMs: ms }, longestTimeout(this.#options));
      return this.#internInFlight({ kind: 'message', message: { ...message, sent } });
    });
  }

  /**
   * Rounds are told apart only by being the current one: it is always counter 1, earlier ones are 0, so that a node
   * that campaigns for ever has finitely many states.
   */
  closeRounds(number: number, of: NodeId): number {
    const inFlight = this.inFlight(number);
    if (inFlight.kind === 'exitNotice' || !('round' in inFlight.message)) return number;
    const { message } = inFlight;
    const owner =
      message.type === 'preVoteRequest' || message.type === 'voteRequest' ? message.from : message.to;
    if (owner !== of || message.round.counter === 0) return number;
    const round = { ...message.round, counter: message.round.counter - 1 };
    return this.#derive(`close ${number}`, () =>
      this.#internInFlight({ kind: 'message', message: { ...message, round } }),
    );
  }

  /** The same with node k called what node `permutations[permutation][k]` was called. */
  renameState(number: number, permutation: number): number {
    const renamed = this.#renamedStates[permutation] ?? [];
    return (renamed[number] ??= this.#renameState(number, permutation));
  }

  renameInFlight(number: number, permutation: number): number {
    const renamed = this.#renamedInFlight[permutation] ?? [];
    return (renamed[number] ??= this.#internInFlight(this.#rename(this.inFlight(number), permutation)));
  }

  #renameState(number: number, permutation: number): number {
    const local = this.state(number);
    const { options, ...node } = this.node(number);
    const state = { ...this.#rename(node, permutation), options };
    return local.up
      ? this.#internState(state, origin)
      : this.#states.add(`down ${canonicalKey(state, origin)}`, { up: false, durable: state });
  }

  #take(number: number, input: LocalInput): LocalStep {
    const state = cloneState(this.node(number));
    const before = { term: state.currentTerm, votedFor: state.votedFor, commitIndex: state.commitIndex };
    const counterBefore = state.roundCounter;
    const leaseBeforeMs = leaseRemainingMs(state, origin);
    const effects = this.#core(state, this.#inputFor(state, input), origin);
    const broken = [...brokenInvariants(state)];
    if (leaseBeforeMs > 0 && effects.some(grants)) broken.push('a grant while a lease is promised');
    if (state.currentTerm < before.term) broken.push('a term went back');
    if (state.commitIndex < before.commitIndex) broken.push('a commit index went back');
    if (state.currentTerm === before.term && before.votedFor !== null && state.votedFor !== before.votedFor) {
      broken.push('two votes in one term');
    }
    let elected = 0;
    for (const effect of effects) {
      if (effect.type !== 'observe') continue;
      if (effect.event.type === 'elected') elected = effect.event.term;
      if (effect.event.type === 'invariantViolated') broken.push(effect.event.rule);
    }
    const opened = state.roundCounter - counterBefore;
    const sent = effects
      .filter((effect) => effect.type === 'send')
      .map((effect) => this.#sendOf(effect, state, opened));
    return {
      state: this.#internState(withRound(state, opened), origin),
      sent,
      elected,
      roundOpened: opened > 0,
      broken,
    };
  }

  #sendOf(effect: Extract<Effect, { type: 'send' }>, state: RaftState, opened: number): number {
    const { message } = effect;
    const own = message.type === 'preVoteRequest' || message.type === 'voteRequest';
    if (!own || opened === 0) return this.#internInFlight({ kind: 'message', message });
    // A turn can open a pre-vote and, when it wins at once, a vote: the last one is the current one.
    const counter = message.round.counter === state.roundCounter ? 1 : 0;
    return this.#internInFlight({
      kind: 'message',
      message: { ...message, round: { ...message.round, counter } },
    });
  }

  #inputFor(state: RaftState, input: LocalInput): Input {
    switch (input.type) {
      case 'start':
        return { type: 'start', id: 0 };
      case 'timer':
        return {
          type: 'timer',
          id: 0,
          timer: input.timer,
          generation: state.timers[input.timer].generation,
          waitingContact: null,
        };
      case 'propose':
        return { type: 'propose', id: 0, requestId: input.value, value: input.value };
      case 'deliver': {
        const inFlight = this.inFlight(input.inFlight);
        return inFlight.kind === 'message'
          ? { type: 'message', id: 0, message: inFlight.message, arrived: origin }
          : {
              type: 'peerExited',
              id: 0,
              node: inFlight.node,
              incarnation: inFlight.incarnation,
              term: inFlight.term,
            };
      }
    }
  }

  #boot(
    id: NodeId,
    incarnation: number,
    hardState: RaftState | { currentTerm: Term; votedFor: NodeId | null },
    entries: readonly Entry[],
  ): RaftState {
    const { currentTerm, votedFor } = hardState;
    return createState({
      id,
      group: 'exploration',
      incarnation,
      options: this.#options,
      configuration: this.#configuration,
      seed: 0,
      hardState: { currentTerm, votedFor },
      entries,
    });
  }

  #internState(state: RaftState, time: { nowMs: number; runningMs: number }): number {
    const key = canonicalKey(state, time);
    return this.#states.find(key) ?? this.#states.add(key, { up: true, state: normalizeState(state, time) });
  }

  #internInFlight(inFlight: InFlight): number {
    return this.#inFlight.add(JSON.stringify(inFlight), inFlight);
  }

  #derive(key: string, make: () => number): number {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#derived.set(key, made);
    return made;
  }

  #rename<V>(value: V, permutation: number): V {
    const order = this.#permutations[permutation] ?? [];
    const names = new Map<unknown, NodeId>(
      this.#ids.map((id, at) => [id, this.#ids[order[at] ?? at] ?? id] as const),
    );
    return renameDeep(value, names) as V;
  }
}

const timerNames: readonly TimerName[] = ['election', 'preVote', 'vote', 'heartbeat', 'quorumCheck'];

/** A number of its own for every input a node can be given. */
function keyOf(input: LocalInput): number {
  switch (input.type) {
    case 'start':
      return 0;
    case 'timer':
      return 1 + timerNames.indexOf(input.timer);
    case 'propose':
      return 10 + input.value;
    case 'deliver':
      return 100 + input.inFlight;
  }
}

function permutationsOf(count: number): number[][] {
  if (count === 0) return [[]];
  return permutationsOf(count - 1)
    .flatMap((shorter) => Array.from({ length: count }, (_, at) => shorter.toSpliced(at, 0, count - 1)))
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}

/** The current round is counter 1, whatever came before it. */
function withRound(state: RaftState, opened: number): RaftState {
  if (opened === 0) return state;
  if (state.round !== null) state.round = { ...state.round, round: { ...state.round.round, counter: 1 } };
  state.roundCounter = 1;
  return state;
}

function grants(effect: Effect): boolean {
  return effect.type === 'send' && 'granted' in effect.message && effect.message.granted;
}

function renameDeep(value: unknown, names: ReadonlyMap<unknown, NodeId>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (value === null || typeof value !== 'object') return value;
  // A configuration is a set of members: sorted, its renamed form is the form it has anyway.
  if (Array.isArray(value)) {
    const renamed = value.map((item) => renameDeep(item, names));
    return renamed.every((item) => typeof item === 'string') ? renamed.toSorted() : renamed;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renameDeep(item, names)]));
}

/** Values by number, each key once. */
class Interned<V> {
  readonly #numbers = new Map<string, number>();
  readonly #values: V[] = [];

  get size(): number {
    return this.#values.length;
  }

  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  add(key: string, value: V): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#values.length;
    this.#numbers.set(key, number);
    this.#values.push(value);
    return number;
  }

  get(number: number): V {
    const value = this.#values[number];
    if (value === undefined) throw new RangeError(`nothing is interned as ${number}`);
    return value;
  }
}
