/**
 * A seeded world around the unchanged core: nodes, links and disks in virtual time. It is the second interpreter of
 * effects beside the actor, and keeps the same contract: turns are serial, a turn ends when its last write is
 * durable, nothing overtakes a write. Same options, same calls: same history, on every engine.
 */
import { asTerm, type NodeId } from '../raft/brands.js';
import type { Configuration } from '../raft/configuration.js';
import type {
  Effect,
  HardState,
  ObserveEffect,
  PersistEffect,
  ProposalOutcome,
  SetTimerEffect,
} from '../raft/effects.js';
import type { Input, TimerName } from '../raft/inputs.js';
import { invariant } from '../raft/invariant.js';
import type { Entry, JsonValue } from '../raft/log.js';
import type { Message } from '../raft/messages.js';
import type { CoreOptions } from '../raft/options.js';
import { createRandom, drawUint32, type RandomState } from '../raft/random.js';
import { createState, type RaftState } from '../raft/state.js';
import { step } from '../raft/step.js';
import type { Time } from '../raft/time.js';
import { drawDelayNs, type Delay } from '../delay.js';
import { EventQueue } from './event-queue.js';
import {
  createLink,
  drawArrivalNs,
  goodPolicy,
  happens,
  setPolicy,
  type Link,
  type LinkPolicy,
} from './links.js';
import {
  applyWrite,
  createNode,
  dequeue,
  dueNs,
  endLife,
  enqueue,
  timeAt,
  type Disk,
  type ExitNotice,
  type Happening,
  type MailboxBounds,
  type SimulatedNode,
} from './node.js';

/** What a node may find on its disk when it first starts. */
export interface InitialDisk {
  readonly hardState: HardState;
  readonly entries: readonly Entry[];
}

export interface WorldOptions {
  readonly seed: number;
  /** Boots every node; all its members exist. */
  readonly configuration: Configuration;
  readonly core: CoreOptions;
  /** Of every link, until `setLink`. */
  readonly linkDelay: Delay;
  /** Of every write. A fixed 0 ends the write at once. */
  readonly storeDelay: Delay;
  /** Of writes that only adopt a term, with no vote and no entry in them; where not given, as any other. */
  readonly termStoreDelay?: Delay;
  /** From a thread's end to its notice at the peers. Only a crash gives one. */
  readonly exitNoticeDelayMs: number;
  readonly mailbox: MailboxBounds;
  /** Lag of the event loops: how often something that reaches a node finds its loop late, and how late. */
  readonly loopLag?: { readonly probability: number; readonly delay: Delay };
  /** How fast clocks run, where not truly: local time per true time, near 1. */
  readonly clockRates?: ReadonlyMap<NodeId, number>;
  /** What is on the disks before the first start; empty where not given. */
  readonly disks?: ReadonlyMap<NodeId, InitialDisk>;
}

/** Called while the world runs; must not change it. All optional, and free when absent. */
export interface WorldObserver {
  /** After each step, before its effects are carried out. */
  readonly stepped?: (node: SimulatedNode, input: Input, time: Time, effects: readonly Effect[]) => void;
  /** An `observe` effect was reached: what stands before it in its turn is durable. */
  readonly observed?: (node: SimulatedNode, effect: ObserveEffect) => void;
  readonly written?: (node: SimulatedNode, write: PersistEffect) => void;
  readonly replied?: (node: SimulatedNode, requestId: number, outcome: ProposalOutcome) => void;
  /** `arrivalNs` is -1 for a message that is lost. */
  readonly sent?: (node: SimulatedNode, message: Message, arrivalNs: number) => void;
}

const emptyHardState: HardState = Object.freeze({ currentTerm: asTerm(0), votedFor: null });

