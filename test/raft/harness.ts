/**
 * One node's core, driven by hand. Peers are whatever the test lets them say. After every step it is checked that the
 * node's invariants hold, that effects and state share no memory anybody mutates, and that nothing shows a term, vote
 * or entry that is not behind the write of it.
 */
import assert from 'node:assert/strict';
import { asLogIndex, asNodeId, asTerm, type NodeId } from '../../src/raft/brands.js';
import { isVoter, noConfiguration, otherVoters, type Configuration } from '../../src/raft/configuration.js';
import type {
  Effect,
  HardState,
  PersistEffect,
  ProposalOutcome,
  SetTimerEffect,
} from '../../src/raft/effects.js';
import type { CoreEvent, Phase } from '../../src/raft/events.js';
import type { Input, TimerName } from '../../src/raft/inputs.js';
import { brokenInvariants } from '../../src/raft/invariants.js';
import {
  configurationInForce,
  lastPositionOf,
  type Entry,
  type JsonValue,
  type LogPosition,
} from '../../src/raft/log.js';
import type {
  AppendEntries,
  AppendEntriesReply,
  ConflictHint,
  Envelope,
  GapReport,
  Message,
  PreVoteReply,
  RefusalReason,
  Round,
  VoteReply,
} from '../../src/raft/messages.js';
import { standardRules, type CoreOptions, type Rules } from '../../src/raft/options.js';
import { createState, type RaftState } from '../../src/raft/state.js';
import { step } from '../../src/raft/step.js';
import type { Time } from '../../src/raft/time.js';

export const T = 100;
export const R = 50;
export const h = 20;
export const r = 10;
export const slot = 4;

/** A node of three, n1, in its first life, unless said otherwise. */
export interface Setup {
  readonly id?: string;
  /** `null`: it knows no configuration. */
  readonly voters?: readonly string[] | null;
  readonly oldVoters?: readonly string[];
  readonly learners?: readonly string[];
  readonly term?: number;
  readonly votedFor?: string;
  /** The stored entries' terms, from index 1. */
  readonly log?: readonly number[];
  readonly entries?: readonly Entry[];
  readonly incarnation?: number;
  readonly seed?: number;
  readonly options?: Partial<Omit<CoreOptions, 'rules'>>;
  readonly rules?: Partial<Rules>;
}

export function at(term: number, index: number): LogPosition {
  return { term: asTerm(term), index: asLogIndex(index) };
}

export function command(term: number, index: number, value: JsonValue = `${term}.${index}`): Entry {
  return { ...at(term, index), payload: { type: 'command', value } };
}

export function configurationEntry(term: number, index: number, configuration: Configuration): Entry {
  return { ...at(term, index), payload: { type: 'configuration', configuration } };
}

/** Commands from `from` on, one per term given. */
export function commands(terms: readonly number[], from = 1): Entry[] {
  return terms.map((term, offset) => command(term, from + offset));
}

export function members(
  voters: readonly string[],
  oldVoters: readonly string[] | null = null,
  learners: readonly string[] = [],
): Configuration {
  return {
    voters: voters.map(asNodeId),
    oldVoters: oldVoters?.map(asNodeId) ?? null,
    learners: learners.map(asNodeId),
  };
}

export function optionsOf(setup: Setup): CoreOptions {
  return {
    electionTimeoutMs: T,
    adaptiveTimeout: null,
    electionJitterMs: R,
    heartbeatMs: h,
    retryJitterMs: r,
    successorSlotMs: slot,
    quorumPatience: 1,
    stallGraceMs: 75,
    voteTimeoutMs: null,
    maxAppendEntries: 3,
    ...setup.options,
    rules: { ...standardRules, ...setup.rules },
  };
}

export function stateOf(setup: Setup = {}): RaftState {
  const { voters = ['n1', 'n2', 'n3'] } = setup;
  return createState(
    deepFreeze({
      id: asNodeId(setup.id ?? 'n1'),
      group: 'group',
      incarnation: setup.incarnation ?? 1,
      options: optionsOf(setup),
      configuration:
        voters === null ? noConfiguration : members(voters, setup.oldVoters ?? null, setup.learners ?? []),
      seed: setup.seed ?? 7,
      hardState: {
        currentTerm: asTerm(setup.term ?? 0),
        votedFor: setup.votedFor === undefined ? null : asNodeId(setup.votedFor),
      },
      entries: setup.entries ?? commands(setup.log ?? []),
    }),
  );
}

