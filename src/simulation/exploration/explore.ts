/**
 * Every reachable state of a small group, through the same `step` that runs in threads. Any armed timer may fire
 * (the clock then moves to its deadline), and messages are delivered, dropped or duplicated in any order. Breadth
 * first, so that the way to a violation is a shortest one; worlds that differ in nothing but names are one. This is the
 * search; what must hold of each world is in `world-checks.ts`.
 */
import { asNodeId, type NodeId } from '../../raft/brands.js';
import type { TimerName } from '../../raft/inputs.js';
import { standardRules, type CoreOptions, type Rules } from '../../raft/options.js';
import type { RaftState } from '../../raft/state.js';
import { step } from '../../raft/step.js';
import { describeInFlight, describeNode } from './describe.js';
import { LocalStates, type LocalInput } from './local-states.js';
import { TupleSet } from './tuple-set.js';
import { WorldChecks } from './world-checks.js';
import { choose, pack, sortedSet, unpack, type World } from './world.js';

/** What the exploration may do at most. Beyond a bound a branch is not followed. */
export interface ExplorationBounds {
  readonly nodes: number;
  /** Where to begin: with brand-new nodes, or with a leader of term 1 that everybody follows. */
  readonly from: 'fresh' | 'settled';
  readonly maxTerm: number;
  readonly maxLogLength: number;
  readonly maxInFlight: number;
  readonly crashes: number;
  readonly proposals: number;
  readonly duplicates: number;
  /** Stop after this many distinct states, wherever that is. */
  readonly maxStates: number;
  readonly rules: Rules;
  /** T adapts, up to twice its floor, and forgets a gap within a few steps. */
  readonly adaptive: boolean;
}

export const defaultBounds: ExplorationBounds = Object.freeze({
  nodes: 3,
  from: 'fresh',
  maxTerm: 3,
  maxLogLength: 4,
  maxInFlight: 3,
  crashes: 1,
  proposals: 2,
  duplicates: 1,
  maxStates: 5_000_000,
  rules: standardRules,
  adaptive: false,
});

export interface ExplorationResult {
  readonly bounds: ExplorationBounds;
  /** Distinct worlds, up to renaming of the nodes. */
  readonly states: number;
  readonly transitions: number;
  /** Length of the longest of all shortest paths that were followed. */
  readonly depth: number;
  /** True when nothing within the bounds was left out. */
  readonly exhausted: boolean;
  /** Distinct states of single nodes, distinct messages, and steps taken (each once). */
  readonly local: { readonly states: number; readonly messages: number; readonly steps: number };
  /** The highest term, and the longest committed log, that was seen. */
  readonly reached: { readonly term: number; readonly committed: number };
  readonly violation: Violation | null;
}

export interface Violation {
  readonly rule: string;
  /** One line a step, from the first. */
  readonly trace: readonly string[];
}

const T = 2;
const h = 1;

export interface ExploreContext {
  /** Called once a level, with the number of distinct states so far. */
  readonly onProgress?: (states: number, depth: number) => void;
  /** The core to explore; a broken one shows that the checks bite. */
  readonly step?: typeof step;
}

/** Explores until nothing is left, a bound is hit, or an invariant is broken. */
export function explore(
  bounds: Partial<ExplorationBounds> = {},
  context: ExploreContext = {},
): ExplorationResult {
  const exploration = new Exploration({ ...defaultBounds, ...bounds }, context.step ?? step);
  return exploration.run(context.onProgress);
}

class Exploration {
  readonly #bounds: ExplorationBounds;
  readonly #ids: readonly NodeId[];
  readonly #local: LocalStates;
  readonly #seen = new TupleSet();
  readonly #parents: number[] = [];
  readonly #checks = new WorldChecks();
  #transitions = 0;
  #maxTermSeen = 0;

  constructor(bounds: ExplorationBounds, core: typeof step) {
    this.#bounds = bounds;
    this.#ids = Array.from({ length: bounds.nodes }, (_, at) => asNodeId(`n${at + 1}`));
    this.#local = new LocalStates(this.#ids, optionsFor(bounds), core);
  }

