/** The open-loop writers of the election benchmark, in virtual time: the same beats and guesses as `Clients` on threads. */
import { drawDelayNs, type Delay } from '../delay.js';
import type { NodeId } from '../raft/brands.js';
import type { ProposalOutcome } from '../raft/effects.js';
import type { RandomState } from '../raft/random.js';
import { EventQueue, type Scheduled } from '../simulation/event-queue.js';
import type { World } from '../simulation/world.js';
import { LeaderGuess, type Acknowledged, type ClientLoad } from './clients.js';

/** What the calls of a client take, each way, and until the end of a thread is known. */
export interface CallTimes {
  readonly delay: Delay;
  readonly exitMs: number;
}

/** Something that clients do, or learn, in its time. */
interface Appointment extends Scheduled {
  readonly keep: () => void;
}

/** A write under way. */
interface Call {
  readonly guess: LeaderGuess;
  readonly to: NodeId;
  readonly sentMs: number;
}

/** They write from when they are made. The world moves by `run` from then on, and tells its replies to `replied`. */
export class SimulatedClients {
  readonly #world: World;
  readonly #times: CallTimes;
  readonly #random: RandomState;
  readonly #agenda = new EventQueue<Appointment>();
  readonly #calls = new Map<number, Call>();
  readonly #acknowledged: Acknowledged[] = [];
  /** 0 is what a world calls a proposal that nobody waits for. */
  #lastRequestId = 0;

  /** @param leader whom they ask first */
  constructor(world: World, load: ClientLoad, leader: NodeId, times: CallTimes, random: RandomState) {
    this.#world = world;
    this.#times = times;
    this.#random = random;
    const ids = world.nodes.map(({ id }) => id);
    for (let i = 0; i < load.count; i += 1) {
      const guess = new LeaderGuess(ids, leader, world.options.core.electionTimeoutMs);
      const beat = (): void => {
        this.#in(load.intervalMs, beat);
        this.#write(guess);
      };
      this.#in((i * load.intervalMs) / load.count, beat);
    }
  }

  /** As the world's own, with the clients at work. */
  run(forMs: number, until: () => boolean = () => false): boolean {
    const world = this.#world;
    const endMs = world.nowMs + forMs;
    for (;;) {
      const nextMs = this.#agenda.nextNs / 1e6;
      if (nextMs > endMs) return world.run(endMs - world.nowMs, until);
      if (world.run(Math.max(0, nextMs - world.nowMs), until)) return true;
      this.#agenda.pop()?.keep();
      if (until()) return true;
    }
  }

  /** To be told of every reply of the world. */
  replied(requestId: number, outcome: ProposalOutcome): void {
    this.#inOneWay(() => this.#answer(requestId, outcome));
  }

  /** The thread of this node has ended: who waits for it learns that. */
  ended(id: NodeId): void {
    this.#in(this.#times.exitMs, () => {
      for (const [requestId, { to }] of this.#calls) if (to === id) this.#answer(requestId, nobody);
    });
  }

  /** The first acknowledgement of a write sent after `sentAfterMs`, by a leader of a term after `afterTerm`. */
  first(sentAfterMs: number, afterTerm: number): Acknowledged | null {
    const counts = ({ sentMs, term }: Acknowledged): boolean => sentMs > sentAfterMs && term > afterTerm;
    return this.#acknowledged.find(counts) ?? null;
  }

  #write(guess: LeaderGuess): void {
    const world = this.#world;
    const sentMs = world.nowMs;
    const to = guess.ask(sentMs);
    this.#lastRequestId += 1;
    const requestId = this.#lastRequestId;
    this.#calls.set(requestId, { guess, to, sentMs });
    if (!world.node(to).up) this.#answer(requestId, nobody);
    else {
      // A full mailbox refuses it, which says nothing of who leads; of a thread that ends meanwhile `ended` tells.
      this.#inOneWay(() => world.propose(to, null, requestId));
    }
  }

  #answer(requestId: number, outcome: ProposalOutcome): void {
    const call = this.#calls.get(requestId);
    if (call === undefined) return;
    this.#calls.delete(requestId);
    const { guess, to, sentMs } = call;
    switch (outcome.type) {
      case 'committed':
        guess.acknowledged(to);
        this.#acknowledged.push({ sentMs, ackedMs: this.#world.nowMs, term: outcome.term });
        break;
      case 'notLeader':
        guess.refused(to, outcome.leaderId);
        break;
      case 'outcomeUnknown':
      case 'storeFailed':
        guess.refused(to, null);
        break;
      case 'leaderUnconfirmed':
        break;
    }
  }

  #inOneWay(keep: () => void): void {
    this.#in(drawDelayNs(this.#times.delay, this.#random) / 1e6, keep);
  }

  #in(delayMs: number, keep: () => void): void {
    this.#agenda.push({ atNs: this.#world.nowNs + Math.round(delayMs * 1e6), order: 0, keep });
  }
}

const nobody: ProposalOutcome = { type: 'notLeader', leaderId: null };