/** A node that has started as a follower; with a term it has promised T of silence. */
export function follower(setup: Setup = {}): TestNode {
  const node = new TestNode(setup);
  node.start();
  return node;
}

/** A started node whose restart wait, if it had one, is over: only its timer has not been told. */
export function quietFollower(setup: Setup = {}): TestNode {
  const node = follower(setup);
  node.advance(T);
  return node;
}

/** A follower that has just heard `leaderId` lead; in term 1 unless it starts from a later one. */
export function followerOf(leaderId: string, setup: Setup = {}): TestNode {
  const node = follower(setup);
  node.peer(leaderId).appends({ term: Math.max(1, setup.term ?? 0) });
  return node;
}

/** A node that has won its pre-vote, if it needs one, and asks for votes. */
export function candidate(setup: Setup = {}): TestNode {
  const node = follower(setup);
  node.stand();
  return node;
}

/** A leader, elected by every other voter and answered by nobody yet. */
export function leader(setup: Setup = {}): TestNode {
  const node = follower(setup);
  if (node.state.role === 'follower') node.stand();
  for (const peer of node.otherVoters()) if (node.state.role === 'candidate') node.peer(peer).answersVote();
  assert.equal(node.state.role, 'leader');
  return node;
}

export class TestNode {
  readonly state: RaftState;
  /** What `start` did. */
  started: Outcome = new Outcome([]);
  /** Everything done so far. */
  readonly effects: Effect[] = [];
  /** The clocks have different origins, so that taking one for the other shows. */
  nowMs = 1_000_000;
  runningMs = 500;
  #inputs = 0;
  #events = 0;
  #durable: HardState;
  readonly #durableEntries: Entry[];
  readonly #armed: Map<TimerName, SetTimerEffect> = new Map();

  constructor(setup: Setup = {}) {
    this.state = stateOf(setup);
    this.#durable = { currentTerm: this.state.currentTerm, votedFor: this.state.votedFor };
    this.#durableEntries = [...this.state.log.entries];
  }

  get time(): Time {
    return { nowMs: this.nowMs, runningMs: this.runningMs };
  }

  /** A copy of everything the node knows, but for how much it has reported. */
  snapshot(): Omit<RaftState, 'nextEventId'> {
    const { nextEventId: _, ...known } = structuredClone(this.state);
    return known;
  }

  otherVoters(): NodeId[] {
    return otherVoters(configurationInForce(this.state.log).configuration, this.state.id);
  }

  /** Time passes and nothing happens; a node that is not running does not notice. */
  advance(ms: number, runningMs: number = ms): void {
    this.nowMs += ms;
    this.runningMs += runningMs;
  }

