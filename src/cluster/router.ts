/** Carries messages between the nodes, over links that may be bad. Knows ids and lives, and of Raft only entries. */
import type { Ledger } from '../actor/ledger.js';
import type { LineEnd } from '../actor/line.js';
import type { Delivery } from '../actor/protocol.js';
import { maxDelayedMessages } from '../limits.js';
import type { NodeId } from '../raft/brands.js';
import type { Message } from '../raft/messages.js';
import { createRandom, type RandomState } from '../raft/random.js';
import type { SetAlarm } from './alarm.js';
import { DelayLine } from './delay-line.js';
import { decideFates, isPerfect, perfectLink, type ResolvedLinkPolicy } from './link.js';
import { emptyMeter, readMeter, type Meter, type RouterMetrics } from './meter.js';
import { deriveSeed } from './seeds.js';
import type { Wiring } from './wiring.js';

export type RejectionReason = 'spoofedSender' | 'unknownAddressee' | 'malformed';

/** Where the router gets its time from, and whom it tells. */
export interface RouterSurroundings {
  readonly nowMs: () => number;
  readonly setAlarm: SetAlarm;
  /** Something from this node was not fit to be carried. Comes with each such message. */
  readonly onRejected: (node: NodeId, reason: RejectionReason, detail: string) => void;
  /** How long a batch waited for its turn. Comes with each batch. */
  readonly onLag: (lagMs: number) => void;
}

/** One direction between two nodes. */
interface Link {
  readonly from: NodeId;
  readonly to: NodeId;
  policy: ResolvedLinkPolicy;
  readonly random: RandomState;
  /** When the last message that keeps its order is due: none that is sent later overtakes it. */
  lastDueMs: number;
}

/** The life of a node that is connected now: what the router needs of it. */
export interface Station {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly ledger: Pick<Ledger, 'sentDirect'>;
  deliver(deliveries: readonly Delivery[]): void;
  join(end: LineEnd): void;
}

/** A message whose sender and addressee are known to be nodes. */
interface Carried {
  readonly link: Link;
  readonly delivery: Delivery;
}

/** One thread owns it; nothing here waits. */
export class Router {
  readonly #links = new Map<NodeId, Map<NodeId, Link>>();
  readonly #stations = new Map<NodeId, Station>();
  readonly #surroundings: RouterSurroundings;
  readonly #underWay: DelayLine<Carried>;
  readonly #meter: Meter = emptyMeter();
  readonly #wiring: Wiring | null;

  /** @param wiring lays direct lines past this router; null: everything is routed */
  constructor(
    ids: readonly NodeId[],
    seed: number,
    surroundings: RouterSurroundings,
    wiring: Wiring | null = null,
  ) {
    this.#wiring = wiring;
    this.#surroundings = surroundings;
    this.#underWay = new DelayLine(surroundings.setAlarm, (due) => this.#deliver(due));
    ids.forEach((from, row) => {
      const others = ids.map((to, column): [NodeId, Link] => {
        const random = createRandom(deriveSeed(seed, row, column));
        return [to, { from, to, policy: perfectLink, random, lastDueMs: 0 }];
      });
      this.#links.set(from, new Map(others.filter(([to]) => to !== from)));
    });
  }

