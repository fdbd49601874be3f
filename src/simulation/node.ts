/** One simulated node: what its thread holds, and what outlives it. */
import { shareOfLane } from '../limits.js';
import type { NodeId, Term } from '../raft/brands.js';
import { asTerm } from '../raft/brands.js';
import type { Effect, HardState, PersistEffect, SetTimerEffect } from '../raft/effects.js';
import type { Input, TimerName } from '../raft/inputs.js';
import type { Entry } from '../raft/log.js';
import { isControlMessage, type Message } from '../raft/messages.js';
import type { RaftState } from '../raft/state.js';
import { laterOf, type Time } from '../raft/time.js';
import type { Scheduled } from './event-queue.js';

/** How many peer messages and proposals may wait in each lane. */
export interface MailboxBounds {
  readonly control: number;
  readonly data: number;
}

/** What is on a node's disk. */
export interface Disk {
  hardState: HardState;
  readonly entries: Entry[];
}

export interface TimerSlot {
  /** What was asked for last; null when cleared or fired. */
  wanted: SetTimerEffect | null;
  /** When the queue looks at this timer next; -1: it does not. Re-arming for later leaves the queue alone. */
  queuedNs: number;
}

/** A turn whose write is under way: the effects from `next` on wait for it. */
export interface SuspendedTurn {
  readonly effects: readonly Effect[];
  readonly next: number;
  readonly write: PersistEffect;
  readonly failed: boolean;
}

/** Something that will reach a node. */
export interface Happening extends Scheduled {
  readonly type: 'deliver' | 'timer' | 'written' | 'resume' | 'exitNotice';
  readonly node: SimulatedNode;
  /** Void when the node has another life by then; a message is for whoever is up. */
  readonly life: number;
  readonly message: Message | null;
  /** Of the message, and how often its link had been cut when it was sent. */
  readonly sender: SimulatedNode | null;
  readonly cuts: number;
  readonly timer: TimerName | null;
  readonly exit: ExitNotice | null;
}

/** What the supervisor tells of a thread that is gone for certain. */
export interface ExitNotice {
  readonly node: NodeId;
  readonly incarnation: number;
  readonly term: Term;
}

export interface SimulatedNode {
  readonly index: number;
  readonly id: NodeId;
  /** Of the life under way or, when down, of the last one. */
  state: RaftState;
  up: boolean;
  /** Grows with each crash and each restart: what was scheduled for an earlier one is void. */
  life: number;
  readonly disk: Disk;
  readonly timers: Readonly<Record<TimerName, TimerSlot>>;
  /** The mailbox: the control lane goes before the data lane. */
  readonly control: Input[];
  readonly data: Input[];
  /** The expiry that came to the front last, and how many contacts are still heard before it. */
  judged: { readonly input: Input; contacts: number } | null;
  /** Peer messages and proposals lost because their lane was full. */
  dropped: number;
  nextInputId: number;
  /** What reached it while its loop stood still, unseen. */
  readonly port: Happening[];
  suspended: SuspendedTurn | null;
  /** Its loop stands still until then; 0: it runs. */
  stalledUntilNs: number;
  stalledSinceNs: number;
  /** Time its running clock has not counted, on its own clock. */
  lostNs: number;
  /** Local time per global time. */
  readonly clockRate: number;
  diskStalledUntilNs: number;
  /** The next write fails. */
  failingDisk: boolean;
  /** Newest term in which it was seen to lead: what an exit notice tells. */
  termSeen: Term;
  /** Messages of this incarnation and earlier ones are dropped: their end was announced. */
  announcedDead: number;
}

export function createNode(index: number, state: RaftState, disk: Disk, clockRate: number): SimulatedNode {
  return {
    index,
    id: state.id,
    state,
    up: true,
    life: 1,
    disk,
    timers: {
      election: { wanted: null, queuedNs: -1 },
      preVote: { wanted: null, queuedNs: -1 },
      vote: { wanted: null, queuedNs: -1 },
      heartbeat: { wanted: null, queuedNs: -1 },
      quorumCheck: { wanted: null, queuedNs: -1 },
    },
    control: [],
    data: [],
    judged: null,
    dropped: 0,
    nextInputId: 1,
    port: [],
    suspended: null,
    stalledUntilNs: 0,
    stalledSinceNs: 0,
    lostNs: 0,
    clockRate,
    diskStalledUntilNs: 0,
    failingDisk: false,
    termSeen: asTerm(0),
    announcedDead: 0,
  };
}

/** The life is over: everything that only its thread held is gone, the disk stays. */
export function endLife(node: SimulatedNode): void {
  node.up = false;
  node.life += 1;
  for (const slot of Object.values(node.timers)) {
    slot.wanted = null;
    slot.queuedNs = -1;
  }
  node.control.length = 0;
  node.data.length = 0;
  node.port.length = 0;
  node.suspended = null;
  node.stalledUntilNs = 0;
  node.failingDisk = false;
}

/** A write has reached the disk. */
export function applyWrite(disk: Disk, write: PersistEffect): void {
  if (write.hardState !== null) disk.hardState = write.hardState;
  if (write.truncateFrom !== null) disk.entries.length = write.truncateFrom - 1;
  disk.entries.push(...write.entries);
}