export class World {
  readonly options: WorldOptions;
  readonly nodes: readonly SimulatedNode[];
  readonly observer: WorldObserver;
  /** Draws everything that is chance, but what the nodes draw from their own. */
  readonly random: RandomState;
  /** Turns taken so far, over all nodes. */
  steps = 0;
  #nowNs = 0;
  readonly #queue = new EventQueue<Happening>();
  readonly #links: readonly Link[];
  readonly #indexOf: ReadonlyMap<NodeId, number>;

  /** Every node is up and has taken its `start` when this returns. */
  constructor(options: WorldOptions, observer: WorldObserver = {}) {
    this.options = options;
    this.observer = observer;
    this.random = createRandom(options.seed);
    const ids = membersOf(options.configuration);
    this.#indexOf = new Map(ids.map((id, index) => [id, index]));
    const policy = goodPolicy(options.linkDelay);
    this.#links = Array.from({ length: ids.length ** 2 }, () => createLink(policy));
    this.nodes = ids.map((id, index) => {
      const found = options.disks?.get(id);
      const disk: Disk = {
        hardState: found?.hardState ?? emptyHardState,
        entries: [...(found?.entries ?? [])],
      };
      const clockRate = options.clockRates?.get(id) ?? 1;
      return createNode(index, this.#createState(id, 1, disk), disk, clockRate);
    });
    for (const node of this.nodes) this.#start(node);
  }

  get nowMs(): number {
    return this.#nowNs / 1e6;
  }

  get nowNs(): number {
    return this.#nowNs;
  }

  /** @throws InvariantError when there is no such node. */
  node(id: NodeId): SimulatedNode {
    const node = this.nodes[this.#indexOf.get(id) ?? -1];
    invariant(node !== undefined, () => `no node ${id} in this world`);
    return node;
  }

  /** The node that leads the newest term, among those that are up. */
  leader(): SimulatedNode | undefined {
    let newest: SimulatedNode | undefined;
    for (const node of this.nodes) {
      if (!node.up || node.state.role !== 'leader') continue;
      if (newest === undefined || node.state.currentTerm > newest.state.currentTerm) newest = node;
    }
    return newest;
  }

  /**
   * Lets everything happen that is due in the next `forMs`; stops behind the first event after which `until` holds.
   * @returns whether `until` did.
   */
  run(forMs: number, until?: () => boolean): boolean {
    const endNs = this.#nowNs + Math.round(forMs * 1e6);
    while (this.#queue.nextNs <= endNs) {
      const event = this.#queue.pop();
      if (event === undefined) break;
      this.#nowNs = event.atNs;
      this.#happen(event);
      if (until?.() === true) return true;
    }
    this.#nowNs = endNs;
    return false;
  }

  /** Hands a client's value to a node; its reply carries `requestId`. False: the node is down or its lane full. */
  propose(id: NodeId, value: JsonValue, requestId = 0): boolean {
    const node = this.node(id);
    if (!node.up) return false;
    const { dropped } = node;
    const input: Input = { type: 'propose', id: inputId(node), requestId, value };
    // A loop that stands still handles it when it runs again.
    if (node.stalledUntilNs > this.#nowNs) this.#enqueue(node, input);
    else this.#accept(node, input);
    return node.dropped === dropped;
  }

  /**
   * Ends a node's life now. A write under way is lost, or kept when `keepWrite` says so; what was durable stays.
   * The peers get an exit notice after `exitNoticeDelayMs`.
   */
  crash(id: NodeId, keepWrite = false): void {
    const node = this.node(id);
    if (!node.up) return;
    if (keepWrite && node.suspended !== null) applyWrite(node.disk, node.suspended.write);
    endLife(node);
    const exit = { node: id, incarnation: node.state.incarnation, term: node.termSeen };
    const atNs = this.#nowNs + Math.round(this.options.exitNoticeDelayMs * 1e6);
    for (const peer of this.nodes) {
      if (peer !== node && peer.up) this.#schedule(atNs, 'exitNotice', peer, null, null, 0, null, exit);
    }
  }

  /** Starts the next life of a node that is down, from its disk. */
  restart(id: NodeId): void {
    const node = this.node(id);
    if (node.up) return;
    node.state = this.#createState(id, node.state.incarnation + 1, node.disk);
    node.up = true;
    node.life += 1;
    node.nextInputId = 1;
    node.lostNs = 0;
    this.#start(node);
  }

  /** The node's loop stands still: its timers fire late, its messages are read late, its running clock stops. */
  stall(id: NodeId, forMs: number): void {
    const node = this.node(id);
    if (!node.up) return;
    if (node.stalledUntilNs === 0) node.stalledSinceNs = this.#nowNs;
    node.stalledUntilNs = Math.max(node.stalledUntilNs, this.#nowNs + Math.round(forMs * 1e6));
    this.#schedule(node.stalledUntilNs, 'resume', node);
  }

  /** Writes that begin from now on end no sooner than after this time. */
  stallDisk(id: NodeId, forMs: number): void {
    this.node(id).diskStalledUntilNs = this.#nowNs + Math.round(forMs * 1e6);
  }

  /** The node's next write fails, and with it its part in this life. */
  failDisk(id: NodeId): void {
    this.node(id).failingDisk = true;
  }

  /** Writes work from now on. A node that has seen one fail must be restarted all the same. */
  mendDisk(id: NodeId): void {
    const node = this.node(id);
    node.failingDisk = false;
    node.diskStalledUntilNs = 0;
  }

  /** Puts a message on its link, as if its sender had just sent it: to begin in the middle of a story. */
  inject(message: Message): void {
    this.#send(this.node(message.from), message);
  }

  setLink(from: NodeId, to: NodeId, policy: Partial<LinkPolicy>): void {
    const link = this.#link(this.node(from).index, this.node(to).index);
    setPolicy(link, { ...link.policy, ...policy });
  }

  /** Every link as in the beginning; nodes and disks are left as they are. */
  heal(): void {
    const policy = goodPolicy(this.options.linkDelay);
    for (const link of this.#links) setPolicy(link, policy);
  }

  #happen(event: Happening): void {
    const { node, type } = event;
    if (!node.up || (event.life !== node.life && type !== 'deliver')) return;
    if (type === 'deliver' && this.#isLostOnTheWay(event)) return;
    if (node.stalledUntilNs === 0 && type !== 'resume') this.#lag(node);
    if (node.stalledUntilNs > this.#nowNs) node.port.push(event);
    else if (type === 'resume') this.#resume(node);
    else if (type === 'written') this.#finishWrite(node);
    else if (type === 'timer') this.#expire(event);
    else this.#accept(node, this.#arrivalOf(event));
  }

  #lag(node: SimulatedNode): void {
    const { loopLag } = this.options;
    if (loopLag === undefined || !happens(loopLag.probability, this.random)) return;
    this.stall(node.id, drawDelayNs(loopLag.delay, this.random) / 1e6);
  }

  /** A link may have been cut, or the sender's end announced, while a message was on its way. */
  #isLostOnTheWay({ node, message, sender, cuts }: Happening): boolean {
    if (message === null || sender === null) return true;
    return message.incarnation <= sender.announcedDead || this.#link(sender.index, node.index).cuts !== cuts;
  }

  /** The input that a message or a notice becomes when its thread reads it. */
  #arrivalOf({ node, message, exit }: Happening): Input {
    const id = inputId(node);
    if (message !== null) return { type: 'message', id, message, arrived: timeAt(node, this.#nowNs) };
    invariant(exit !== null, 'an arrival is a message or a notice');
    const exited = this.node(exit.node);
    exited.announcedDead = Math.max(exited.announcedDead, exit.incarnation);
    return { type: 'peerExited', id, ...exit };
  }

  /** The loop runs again: what had arrived is read first, then the timers are looked at (pitfall 1). */
  #resume(node: SimulatedNode): void {
    const { heartbeatMs, rules } = node.state.options;
    const tickNs = Math.max(1, heartbeatMs / 4) * 1e6;
    const gapNs = (this.#nowNs - node.stalledSinceNs) * node.clockRate;
    if (rules.runningClock && gapNs > tickNs + 2e6) node.lostNs += gapNs - tickNs;
    node.stalledUntilNs = 0;
    if (!rules.drainBeforeSuspect) this.#expireFirst(node);
    const seen = node.port.splice(0);
    for (const event of seen) {
      if (event.type === 'deliver' || event.type === 'exitNotice')
        this.#enqueue(node, this.#arrivalOf(event));
      if (event.type === 'timer' && event.timer !== null) node.timers[event.timer].queuedNs = -1;
    }
    for (const { wanted } of Object.values(node.timers)) if (wanted !== null) this.#arm(node, wanted);
    if (seen.some(({ type }) => type === 'written')) this.#finishWrite(node);
    else if (node.suspended === null) this.#takeTurns(node, dequeue(node));
  }

  /** An event loop that nobody drains for has it so: its expired timers come before what arrived earlier. */
  #expireFirst(node: SimulatedNode): void {
    for (const { wanted } of Object.values(node.timers)) {
      if (wanted !== null && dueNs(node, wanted) <= this.#nowNs) this.#enqueue(node, expiryOf(node, wanted));
    }
  }

  #expire({ node, timer, atNs }: Happening): void {
    invariant(timer !== null, 'an expiry names its timer');
    const slot = node.timers[timer];
    if (slot.queuedNs !== atNs) return;
    slot.queuedNs = -1;
    const { wanted } = slot;
    if (wanted === null) return;
    if (dueNs(node, wanted) > this.#nowNs) {
      this.#arm(node, wanted);
      return;
    }
    this.#accept(node, expiryOf(node, wanted));
  }

  #accept(node: SimulatedNode, input: Input): void {
    if (node.suspended === null) this.#takeTurns(node, input);
    else this.#enqueue(node, input);
  }

  #enqueue(node: SimulatedNode, input: Input): void {
    enqueue(node, input, this.options.mailbox, this.nodes.length - 1);
  }

  /** Turns, one after the other, until the mailbox is empty or one of them waits for its write. */
  #takeTurns(node: SimulatedNode, first: Input | undefined): void {
    for (let input = first; input !== undefined; input = dequeue(node)) {
      this.steps += 1;
      const time = timeAt(node, this.#nowNs);
      const effects = step(node.state, input, time);
      this.observer.stepped?.(node, input, time, effects);
      if (!this.#carryOut(node, effects, 0)) return;
    }
  }

  /** Returns false when the rest of the turn waits for a write. */
  #carryOut(node: SimulatedNode, effects: readonly Effect[], from: number): boolean {
    for (let next = from; next < effects.length; next += 1) {
      const effect = effects[next];
      if (effect === undefined) break;
      switch (effect.type) {
        case 'send':
          this.#send(node, effect.message);
          break;
        case 'setTimer':
          node.timers[effect.timer].wanted = effect;
          this.#arm(node, effect);
          break;
        case 'clearTimer':
          node.timers[effect.timer].wanted = null;
          break;
        case 'observe':
          this.observer.observed?.(node, effect);
          break;
        case 'reply':
          this.observer.replied?.(node, effect.requestId, effect.outcome);
          break;
        case 'persist':
          if (!this.#write(node, effect)) {
            node.suspended = { effects, next: next + 1, write: effect, failed: node.failingDisk };
            return false;
          }
      }
    }
    return true;
  }

  /** Returns true when the write ended at once. */
  #write(node: SimulatedNode, write: PersistEffect): boolean {
    const { storeDelay, termStoreDelay = storeDelay } = this.options;
    const adoptsOnly = write.hardState?.votedFor === null && write.entries.length === 0;
    const durationNs = drawDelayNs(adoptsOnly ? termStoreDelay : storeDelay, this.random);
    const endNs = Math.max(this.#nowNs + durationNs, node.diskStalledUntilNs);
    if (endNs > this.#nowNs || node.failingDisk) {
      this.#schedule(endNs, 'written', node);
      return false;
    }
    this.#writeIsDurable(node, write);
    return true;
  }

  #finishWrite(node: SimulatedNode): void {
    const turn = node.suspended;
    invariant(turn !== null, 'a write ends in the turn that began it');
    node.suspended = null;
    if (turn.failed) {
      this.#takeTurns(node, { type: 'storeFailed', id: inputId(node), error: 'simulated failure' });
      return;
    }
    this.#writeIsDurable(node, turn.write);
    if (this.#carryOut(node, turn.effects, turn.next)) this.#takeTurns(node, dequeue(node));
  }

  #writeIsDurable(node: SimulatedNode, write: PersistEffect): void {
    applyWrite(node.disk, write);
    this.observer.written?.(node, write);
  }

  #send(node: SimulatedNode, message: Message): void {
    if (message.type === 'appendEntries') node.termSeen = message.term;
    const to = this.node(message.to);
    const link = this.#link(node.index, to.index);
    const arrivalNs = drawArrivalNs(link, this.#nowNs, this.random);
    this.observer.sent?.(node, message, arrivalNs);
    if (arrivalNs < 0) return;
    this.#schedule(arrivalNs, 'deliver', to, message, node, link.cuts);
    if (!happens(link.policy.duplication, this.random)) return;
    const againNs = this.#nowNs + drawDelayNs(link.policy.delay, this.random);
    this.#schedule(againNs, 'deliver', to, message, node, link.cuts);
  }

  /** Never in the instant of the call, so that time moves however often a timer is armed again. */
  #arm(node: SimulatedNode, timer: SetTimerEffect): void {
    const slot = node.timers[timer.timer];
    const atNs = Math.max(dueNs(node, timer), this.#nowNs + 1);
    if (slot.queuedNs >= 0 && slot.queuedNs <= atNs) return;
    slot.queuedNs = atNs;
    this.#schedule(atNs, 'timer', node, null, null, 0, timer.timer);
  }

  #schedule(
    atNs: number,
    type: Happening['type'],
    node: SimulatedNode,
    message: Message | null = null,
    sender: SimulatedNode | null = null,
    cuts = 0,
    timer: TimerName | null = null,
    exit: ExitNotice | null = null,
  ): void {
    this.#queue.push({ atNs, order: 0, type, node, life: node.life, message, sender, cuts, timer, exit });
  }

  #start(node: SimulatedNode): void {
    this.#takeTurns(node, { type: 'start', id: inputId(node) });
  }

  #createState(id: NodeId, incarnation: number, disk: Disk): RaftState {
    const { configuration, core } = this.options;
    const seed = drawUint32(this.random);
    const { hardState, entries } = disk;
    return createState({
      id,
      group: 'world',
      incarnation,
      options: core,
      configuration,
      seed,
      hardState,
      entries,
    });
  }

  #link(from: number, to: number): Link {
    const link = this.#links[from * this.nodes.length + to];
    invariant(link !== undefined, () => `no link ${from} → ${to}`);
    return link;
  }
}

/** Takes it off its slot. */
function expiryOf(node: SimulatedNode, { timer, generation }: SetTimerEffect): Input {
  node.timers[timer].wanted = null;
  return { type: 'timer', id: inputId(node), timer, generation, waitingContact: null };
}

function inputId(node: SimulatedNode): number {
  node.nextInputId += 1;
  return node.nextInputId - 1;
}

/** Voters, old voters and learners, each once. */
function membersOf({ voters, oldVoters, learners }: Configuration): NodeId[] {
  return [...new Set([...voters, ...(oldVoters ?? []), ...learners])];
}