  /** A life begins: from now on it is who this id is. It waits for nothing that earlier ones sent or were sent. */
  connect(station: Station): void {
    const { id } = station;
    for (const link of this.#everyLink()) if (link.from === id || link.to === id) link.lastDueMs = 0;
    this.#stations.delete(id);
    this.#rewire(id);
    this.#stations.set(id, station);
    this.#rewire(id);
  }

  /**
   * Nothing from or to this life passes any more, whatever is under way. A later life is not touched.
   * @returns false when it was not connected
   */
  disconnect(id: NodeId, incarnation: number): boolean {
    const station = this.#stations.get(id);
    if (station?.incarnation !== incarnation) return false;
    this.#stations.delete(id);
    this.#rewire(id);
    this.#meter.direct += station.ledger.sentDirect;
    return true;
  }

  /** What one life of `sender` posted, parsed no further than that it is a list. */
  route(sender: NodeId, incarnation: number, messages: readonly unknown[], sentMs: number): void {
    const nowMs = this.#surroundings.nowMs();
    this.#measure(messages.length, Math.max(0, nowMs - sentMs));
    const station = this.#stations.get(sender);
    if (station === undefined || station.incarnation !== incarnation) {
      this.#meter.dropped.dead += messages.length;
      return;
    }
    const atOnce: Carried[] = [];
    for (const message of messages) {
      const link = this.#linkOf(sender, incarnation, message);
      if (link === null) continue;
      const delivery = { message: message as Message, sentMs };
      this.#send({ link, delivery }, nowMs, atOnce);
    }
    this.#deliver(atOnce);
  }

  /** Both ids are known and different. */
  linkBetween(from: NodeId, to: NodeId): ResolvedLinkPolicy {
    return this.#link(from, to)?.policy ?? perfectLink;
  }

  /**
   * What is under way arrives when it is due, in order, unless the link is cut now: then it is lost. What takes a direct
   * line from now on overtakes it.
   */
  setLink(from: NodeId, to: NodeId, policy: ResolvedLinkPolicy): void {
    const link = this.#link(from, to);
    if (link === undefined) return;
    link.policy = policy;
    this.#rewirePair(from, to);
    if (!policy.cut) return;
    this.#meter.dropped.cut += this.#underWay.remove((carried) => carried.link === link);
    link.lastDueMs = 0;
  }

  /** Cuts or joins one direction and leaves the rest of its policy alone. */
  setCut(from: NodeId, to: NodeId, cut: boolean): void {
    const policy = this.linkBetween(from, to);
    if (policy.cut !== cut) this.setLink(from, to, Object.freeze({ ...policy, cut }));
  }

  /** Every link is perfect again. What is under way arrives when it is due, and may be overtaken. */
  heal(): void {
    for (const link of this.#everyLink()) {
      link.policy = perfectLink;
      link.lastDueMs = 0;
    }
    for (const id of this.#links.keys()) this.#rewire(id);
  }

  /** Starts the next span of what is measured between two readings. */
  metrics(): RouterMetrics {
    const { direct } = this.#meter;
    const live = [...this.#stations.values()].map(({ ledger }) => ledger.sentDirect);
    return {
      ...readMeter(this.#meter, this.#underWay.size),
      direct: live.reduce((sum, sent) => sum + sent, direct),
    };
  }

  /** Forgets what is under way. */
  close(): void {
    this.#underWay.clear();
    for (const { id, incarnation } of this.#stations.values()) this.disconnect(id, incarnation);
  }

  #linkOf(sender: NodeId, incarnation: number, message: unknown): Link | null {
    if (!isAddressed(message)) return this.#reject(sender, 'malformed', typeof message);
    if (message.from !== sender || message.incarnation !== incarnation) {
      return this.#reject(sender, 'spoofedSender', `${message.from}, life ${message.incarnation}`);
    }
    return this.#links.get(sender)?.get(message.to) ?? this.#reject(sender, 'unknownAddressee', message.to);
  }

  #reject(sender: NodeId, reason: RejectionReason, detail: string): null {
    this.#meter.dropped.rejected += 1;
    this.#surroundings.onRejected(sender, reason, detail);
    return null;
  }

  #send(carried: Carried, nowMs: number, atOnce: Carried[]): void {
    const { link } = carried;
    if (link.policy.cut) {
      this.#meter.dropped.cut += 1;
      return;
    }
    if (link.policy.entriesLost && carriesEntries(carried.delivery.message)) {
      this.#meter.dropped.lost += 1;
      return;
    }
    const fates = decideFates(link.policy, link.random);
    if (fates.length === 0) this.#meter.dropped.lost += 1;
    for (const { delayMs, reordered } of fates) {
      const dueMs = reordered ? nowMs + delayMs : Math.max(nowMs + delayMs, link.lastDueMs);
      if (!reordered) link.lastDueMs = dueMs;
      if (dueMs <= nowMs) atOnce.push(carried);
      else if (this.#underWay.size < maxDelayedMessages) this.#underWay.add(carried, dueMs);
      else this.#meter.dropped.overflow += 1;
    }
  }

  /** One post per addressee. What was disconnected since the message left is lost with it. */
  #deliver(carried: readonly Carried[]): void {
    const batches = new Map<Station, Delivery[]>();
    for (const { link, delivery } of carried) {
      const to = this.#stations.get(link.to);
      const from = this.#stations.get(link.from);
      if (to === undefined || from?.incarnation !== delivery.message.incarnation) {
        this.#meter.dropped.dead += 1;
      } else {
        this.#meter.routed += 1;
        const batch = batches.get(to);
        if (batch === undefined) batches.set(to, [delivery]);
        else batch.push(delivery);
      }
    }
    for (const [station, deliveries] of batches) station.deliver(deliveries);
  }

  #measure(messages: number, lagMs: number): void {
    this.#meter.arrived += messages;
    this.#meter.lagSumMs += lagMs * messages;
    this.#meter.maxLagMs = Math.max(this.#meter.maxLagMs, lagMs);
    this.#meter.maxDepth = Math.max(this.#meter.maxDepth, messages + this.#underWay.size);
    this.#surroundings.onLag(lagMs);
  }

  #rewire(id: NodeId): void {
    for (const other of this.#links.keys()) if (other !== id) this.#rewirePair(id, other);
  }

  /** A line where both are there and nothing is to happen to what they say; otherwise none. */
  #rewirePair(a: NodeId, b: NodeId): void {
    const [first, second] = [this.#stations.get(a), this.#stations.get(b)];
    const isClear = isPerfect(this.linkBetween(a, b)) && isPerfect(this.linkBetween(b, a));
    if (first !== undefined && second !== undefined && isClear) this.#wiring?.lay(first, second);
    else
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const)
        this.#takeLine(from, to);
  }

  /** What is under way on it is lost, for the reason that took it away. */
  #takeLine(from: NodeId, to: NodeId): void {
    const lost = this.#wiring?.take(from, to) ?? 0;
    const isDead = !this.#stations.has(from) || !this.#stations.has(to);
    const { cut } = this.linkBetween(from, to);
    this.#meter.dropped[isDead ? 'dead' : cut ? 'cut' : 'line'] += lost;
    this.#meter.direct -= lost;
  }

  #everyLink(): Link[] {
    return [...this.#links.values()].flatMap((links) => [...links.values()]);
  }

  #link(from: NodeId, to: NodeId): Link | undefined {
    return this.#links.get(from)?.get(to);
  }
}

/** Its sender is trusted with no more than here: a list that is none carries nothing. */
function carriesEntries(message: Message): boolean {
  return message.type === 'appendEntries' && Array.isArray(message.entries) && message.entries.length > 0;
}

/** The types count: what is told of a message that is not carried is put into text. */
function isAddressed(message: unknown): message is Pick<Message, 'from' | 'to' | 'incarnation'> {
  return (
    typeof message === 'object' &&
    message !== null &&
    'from' in message &&
    typeof message.from === 'string' &&
    'incarnation' in message &&
    typeof message.incarnation === 'number' &&
    'to' in message &&
    typeof message.to === 'string'
  );
}