/** What a thread reads off its own two clocks at a moment of virtual time. */
export function timeAt(node: SimulatedNode, nowNs: number): Time {
  const localNs = nowNs * node.clockRate;
  const nowMs = localNs / 1e6;
  return node.state.options.rules.runningClock
    ? { nowMs, runningMs: (localNs - node.lostNs) / 1e6 }
    : { nowMs, runningMs: nowMs };
}

/** The first nanosecond at which a timer is due: never a fraction too early on the clock it was set on. */
export function dueNs(node: SimulatedNode, timer: SetTimerEffect): number {
  const lostNs = timer.clock === 'running' && node.state.options.rules.runningClock ? node.lostNs : 0;
  let atNs = Math.ceil((timer.deadlineMs * 1e6 + lostNs) / node.clockRate);
  while ((atNs * node.clockRate - lostNs) / 1e6 < timer.deadlineMs) atNs += 1;
  // A loop that does not spin looks at its clock every millisecond; a broadcast has put all of them in step.
  return node.state.options.rules.fineTimers ? atNs : Math.ceil(atNs / 1e6) * 1e6;
}

/**
 * Puts an input behind what waits in its lane. Only peer messages and proposals are ever dropped, where the lane is full,
 * or the share of one of so many peers.
 */
export function enqueue(node: SimulatedNode, input: Input, bounds: MailboxBounds, peers: number): void {
  const { controlLane } = node.state.options.rules;
  const isControl = isControlInput(input);
  const lane = isControl || !controlLane ? node.control : node.data;
  const bound = isControl ? bounds.control : bounds.data;
  // Own timers and notices take nobody's place, and neither does what belongs to the other lane.
  const takesPlace = (other: Input): boolean => isDroppable(other) && isControlInput(other) === isControl;
  const isFull =
    (lane.length >= bound && lane.filter(takesPlace).length >= bound) ||
    isShareTaken(lane, input, isControl, shareOfLane(bound, peers));
  if (isFull && isDroppable(input)) node.dropped += 1;
  else if (controlLane && isHeartbeat(input)) putHeartbeat(lane, input);
  else lane.push(input);
}

function isShareTaken(lane: readonly Input[], input: Input, isControl: boolean, share: number): boolean {
  if (input.type !== 'message' || lane.length < share) return false;
  const { from, type } = input.message;
  const isSame = (other: Input): boolean =>
    other.type === 'message' &&
    other.message.from === from &&
    other.message.type === type &&
    isControlInput(other) === isControl;
  return lane.filter(isSame).length >= share;
}

function isHeartbeat(input: Input): boolean {
  return input.type === 'timer' && input.timer === 'heartbeat';
}

/** A heartbeat that is due waits for nothing but the turn under way, as in a real mailbox. */
function putHeartbeat(lane: Input[], input: Input): void {
  const at = lane.findIndex((other) => isDroppable(other) || isDeposing(other));
  lane.splice(at === -1 ? lane.length : at, 0, input);
}

function isControlInput(input: Input): boolean {
  return input.type === 'message' ? isControlMessage(input.message) : input.type !== 'propose';
}

function isDroppable({ type }: Input): boolean {
  return type === 'message' || type === 'propose';
}

/** The next input to handle, with what an election expiry has to know of the messages behind it. */
export function dequeue(node: SimulatedNode): Input | undefined {
  if (node.control.length === 0 && node.data.length === 0) return undefined;
  const { controlLane, drainBeforeSuspect } = node.state.options.rules;
  const bulk = controlLane ? node.data : node.control;
  const contact = drainBeforeSuspect ? takeContact(node, bulk) : undefined;
  const input = contact ?? node.control.shift() ?? node.data.shift();
  if (!drainBeforeSuspect || input?.type !== 'timer' || input.timer !== 'election') return input;
  const waitingContact = newestWaitingContact(node);
  return waitingContact === null ? input : { ...input, waitingContact };
}

/** What ends a leadership or a candidacy goes behind the contacts that wait by then, in either lane, as in a real mailbox. */
function takeContact(node: SimulatedNode, bulk: Input[]): Input | undefined {
  const { control } = node;
  const [next] = control;
  if (next === undefined || !isDeposing(next)) return undefined;
  if (node.judged?.input !== next) {
    const contacts = [...new Set([control, bulk])].flatMap((lane) => lane.filter(isContact)).length;
    node.judged = { input: next, contacts };
  }
  node.judged.contacts -= 1;
  if (node.judged.contacts < 0) return undefined;
  const lane = control.some(isContact) ? control : bulk;
  const at = lane.findIndex(isContact);
  return at === -1 ? undefined : lane.splice(at, 1)[0];
}

function isDeposing(input: Input): boolean {
  return input.type === 'timer' && (input.timer === 'quorumCheck' || input.timer === 'vote');
}

function isContact(input: Input): boolean {
  if (input.type !== 'message') return false;
  return input.message.type === 'appendEntries' || input.message.type === 'appendEntriesReply';
}

/** The newest arrival among the waiting AppendEntries of the leader that is followed, in either lane. */
function newestWaitingContact(node: SimulatedNode): Time | null {
  let newest: Time | null = null;
  for (const lane of [node.control, node.data]) {
    for (const input of lane) {
      if (input.type !== 'message') continue;
      const { message, arrived } = input;
      if (message.type !== 'appendEntries' || message.term !== node.state.currentTerm) continue;
      if (message.from === node.state.leaderId) newest = newest === null ? arrived : laterOf(newest, arrived);
    }
  }
  return newest;
}