  start(): Outcome {
    this.started = this.step({ type: 'start', id: this.#nextInput() });
    return this.started;
  }

  receive(message: Message, arrived: Time = this.time): Outcome {
    return this.step({ type: 'message', id: this.#nextInput(), message, arrived });
  }

  /** Lets the armed timer reach its deadline (time passes, if it has to) and fire. */
  fire(timer: TimerName, waitingContact: Time | null = null): Outcome {
    const armed = this.timer(timer);
    const lateMs = (armed.clock === 'now' ? this.nowMs : this.runningMs) - armed.deadlineMs;
    if (lateMs < 0) this.advance(-lateMs);
    return this.expire(timer, armed.generation, waitingContact);
  }

  /** An expiry, wanted or not, right now. */
  expire(timer: TimerName, generation: number, waitingContact: Time | null = null): Outcome {
    return this.step({ type: 'timer', id: this.#nextInput(), timer, generation, waitingContact });
  }

  propose(value: JsonValue, requestId = 1): Outcome {
    return this.step({ type: 'propose', id: this.#nextInput(), requestId, value });
  }

  storeFails(): Outcome {
    return this.step({ type: 'storeFailed', id: this.#nextInput(), error: 'no space left' });
  }

  exitOf(node: string, about: { readonly term: number; readonly incarnation?: number }): Outcome {
    return this.step({
      type: 'peerExited',
      id: this.#nextInput(),
      node: asNodeId(node),
      incarnation: about.incarnation ?? 1,
      term: asTerm(about.term),
    });
  }

  /** Campaigns until it is a candidate: the election timer fires, and everybody asked would vote for it. */
  stand(): Outcome {
    let outcome = this.fire('election');
    for (const peer of this.otherVoters()) {
      if (this.state.role === 'follower') outcome = this.peer(peer).answersPreVote();
    }
    assert.equal(this.state.role, 'candidate');
    return outcome;
  }

  /** The timer as its driver sees it; it must be armed. */
  timer(timer: TimerName): SetTimerEffect {
    const armed = this.#armed.get(timer);
    assert.ok(armed !== undefined, `${timer} is not armed`);
    return armed;
  }

  armed(): TimerName[] {
    return [...this.#armed.keys()].toSorted();
  }

  /** How long until an armed timer fires. */
  remainingMs(timer: TimerName): number {
    const { deadlineMs, clock } = this.timer(timer);
    return deadlineMs - (clock === 'now' ? this.nowMs : this.runningMs);
  }

  /** What another node says to this one. */
  peer(id: string, incarnation = 1): Peer {
    return new Peer(this, asNodeId(id), incarnation);
  }

  #nextInput(): number {
    this.#inputs += 1;
    return this.#inputs;
  }

  step(input: Input): Outcome {
    const { state } = this;
    const before = { term: state.currentTerm, commit: state.commitIndex, vote: state.votedFor };
    const effects = step(state, deepFreeze(input), deepFreeze(this.time));
    // From here on a write to anything an effect holds throws: nothing mutable is shared with the state.
    deepFreeze(effects);
    this.effects.push(...effects);

    assert.deepEqual(brokenInvariants(state), []);
    assert.ok(state.currentTerm >= before.term, 'a term never goes back');
    assert.ok(state.commitIndex >= before.commit, 'a commit never goes back');
    if (state.currentTerm === before.term && before.vote !== null) assert.equal(state.votedFor, before.vote);
    assert.ok(effects.filter((effect) => effect.type === 'persist' && effect.hardState !== null).length <= 1);
    for (const effect of effects) this.#carryOut(effect, input.id);
    if (state.participating) {
      assert.deepEqual(this.#durable, { currentTerm: state.currentTerm, votedFor: state.votedFor });
      assert.deepEqual(this.#durableEntries, state.log.entries);
    }
    for (const [timer, { armed, generation, deadlineMs }] of Object.entries(state.timers)) {
      const seen = this.#armed.get(timer as TimerName);
      assert.equal(seen !== undefined, armed, `${timer} is armed here and there`);
      if (seen !== undefined) assert.deepEqual([seen.generation, seen.deadlineMs], [generation, deadlineMs]);
    }
    return new Outcome(effects);
  }

  /** What a driver does, up to the checks: writes become durable, sends must show nothing else. */
  #carryOut(effect: Effect, cause: number): void {
    switch (effect.type) {
      case 'persist':
        assert.ok(effect.hardState !== null || effect.truncateFrom !== null || effect.entries.length > 0);
        if (effect.hardState !== null) this.#durable = effect.hardState;
        if (effect.truncateFrom !== null) this.#durableEntries.length = effect.truncateFrom - 1;
        this.#durableEntries.push(...effect.entries);
        return;
      case 'send':
        return this.#checkSent(effect.message);
      case 'setTimer':
        assert.ok(Number.isFinite(effect.deadlineMs));
        if (effect.timer !== 'election')
          assert.equal(effect.clock, effect.timer === 'heartbeat' ? 'now' : 'running');
        this.#armed.set(effect.timer, effect);
        return;
      case 'clearTimer':
        assert.ok(this.#armed.delete(effect.timer), `${effect.timer} was armed`);
        return;
      case 'observe':
        this.#events += 1;
        assert.deepEqual([effect.id, effect.cause], [this.#events, cause]);
        if (effect.event.type === 'committed') assert.ok(this.#durableEntries.length >= effect.event.index);
        return;
      case 'reply':
        if (effect.outcome.type === 'committed')
          assert.ok(this.#durableEntries.length >= effect.outcome.index);
        return;
    }
  }

  #checkSent(message: Message): void {
    const { state } = this;
    const { currentTerm, votedFor } = this.#durable;
    assert.ok(state.participating, 'who takes no part says nothing');
    assert.deepEqual(
      [message.group, message.from, message.incarnation],
      ['group', state.id, state.incarnation],
    );
    assert.notEqual(message.to, state.id);
    assert.equal(message.term, message.type === 'preVoteRequest' ? currentTerm + 1 : currentTerm);
    switch (message.type) {
      case 'voteRequest':
        return assert.equal(votedFor, state.id);
      case 'voteReply':
      case 'preVoteReply':
        assert.equal(message.granted, message.reason === null);
        assert.equal(message.leaseRemainingMs !== null, message.reason === 'leaseLive');
        if (message.type === 'preVoteReply' || !message.granted) return;
        return assert.deepEqual([votedFor, message.requestTerm], [message.to, currentTerm]);
      case 'appendEntriesReply':
        if (message.success)
          assert.ok(this.#durableEntries.length >= message.prevLogIndex + message.entryCount);
        return;
      case 'appendEntries':
      case 'preVoteRequest':
        return;
    }
  }
}

/** The other end of a link. Every method delivers one message and returns what the node did. */
export class Peer {
  readonly #node: TestNode;
  readonly id: NodeId;
  readonly #incarnation: number;

  constructor(node: TestNode, id: NodeId, incarnation: number) {
    this.#node = node;
    this.id = id;
    this.#incarnation = incarnation;
  }

  /** For the term after the node's, with a log like the node's, unless said otherwise. */
  asks(phase: Phase, request: Ask = {}): Outcome {
    const { state } = this.#node;
    return this.#node.receive({
      type: phase === 'preVote' ? 'preVoteRequest' : 'voteRequest',
      ...this.#envelope(),
      term: asTerm(request.term ?? state.currentTerm + 1),
      round: request.round ?? { incarnation: this.#incarnation, counter: 41 },
      lastLog: request.lastLog ?? lastPositionOf(state.log),
    });
  }

  asksPreVote(request?: Ask): Outcome {
    return this.asks('preVote', request);
  }

  asksVote(request?: Ask): Outcome {
    return this.asks('vote', request);
  }

  /** A grant, unless it has a reason, of the round that is open. */
  answers(phase: Phase, answer?: Answer): Outcome {
    return this.#node.receive(phase === 'preVote' ? this.preVoteReply(answer) : this.voteReply(answer));
  }

  answersPreVote(answer?: Answer): Outcome {
    return this.answers('preVote', answer);
  }

  answersVote(answer?: Answer): Outcome {
    return this.answers('vote', answer);
  }

  preVoteReply(answer: Answer = {}): PreVoteReply {
    return { type: 'preVoteReply', ...this.#answer(answer, this.#node.state.currentTerm + 1) };
  }

  voteReply(answer: Answer = {}): VoteReply {
    return { type: 'voteReply', ...this.#answer(answer, this.#node.state.currentTerm) };
  }

  /** A heartbeat of the node's term, unless said otherwise. */
  appends(append: Append = {}, arrived: Time = this.#node.time): Outcome {
    return this.#node.receive(this.appendEntries(append), arrived);
  }

  appendEntries({ term, prev, entries, commit, rank, timeoutMs, sentMs }: Append = {}): AppendEntries {
    return {
      type: 'appendEntries',
      ...this.#envelope(),
      term: asTerm(term ?? this.#node.state.currentTerm),
      prevLog: prev ?? at(0, 0),
      entries: entries ?? [],
      leaderCommit: asLogIndex(commit ?? 0),
      successorRank: rank ?? null,
      electionTimeoutMs: timeoutMs ?? null,
      sent: { nowMs: sentMs ?? this.#node.nowMs, runningMs: sentMs ?? this.#node.nowMs },
    };
  }

  /** Success, unless it has a hint or a higher term. */
  answersAppend(
    request: AppendEntries,
    { hint = null, term = request.term, report = null }: Reply = {},
  ): Outcome {
    return this.#node.receive(this.appendReply(request, { hint, term, report }));
  }

  appendReply(
    request: AppendEntries,
    { hint = null, term = request.term, report = null }: Reply = {},
  ): AppendEntriesReply {
    return {
      type: 'appendEntriesReply',
      ...this.#envelope(),
      term: asTerm(term),
      requestTerm: request.term,
      prevLogIndex: request.prevLog.index,
      entryCount: request.entries.length,
      sent: request.sent,
      success: hint === null && term === request.term,
      hint,
      report,
    };
  }

  #envelope(): Envelope {
    const { id, group } = this.#node.state;
    return { group, from: this.id, to: id, incarnation: this.#incarnation };
  }

  #answer(
    { reason = null, term, leaseMs, round, requestTerm }: Answer,
    openTerm: number,
  ): Omit<VoteReply, 'type'> {
    const { state } = this.#node;
    return {
      ...this.#envelope(),
      term: asTerm(term ?? state.currentTerm),
      requestTerm: asTerm(requestTerm ?? openTerm),
      round: round ?? state.round?.round ?? { incarnation: state.incarnation, counter: state.roundCounter },
      granted: reason === null,
      reason,
      leaseRemainingMs: leaseMs ?? (reason === 'leaseLive' ? T : null),
    };
  }
}

export interface Ask {
  readonly term?: number;
  readonly lastLog?: LogPosition;
  readonly round?: Round;
}

export interface Answer {
  readonly reason?: RefusalReason | null;
  /** The responder's own. */
  readonly term?: number;
  readonly requestTerm?: number;
  readonly leaseMs?: number;
  readonly round?: Round;
}

export interface Append {
  readonly term?: number;
  readonly prev?: LogPosition;
  readonly entries?: readonly Entry[];
  readonly commit?: number;
  readonly rank?: number | null;
  /** T in force, where it adapts. */
  readonly timeoutMs?: number;
  readonly sentMs?: number;
}

export interface Reply {
  readonly hint?: ConflictHint | null;
  readonly term?: number;
  readonly report?: GapReport | null;
}

/** What one step did, sorted. */
export class Outcome {
  readonly effects: readonly Effect[];

  constructor(effects: readonly Effect[]) {
    this.effects = effects;
  }

  get sent(): Message[] {
    return this.#of('send').map(({ message }) => message);
  }

  get writes(): PersistEffect[] {
    return this.#of('persist');
  }

  get events(): CoreEvent[] {
    return this.#of('observe').map(({ event }) => event);
  }

  get replies(): ProposalOutcome[] {
    return this.#of('reply').map(({ outcome }) => outcome);
  }

  /** Every timer armed or cleared, in order: `+election`, `-preVote`. */
  get timers(): string[] {
    return this.effects.flatMap((effect) => {
      if (effect.type === 'setTimer') return [`+${effect.timer}`];
      return effect.type === 'clearTimer' ? [`-${effect.timer}`] : [];
    });
  }

  /** The only event of its type. */
  event<Type extends CoreEvent['type']>(type: Type): Extract<CoreEvent, { type: Type }> {
    return only(
      this.events.filter((event): event is Extract<CoreEvent, { type: Type }> => event.type === type),
      type,
    );
  }

  has(type: CoreEvent['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  /** Every message of a type. */
  all<Type extends Message['type']>(type: Type): Extract<Message, { type: Type }>[] {
    return this.sent.filter((message): message is Extract<Message, { type: Type }> => message.type === type);
  }

  /** The only message of its type (to that peer). */
  message<Type extends Message['type']>(type: Type, to?: string): Extract<Message, { type: Type }> {
    return only(
      this.all(type).filter((message) => to === undefined || message.to === to),
      type,
    );
  }

  #of<Type extends Effect['type']>(type: Type): Extract<Effect, { type: Type }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { type: Type }> => effect.type === type);
  }
}

/** Delivers what the nodes say to each other, oldest first, until all is said; time stands still. */
export function exchange(
  nodes: readonly TestNode[],
  sent: readonly Message[],
  isCut: (from: string, to: string) => boolean = () => false,
): void {
  const onTheWay = [...sent];
  for (let message = onTheWay.shift(); message !== undefined; message = onTheWay.shift()) {
    const { from, to } = message;
    const receiver = nodes.find(({ state }) => state.id === to);
    if (receiver === undefined || isCut(from, to)) continue;
    onTheWay.push(...receiver.receive(message).sent);
  }
}

export function isVotingNode(node: TestNode): boolean {
  return isVoter(configurationInForce(node.state.log).configuration, node.state.id);
}

export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

/** Equal up to what rounding does to a sum of clock readings. */
export function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}

function only<Value>(values: readonly Value[], what: string): Value {
  const [value] = values;
  assert.ok(value !== undefined && values.length === 1, `expected one ${what}, got ${values.length}`);
  return value;
}
