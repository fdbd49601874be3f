/**
 * One election after another, each in a world of its own that begins with the leader's last heartbeats and ends when
 * every survivor knows the next leader: what a crash costs, tens of thousands of times a second.
 */
import { asLogIndex, asNodeId, asTerm, type NodeId, type Term } from '../raft/brands.js';
import type { Configuration } from '../raft/configuration.js';
import type { ObserveEffect } from '../raft/effects.js';
import { invariant } from '../raft/invariant.js';
import type { Entry } from '../raft/log.js';
import type { CoreOptions } from '../raft/options.js';
import { createRandom, drawBetween, drawUint32 } from '../raft/random.js';
import type { Delay } from '../delay.js';
import type { SimulatedNode } from './node.js';
import { World, type InitialDisk, type WorldObserver } from './world.js';

export interface ElectionSetting {
  /** n: the dead leader included; at least 3. */
  readonly voters: number;
  /** Others that are dead from the beginning. Default 0. */
  readonly alsoDead?: number;
  /**
   * e: how many of the survivors can win. Default all, with equal logs. Otherwise all their logs differ, each longer
   * than the one before, so that those with too short a log are refused by too many.
   */
  readonly electable?: number;
  readonly core: CoreOptions;
  readonly linkDelay: Delay;
  readonly storeDelay: Delay;
  /** From the end of the leader's thread to its notice at the peers; for settings with that rule. Default 0. */
  readonly exitNoticeDelayMs?: number;
}

/** What one crash cost, in ms from the crash. */
export interface SimulatedElection {
  readonly electedMs: number;
  readonly readyMs: number;
  /** Every survivor has accepted the new leader's first AppendEntries. */
  readonly knownMs: number;
  /** How far the term moved: 1 is the least. */
  readonly termSteps: number;
  readonly steps: number;
}

/** What a run is given beside its setting. */
export interface ElectionContext {
  /** Called with the world before anything happens in it. */
  readonly began?: (world: World) => void;
  /** Sees everything that the survivors observe; `world` counts its time from the heartbeats. */
  readonly observed?: (world: World, node: SimulatedNode, effect: ObserveEffect) => void;
  /** More observers for the world, checks for example. */
  readonly observer?: WorldObserver;
}

/** In ms: later than any election. */
const never = 1e9;

/** Who leads, and crashes. */
export const leaderId: NodeId = asNodeId('n1');
export const firstTerm: Term = asTerm(1);

/** Heartbeats are sent, and the crash follows at a phase uniform in [0, h). Nobody else ever crashes. */
export class ElectionSimulator {
  readonly #setting: ElectionSetting;
  readonly #configuration: Configuration;
  readonly #entries: readonly Entry[];
  readonly survivors: readonly NodeId[];
  readonly #disks: ReadonlyMap<NodeId, InitialDisk>;
  readonly #random;

  constructor(setting: ElectionSetting, seed: number) {
    const ids = Array.from({ length: setting.voters }, (_, at) => asNodeId(`n${at + 1}`));
    this.#setting = setting;
    this.#configuration = { voters: ids, oldVoters: null, learners: [] };
    this.#entries = createEntries(this.#configuration);
    this.survivors = ids.slice(1, ids.length - (setting.alsoDead ?? 0));
    this.#disks = new Map(ids.map((id, at) => [id, this.#diskOf(at)]));
    this.#random = createRandom(seed);
  }

  /** What the dead leader had committed. */
  get committed(): readonly Entry[] {
    return this.#entries.slice(0, 1);
  }

  /** When the crash came, on the world's clock: what its observers' times are counted from. */
  crashedAtMs = 0;