  run(onProgress?: (states: number, depth: number) => void): ExplorationResult {
    this.#visit(this.#bounds.from === 'fresh' ? this.#fresh() : this.#settled(), 0);
    let depth = 0;
    let levelEnd = this.#seen.size;
    let cut = false;
    for (let at = 0; at < this.#seen.size; at += 1) {
      if (at === levelEnd) {
        depth += 1;
        levelEnd = this.#seen.size;
        onProgress?.(this.#seen.size, depth);
      }
      if (this.#seen.size >= this.#bounds.maxStates) {
        cut = true;
        break;
      }
      const world = unpack(this.#bounds, this.#seen.get(at));
      for (const successor of this.#successors(world)) {
        this.#transitions += 1;
        if (successor.broken !== null) return this.#result(depth + 1, false, this.#violation(at, successor));
        this.#visit(successor.world, at);
      }
    }
    return this.#result(depth, !cut, null);
  }

  #result(depth: number, exhausted: boolean, violation: Violation | null): ExplorationResult {
    return {
      bounds: this.#bounds,
      states: this.#seen.size,
      transitions: this.#transitions,
      depth,
      exhausted,
      local: this.#local.counts,
      reached: {
        term: this.#maxTermSeen,
        committed: this.#checks.longestCommitted,
      },
      violation,
    };
  }

  #fresh(): World {
    const nodes = this.#ids.map((id) => this.#local.step(this.#local.create(id), { type: 'start' }).state);
    const { crashes, proposals, duplicates } = this.#bounds;
    return {
      nodes,
      leaders: Array.from({ length: this.#bounds.maxTerm }, () => 0),
      committed: 0,
      crashesLeft: crashes,
      proposalsLeft: proposals,
      duplicatesLeft: duplicates,
      inFlight: [],
    };
  }

  /** Node 1 has led term 1 for a heartbeat, and everything was delivered in order. */
  #settled(): World {
    let world = this.#fresh();
    for (const timer of ['election', 'heartbeat'] as const) {
      world = this.#delivered(this.#only(world, 0, { type: 'timer', timer }));
    }
    return world;
  }

  #delivered(from: World): World {
    let world = from;
    for (let first = world.inFlight[0]; first !== undefined; first = world.inFlight[0]) {
      const rest = { ...world, inFlight: world.inFlight.slice(1) };
      world = this.#only(rest, this.#ids.indexOf(this.#addressee(first)), {
        type: 'deliver',
        inFlight: first,
      });
    }
    return world;
  }

  /** One step with room for everything it sends. */
  #only(world: World, at: number, input: LocalInput): World {
    for (const { world: next } of this.#step(world, at, input, '', Number.POSITIVE_INFINITY)) return next;
    throw new RangeError('the bounds leave no room for a settled group');
  }

  #visit(world: World, parent: number): void {
    const before = this.#seen.size;
    this.#seen.add(pack(world, this.#local));
    if (this.#seen.size > before) this.#parents.push(parent);
  }

  /** Every world one action away, with what it was and what it broke. */
  *#successors(world: World): Generator<Successor> {
    for (const [at, number] of world.nodes.entries()) {
      const local = this.#local.state(number);
      const name = this.#ids[at] ?? '';
      if (!local.up) {
        const started = this.#local.restart(number);
        yield* this.#step(
          { ...world, nodes: world.nodes.with(at, started) },
          at,
          { type: 'start' },
          `${name} restarts`,
        );
        continue;
      }
      yield* this.#timers(world, at, local.state);
      if (local.state.role === 'leader' && world.proposalsLeft > 0) {
        const proposed = { ...world, proposalsLeft: world.proposalsLeft - 1 };
        const value = world.proposalsLeft;
        yield* this.#step(proposed, at, { type: 'propose', value }, `${name} is proposed ${value}`);
      }
      if (world.crashesLeft > 0) yield this.#crash(world, at);
    }
    for (const inFlight of world.inFlight) yield* this.#messages(world, inFlight);
  }

  *#timers(world: World, at: number, state: RaftState): Generator<Successor> {
    for (const timer of Object.keys(state.timers) as TimerName[]) {
      const { armed, deadlineMs } = state.timers[timer];
      if (!armed) continue;
      const aged = this.#aged(world, deadlineMs);
      yield* this.#step(
        aged,
        at,
        { type: 'timer', timer },
        `${this.#ids[at]} ${timer} timer fires (+${deadlineMs})`,
      );
    }
  }

  *#messages(world: World, inFlight: number): Generator<Successor> {
    const { kind } = this.#local.inFlight(inFlight);
    const gone = { ...world, inFlight: world.inFlight.filter((other) => other !== inFlight) };
    const what = describeInFlight(this.#local.inFlight(inFlight));
    const at = this.#ids.indexOf(this.#addressee(inFlight));
    if (this.#local.state(world.nodes[at] ?? 0).up) {
      yield* this.#step(gone, at, { type: 'deliver', inFlight }, what);
      if (kind === 'message' && world.duplicatesLeft > 0) {
        const kept = { ...world, duplicatesLeft: world.duplicatesLeft - 1 };
        yield* this.#step(kept, at, { type: 'deliver', inFlight }, `${what}, and stays on its way`);
      }
    }
    // A message that is never delivered is lost already; only where it takes another's place must it go.
    if (world.inFlight.length >= this.#bounds.maxInFlight)
      yield { label: `lost: ${what}`, world: gone, broken: null };
  }

  #crash(world: World, at: number): Successor {
    const number = world.nodes[at] ?? 0;
    const notices = this.#ids
      .filter((_, other) => other !== at && this.#local.state(world.nodes[other] ?? 0).up)
      .map((to) => this.#local.exitNotice(number, to));
    // A notice that finds no room is one that comes too late to matter.
    const room = this.#bounds.maxInFlight - world.inFlight.length;
    const inFlight = sortedSet([...world.inFlight, ...notices.slice(0, Math.max(0, room))]);
    const nodes = world.nodes.with(at, this.#local.crash(number));
    return {
      label: `${this.#ids[at]} crashes`,
      world: { ...world, nodes, inFlight, crashesLeft: world.crashesLeft - 1 },
      broken: null,
    };
  }

  *#step(
    world: World,
    at: number,
    input: LocalInput,
    label: string,
    room: number = this.#bounds.maxInFlight,
  ): Generator<Successor> {
    const taken = this.#local.step(world.nodes[at] ?? 0, input);
    const state = this.#local.node(taken.state);
    if (state.currentTerm > this.#bounds.maxTerm || state.log.entries.length > this.#bounds.maxLogLength)
      return;
    const id = this.#ids[at] ?? asNodeId('');
    const older = taken.roundOpened
      ? world.inFlight.map((number) => this.#local.closeRounds(number, id))
      : world.inFlight;
    const inFlight = sortedSet([...older, ...taken.sent]);
    if (inFlight.length > room) {
      // Some get lost on the way out: every choice of those that do not.
      for (const kept of choose(taken.sent, room - older.length)) {
        yield this.#judge(world, at, taken, sortedSet([...older, ...kept]), label);
      }
      return;
    }
    yield this.#judge(world, at, taken, inFlight, label);
  }

  #judge(world: World, at: number, taken: Taken, inFlight: number[], label: string): Successor {
    const nodes = world.nodes.with(at, taken.state);
    const states = nodes.map((number) => this.#local.node(number));
    this.#maxTermSeen = Math.max(this.#maxTermSeen, states[at]?.currentTerm ?? 0);
    const { leaders, committed, broken } = this.#checks.afterStep(world, states, at, taken.elected);
    const after = { ...world, nodes, leaders, committed, inFlight };
    return { label, world: after, broken: taken.broken[0] ?? broken };
  }

  #aged(world: World, ms: number): World {
    if (ms === 0) return world;
    return {
      ...world,
      nodes: world.nodes.map((number) => this.#local.age(number, ms)),
      inFlight: sortedSet(world.inFlight.map((number) => this.#local.ageInFlight(number, ms))),
    };
  }

  #addressee(number: number): NodeId {
    const inFlight = this.#local.inFlight(number);
    return inFlight.kind === 'message' ? inFlight.message.to : inFlight.to;
  }

  /** The path to the world before, then the step that broke it. Names may change from line to line: see the states. */
  #violation(from: number, successor: Successor): Violation {
    const path = [from];
    while ((path[0] ?? 0) !== 0) path.unshift(this.#parents[path[0] ?? 0] ?? 0);
    const trace = path.map((number, at) => {
      const world = unpack(this.#bounds, this.#seen.get(number));
      const nodes = world.nodes.map((node) => describeNode(this.#local.state(node))).join('  ');
      return `${this.#labelBetween(path[at - 1], number)}${nodes}`;
    });
    return { rule: successor.broken ?? '', trace: [...trace, `${successor.label} → ${successor.broken}`] };
  }

  #labelBetween(from: number | undefined, to: number): string {
    if (from === undefined) return '';
    const target = this.#seen.get(to).join();
    for (const { label, world } of this.#successors(unpack(this.#bounds, this.#seen.get(from)))) {
      if (pack(world, this.#local).join() === target) return `${label} → `;
    }
    return '';
  }
}

/** What a step of one node came to, as `LocalStates` tells it. */
interface Taken {
  readonly state: number;
  readonly elected: number;
  readonly broken: readonly string[];
}

interface Successor {
  readonly label: string;
  readonly world: World;
  readonly broken: string | null;
}

/** No jitter, and no ranks: timers fire in any order anyway. */
function optionsFor({ rules, adaptive }: ExplorationBounds): CoreOptions {
  return Object.freeze({
    electionTimeoutMs: T,
    adaptiveTimeout: adaptive ? { minMs: T, maxMs: 2 * T, holdMs: h, halfLifeMs: h } : null,
    electionJitterMs: 0,
    heartbeatMs: h,
    retryJitterMs: 0,
    successorSlotMs: 0,
    quorumPatience: 1,
    stallGraceMs: 75,
    voteTimeoutMs: null,
    maxAppendEntries: 8,
    rules: { ...rules, rankedSuccessors: false },
  });
}
