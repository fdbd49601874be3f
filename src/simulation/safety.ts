/**
 * What must never happen, checked while a world runs. After every step the node that stepped is compared with what
 * the whole world has seen so far; every 64th step, and at the end, every node is checked in full. Entries are told
 * apart by identity: in a world they are passed on and never copied. Disks that are not empty in the beginning share theirs.
 */
import { isQuorum } from '../raft/ballot.js';
import type { NodeId } from '../raft/brands.js';
import { isVoter } from '../raft/configuration.js';
import type { Effect, ObserveEffect, PersistEffect, ProposalOutcome } from '../raft/effects.js';
import type { Input } from '../raft/inputs.js';
import { brokenInvariants } from '../raft/invariants.js';
import { configurationInForce, type Entry } from '../raft/log.js';
import type { Message, VoteReply, VoteRequest } from '../raft/messages.js';
import type { RaftState } from '../raft/state.js';
import type { Time } from '../raft/time.js';
import type { Disk, SimulatedNode } from './node.js';
import type { WorldObserver } from './world.js';

/** A rule of the protocol was broken: which one, and how. */
export class SafetyViolation extends Error {
  override readonly name = 'SafetyViolation';
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`);
    this.rule = rule;
  }
}

/** What has been seen of one node, over all its lives. */
interface Witness {
  /** By term. */
  readonly votes: (NodeId | undefined)[];
  incarnation: number;
  term: number;
  commit: number;
  logLength: number;
  wasLeaderOf: number;
  /** On its own clock: until then it has promised to help nobody replace its leader. */
  promisedUntilMs: number;
  /** When the life under way began. */
  bornMs: number;
}

/** An entry as it was first seen, and the term of the one before it. */
interface Sighting {
  readonly entry: Entry;
  readonly previousTerm: number;
}

export class SafetyChecker {
  /** Entries that some node has committed, from index 1. */
  readonly committed: Entry[];
  /** In which term each of them was. */
  readonly #committedIn: number[];
  #steps = 0;
  /** As they were seen to step; by index. */
  readonly #nodes: SimulatedNode[] = [];
  readonly #witnesses: Witness[] = [];
  readonly #leaders: (NodeId | undefined)[] = [];
  /** By index, then by term: the log matching property, one entry at a time. */
  readonly #sightings: Map<number, Sighting>[] = [];
  readonly #acknowledged: { readonly index: number; readonly term: number }[] = [];

  /** @param committed what was committed before the world began, each in its own term */
  constructor(committed: readonly Entry[] = []) {
    this.committed = [...committed];
    this.#committedIn = committed.map(({ term }) => term);
  }

  /** To be given to the world; its methods throw {@link SafetyViolation}. */
  observer(): Required<WorldObserver> {
    return {
      stepped: (node, input, time, effects) => this.#afterStep(node, input, time, effects),
      observed: (node, effect) => this.#afterEvent(node, effect),
      written: (node, write) => this.#afterWrite(node, write),
      replied: (_node, _requestId, outcome) => this.#afterReply(outcome),
      sent: (node, message) => checkFlushed(node, message),
    };
  }

  /** Every node in full, and all that was acknowledged. */
  checkAll(): void {
    for (const node of this.#nodes) this.#checkNode(node);
    for (const { index, term } of this.#acknowledged) {
      if (this.committed[index - 1]?.term !== term) fail('durability', `${term}@${index} was acknowledged`);
    }
  }

  #afterStep(node: SimulatedNode, input: Input, time: Time, effects: readonly Effect[]): void {
    const { state } = node;
    const witness = this.#witnessOf(node);
    if (witness.incarnation !== state.incarnation) beginLife(witness, state, time);
    this.#notePromise(state, input, effects, witness);
    for (const effect of effects) {
      if (effect.type === 'send') checkPromise(state, effect.message, time, witness);
      else if (effect.type === 'persist') this.#checkAppend(node, effect);
      else if (effect.type === 'observe' && effect.event.type === 'exitNoticed') {
        witness.promisedUntilMs = Number.NEGATIVE_INFINITY;
      }
    }
    this.#checkMonotony(node, witness);
    if (state.role === 'leader') this.#checkLeader(state, witness);
    if (state.gaps !== null) this.#checkAuthority(node);
    if (input.type === 'timer' && input.timer === 'quorumCheck')
      checkStillHeard(state, input.generation, time);
    if (!holdsTimers(state)) fail('timers', brokenInvariants(state).join('; '));
    this.#steps += 1;
    if (this.#steps % 64 !== 0) return;
    // Its own effects are yet to be carried out.
    for (const each of this.#nodes) if (each !== node) this.#checkNode(each);
  }

  #afterEvent(node: SimulatedNode, { event }: ObserveEffect): void {
    if (event.type === 'elected') this.#checkCompleteness(node.state);
    else if (event.type === 'committed') this.#checkCommit(node, event.index);
    else if (event.type === 'invariantViolated') throw new SafetyViolation(event.rule, event.detail);
  }

  /** One vote per node and term, over all lives; a term that was durable is never replaced by an earlier one. */
  #afterWrite(node: SimulatedNode, { hardState }: PersistEffect): void {
    if (hardState === null) return;
    const { currentTerm, votedFor } = hardState;
    const { votes } = this.#witnessOf(node);
    const earlier = votes[currentTerm];
    if (currentTerm < votes.length - 1) {
      fail('terms', `${node.id} wrote ${currentTerm} after ${votes.length - 1}`);
    }
    if (earlier !== undefined && earlier !== votedFor) {
      fail('one vote', `${node.id} voted for ${earlier} and ${votedFor} in term ${currentTerm}`);
    }
    votes[currentTerm] = votedFor ?? undefined;
  }

  #afterReply(outcome: ProposalOutcome): void {
    if (outcome.type !== 'committed') return;
    const { index, term } = outcome;
    if (this.committed[index - 1]?.term !== term)
      fail('acknowledgement', `${term}@${index} is not committed`);
    this.#acknowledged.push(outcome);
  }

  #checkMonotony({ id, state }: SimulatedNode, witness: Witness): void {
    const { currentTerm, commitIndex } = state;
    if (currentTerm < witness.term) fail('terms', `${id} went from ${witness.term} to ${currentTerm}`);
    if (commitIndex < witness.commit) fail('commit', `${id} went from ${witness.commit} to ${commitIndex}`);
    witness.term = currentTerm;
    witness.commit = commitIndex;
  }

  /** §5.2 at most one leader per term; §5.3 it never removes from its log. */
  #checkLeader(state: RaftState, witness: Witness): void {
    const { id, currentTerm, log } = state;
    const known = this.#leaders[currentTerm];
    if (known !== undefined && known !== id) {
      fail('election safety', `${known} and ${id} both lead term ${currentTerm}`);
    }
    this.#leaders[currentTerm] = id;
    if (witness.wasLeaderOf === currentTerm && log.entries.length < witness.logLength) {
      fail('leader append-only', `${id} went from ${witness.logLength} to ${log.entries.length} entries`);
    }
    witness.wasLeaderOf = currentTerm;
    witness.logLength = log.entries.length;
  }

  /** §5.3: an index and a term are one entry everywhere, and so is the entry before it. */
  #checkAppend({ id, state, disk }: SimulatedNode, { entries, truncateFrom }: PersistEffect): void {
    if (truncateFrom !== null) {
      const removed = disk.entries[truncateFrom - 1];
      const isCommitted = removed !== undefined && removed === this.committed[truncateFrom - 1];
      // A straggler may lose its copy to a late word of a leader older than the commit: no quorum rests on that copy.
      if (isCommitted && (this.#committedIn[truncateFrom - 1] ?? 0) <= state.currentTerm) {
        fail('durability', `${id} removes committed entry ${truncateFrom}`);
      }
    }
    for (const entry of entries) {
      const previousTerm = state.log.entries[entry.index - 2]?.term ?? 0;
      const byTerm = (this.#sightings[entry.index] ??= new Map<number, Sighting>());
      const seen = byTerm.get(entry.term);
      if (seen === undefined) byTerm.set(entry.term, { entry, previousTerm });
      else if (seen.entry !== entry || seen.previousTerm !== previousTerm) {
        fail('log matching', `${id} holds another ${entry.term}@${entry.index}, or another before it`);
      }
    }
  }

  /** §5.4.3: whoever is elected holds everything that was committed in earlier terms. */
  #checkCompleteness({ id, currentTerm, log }: RaftState): void {
    let last = this.committed.length;
    // A leader of an earlier term, elected late by votes that were long on their way, need not hold them.
    while (last > 0 && (this.#committedIn[last - 1] ?? 0) > currentTerm) last -= 1;
    if (last > 0 && log.entries[last - 1] !== this.committed[last - 1]) {
      fail('leader completeness', `${id}, elected in term ${currentTerm}, lacks committed entry ${last}`);
    }
  }

  /** §5.4.2 and state-machine safety (§5.4.3). */
  #checkCommit(node: SimulatedNode, index: number): void {
    const { id, state } = node;
    const { entries } = state.log;
    this.#checkAgreement(node, index);
    if (index <= this.committed.length) return;
    const entry = entries[index - 1];
    if (state.role !== 'leader') fail('commit', `${id} commits ${index} before any leader did`);
    if (entry?.term !== state.currentTerm) {
      fail(
        'commit by own term',
        `${id} of term ${state.currentTerm} commits ${entry?.term}@${index} by counting`,
      );
    }
    const holders = this.#nodes
      .filter(({ disk }) => disk.entries[index - 1] === entry)
      .map((each) => each.id);
    if (!isQuorum(configurationInForce(state.log).configuration, holders)) {
      fail('commit by quorum', `${id} commits ${index}, which only ${holders.join(' ')} hold`);
    }
    for (let at = this.committed.length; at < index; at += 1) this.#committedIn.push(state.currentTerm);
    this.committed.push(...entries.slice(this.committed.length, index));
  }

  /** Up to here the node and the world hold the same: with log matching, one comparison says so of all before it. */
  #checkAgreement({ id, state }: SimulatedNode, index: number): void {
    const last = Math.min(index, this.committed.length);
    if (last > 0 && state.log.entries[last - 1] !== this.committed[last - 1]) {
      fail('state-machine safety', `${id} commits another entry ${last}`);
    }
  }

  /** The lease (§4.2.3), kept here independently of how the core keeps it. Where T adapts, for the T of the answer. */
  #notePromise(state: RaftState, input: Input, effects: readonly Effect[], witness: Witness): void {
    if (input.type !== 'message' || input.message.type !== 'appendEntries') return;
    const { message, arrived } = input;
    const isFollowed = state.leaderId === message.from && message.term === state.currentTerm;
    if (!isFollowed || !isVoter(configurationInForce(state.log).configuration, state.id)) return;
    const untilMs = arrived.nowMs + (promiseIn(effects) ?? state.options.electionTimeoutMs);
    witness.promisedUntilMs = Math.max(witness.promisedUntilMs, untilMs);
  }

  /**
   * What a leader takes for promised, peer by peer, was promised and holds. On clocks that run alike, of peers in its
   * term, whom no later leader can have released, that have not been restarted since: a restart keeps of an adaptive T no
   * more than the floor.
   */
  #checkAuthority({ id, state, clockRate }: SimulatedNode): void {
    const { configuration } = configurationInForce(state.log);
    for (const { id: peerId, contact, promisedMs } of state.leadership?.peers ?? []) {
      const peer = this.#nodes.find((node) => node?.id === peerId);
      if (peer === undefined || contact === null || !isVoter(configuration, peerId)) continue;
      const { bornMs, promisedUntilMs } = this.#witnessOf(peer);
      if (peer.clockRate !== clockRate || bornMs > contact.nowMs) continue;
      if (peer.state.currentTerm !== state.currentTerm) continue;
      const untilMs = contact.nowMs + promisedMs;
      if (untilMs <= promisedUntilMs) continue;
      fail(
        'authority',
        `${id} counts on ${peerId} until ${untilMs}, which promised until ${promisedUntilMs}`,
      );
    }
  }

  #checkNode(node: SimulatedNode): void {
    const { id, state, disk, up, suspended } = node;
    if (!up || !state.started) return;
    const broken = brokenInvariants(state);
    if (broken.length > 0) fail('node', `${id}: ${broken.join('; ')}`);
    this.#checkAgreement(node, state.commitIndex);
    if (suspended !== null || !state.participating) return;
    const { hardState, entries } = disk;
    if (
      hardState.currentTerm !== state.currentTerm ||
      hardState.votedFor !== state.votedFor ||
      entries.length !== state.log.entries.length ||
      entries.at(-1) !== state.log.entries.at(-1)
    ) {
      fail('disk', `${id} between two turns has not on its disk what it holds`);
    }
  }

  #witnessOf(node: SimulatedNode): Witness {
    const { index, state } = node;
    this.#nodes[index] ??= node;
    return (this.#witnesses[index] ??= {
      votes: [],
      incarnation: state.incarnation,
      term: 0,
      commit: 0,
      logLength: 0,
      wasLeaderOf: 0,
      promisedUntilMs: Number.NEGATIVE_INFINITY,
      bornMs: Number.NEGATIVE_INFINITY,
    });
  }
}

function beginLife(witness: Witness, state: RaftState, { nowMs }: Time): void {
  witness.incarnation = state.incarnation;
  witness.commit = 0;
  witness.wasLeaderOf = 0;
  // A term that never reached the disk may be forgotten; one that did is checked when the next is written.
  witness.term = 0;
  const { adaptiveTimeout, electionTimeoutMs, rules } = state.options;
  if (!rules.restartWait) witness.promisedUntilMs = Number.NEGATIVE_INFINITY;
  else if (adaptiveTimeout !== null)
    witness.promisedUntilMs = Math.min(witness.promisedUntilMs, nowMs + electionTimeoutMs);
  witness.bornMs = nowMs;
}

/** The T that a follower says it has promised; null where T is fixed. */
function promiseIn(effects: readonly Effect[]): number | null {
  for (const effect of effects) {
    if (effect.type === 'send' && effect.message.type === 'appendEntriesReply')
      return effect.message.report?.electionTimeoutMs ?? null;
  }
  return null;
}

/** What a message says of its sender is on the sender's disk (pitfall 5). */
function checkFlushed({ id, disk }: SimulatedNode, message: Message): void {
  const { currentTerm, votedFor } = disk.hardState;
  switch (message.type) {
    case 'preVoteRequest':
      return;
    case 'voteRequest':
    case 'voteReply':
      if (message.type === 'voteReply' && !message.granted) break;
      if (currentTerm === message.term && votedFor === candidateOf(message)) return;
      return fail(
        'flush before send',
        `${id} votes for ${candidateOf(message)} in term ${message.term}, ${held(disk)}`,
      );
    case 'appendEntriesReply':
      if (!message.success || disk.entries.length >= message.prevLogIndex + message.entryCount) break;
      return fail(
        'flush before send',
        `${id} acknowledges ${message.prevLogIndex + message.entryCount}, ${held(disk)}`,
      );
    case 'preVoteReply':
    case 'appendEntries':
  }
  if (message.term > currentTerm)
    fail('flush before send', `${id} shows term ${message.term}, ${held(disk)}`);
}

function candidateOf(vote: VoteRequest | VoteReply): NodeId {
  return vote.type === 'voteRequest' ? vote.from : vote.to;
}

function held({ hardState, entries }: Disk): string {
  return `its disk holds term ${hardState.currentTerm}, vote ${hardState.votedFor ?? '-'} and ${entries.length} entries`;
}

/** No vote, pre-vote or candidacy while a lease is promised. */
function checkPromise(state: RaftState, message: Message, time: Time, witness: Witness): void {
  if (time.nowMs >= witness.promisedUntilMs || !state.options.rules.lease) return;
  const grants = (message.type === 'voteReply' || message.type === 'preVoteReply') && message.granted;
  if (!grants && message.type !== 'voteRequest') return;
  const earlyMs = witness.promisedUntilMs - time.nowMs;
  fail('lease', `${state.id} sends ${message.type} ${earlyMs} ms before its promise ends`);
}

/** §6.2 of the dissertation: whoever still leads when its check has run was answered by a quorum within T. */
function checkStillHeard(state: RaftState, generation: number, { runningMs }: Time): void {
  const { id, leadership, log, timers } = state;
  // An outdated expiry checks nothing.
  if (leadership === null || timers.quorumCheck.generation !== generation + 1) return;
  const extraMs = (state.options.quorumPatience - 1) * state.timeoutMs;
  const isFresh = (at: Time | null, promisedMs: number): boolean =>
    at !== null && runningMs < at.runningMs + promisedMs + extraMs;
  const heard = leadership.peers
    .filter(({ contact, promisedMs }) => isFresh(contact, promisedMs))
    .map((peer) => peer.id);
  if (
    isFresh(leadership.since, leadership.graceMs) ||
    isQuorum(configurationInForce(log).configuration, [id, ...heard])
  )
    return;
  fail('quorum check', `${id} leads on, though only ${heard.join(' ') || 'itself'} answered it within T`);
}

/** The timer invariant of PROTOCOL.md, in the few comparisons that a check after every step can afford. */
function holdsTimers({ timers, role, options, participating, log, id }: RaftState): boolean {
  const { election, preVote, vote, heartbeat, quorumCheck } = timers;
  if (role === 'leader') {
    return (
      heartbeat.armed &&
      quorumCheck.armed === options.rules.quorumCheck &&
      !(election.armed || preVote.armed || vote.armed)
    );
  }
  if (heartbeat.armed || quorumCheck.armed || vote.armed !== (role === 'candidate')) return false;
  if (role === 'candidate' || !participating) return !election.armed && !preVote.armed;
  const isVotingMember = isVoter(configurationInForce(log).configuration, id);
  return isVotingMember ? election.armed !== preVote.armed : !election.armed && !preVote.armed;
}

function fail(rule: string, detail: string): never {
  throw new SafetyViolation(rule, detail);
}