  run(context: ElectionContext = {}): SimulatedElection {
    const { core, linkDelay, storeDelay, exitNoticeDelayMs = 0 } = this.#setting;
    const moments = { elected: 0, ready: 0, known: 0, term: 0, knowing: 0 };
    let running: World | null = null;
    const observed = (node: SimulatedNode, effect: ObserveEffect): void => {
      if (running === null) return;
      noteMoment(moments, running.nowMs, effect);
      context.observed?.(running, node, effect);
    };
    const world = new World(
      {
        seed: drawUint32(this.#random),
        configuration: this.#configuration,
        core,
        linkDelay,
        storeDelay,
        // Where nobody listens to a notice, none is given: it would take the leader's last words off their way.
        exitNoticeDelayMs: core.rules.exitNotice ? exitNoticeDelayMs : never,
        mailbox: { control: 1024, data: 1024 },
        disks: this.#disks,
      },
      { ...context.observer, observed },
    );
    running = world;
    context.began?.(world);
    for (const { id } of world.nodes) if (id !== leaderId && !this.survivors.includes(id)) world.crash(id);
    if (core.rules.exitNotice) this.#introduceLeader(world);
    world.run(this.#sendHeartbeats(world));
    this.crashedAtMs = world.nowMs;
    world.crash(leaderId);
    const isOver = (): boolean => moments.knowing === this.survivors.length - 1 && moments.ready > 0;
    const over = world.run(1000 * (core.electionTimeoutMs + core.electionJitterMs), isOver);
    invariant(over, 'a group with a quorum elects within a thousand timeouts');
    return {
      electedMs: moments.elected - this.crashedAtMs,
      readyMs: moments.ready - this.crashedAtMs,
      knownMs: moments.known - this.crashedAtMs,
      termSteps: moments.term - firstTerm,
      steps: world.steps,
    };
  }

  /** A notice is taken only of a leader that is followed: it must not overtake the first that is heard of it. */
  #introduceLeader(world: World): void {
    this.survivors.forEach((to, at) => this.#heartbeat(world, to, this.#rankOf(at)));
    world.run(this.#setting.core.heartbeatMs);
  }

  /** The leader's last ones. Returns after how long it crashes, a moment at random before the next. */
  #sendHeartbeats(world: World): number {
    const { heartbeatMs, rules } = this.#setting.core;
    const peers = this.#setting.voters - 1;
    if (rules.broadcastHeartbeats) {
      this.survivors.forEach((to, at) => this.#heartbeat(world, to, this.#rankOf(at)));
      return drawBetween(this.#random, 0, heartbeatMs);
    }
    // Whose turn was the last one, chance decides; the dead had theirs, too.
    const first = Math.floor(drawBetween(this.#random, 0, peers));
    for (let turn = 0; turn < peers; turn += 1) {
      if (turn > 0) world.run(heartbeatMs / peers);
      const at = (first + turn) % peers;
      const to = this.survivors[at];
      if (to !== undefined) this.#heartbeat(world, to, this.#rankOf(at));
    }
    return drawBetween(this.#random, 0, heartbeatMs / peers);
  }

  /** As a leader that has heard them all, and nobody else for long, would rank them: by the length of their logs. */
  #rankOf(at: number): number | null {
    const { core, electable } = this.#setting;
    if (!core.rules.rankedSuccessors) return null;
    return electable === undefined ? at : this.survivors.length - 1 - at;
  }

  #heartbeat(world: World, to: NodeId, successorRank: number | null): void {
    const first = asLogIndex(1);
    world.inject({
      type: 'appendEntries',
      group: world.node(to).state.group,
      from: leaderId,
      to,
      incarnation: 1,
      term: firstTerm,
      prevLog: { term: firstTerm, index: first },
      entries: [],
      leaderCommit: first,
      successorRank,
      electionTimeoutMs: null,
      sent: { nowMs: world.nowMs, runningMs: world.nowMs },
    });
  }

  /** Everybody voted for the leader and has its first entry; where not all can win, survivor k has k more. */
  #diskOf(at: number): InitialDisk {
    const length = this.#setting.electable === undefined ? 1 : 1 + at;
    return {
      hardState: { currentTerm: firstTerm, votedFor: leaderId },
      entries: this.#entries.slice(0, length),
    };
  }
}

/** Shared by all disks, as entries are: a world tells them apart by identity. */
function createEntries(configuration: Configuration): Entry[] {
  return configuration.voters.map((_, at) => ({
    index: asLogIndex(at + 1),
    term: firstTerm,
    payload: at === 0 ? { type: 'configuration', configuration } : { type: 'command', value: at },
  }));
}

/** The last leader counts: one that was deposed before all knew it was no end. */
function noteMoment(
  moments: { elected: number; ready: number; known: number; term: number; knowing: number },
  nowMs: number,
  { event }: ObserveEffect,
): void {
  if (event.type === 'elected') {
    moments.elected = nowMs;
    moments.term = event.term;
    moments.knowing = 0;
    moments.ready = 0;
  } else if (event.type === 'leaderKnown' && event.term === moments.term) {
    moments.knowing += 1;
    moments.known = nowMs;
  } else if (event.type === 'ready') {
    moments.ready = nowMs;
  }
}
