/**
 * What waits for a node: two lanes, control before data, first in first out within each but for its beginning, exit
 * notices, its own heartbeats, and contacts that an expiry would otherwise depose somebody in spite of.
 */
import type { NodeId, Term } from '../raft/brands.js';
import type { Rules } from '../raft/options.js';
import type { Time } from '../raft/time.js';
import {
  isContact,
  isDeposing,
  isDroppable,
  isHeartbeat,
  isJudged,
  laneOf,
  type LaneName,
  type Mail,
} from './mail.js';
import type { MailboxBounds } from './protocol.js';
import { Shares } from './shares.js';

export class Mailbox {
  readonly #bounds: MailboxBounds;
  readonly #rules: MailboxRules;
  readonly #lanes: Readonly<Record<LaneName, Lane>>;
  readonly #tallies: Readonly<Record<LaneName, Tally>> = { control: emptyTally(), data: emptyTally() };
  readonly #shares: Readonly<Record<LaneName, Shares>>;
  /** The expiry that came to the front last, and how many contacts are still heard before it. */
  #judged: { readonly mail: Mail; contacts: number } | null = null;

  /** @param peers how many others may write to it */
  constructor(bounds: MailboxBounds, peers: number, rules: MailboxRules) {
    this.#bounds = bounds;
    this.#rules = rules;
    this.#shares = { control: new Shares(bounds.control, peers), data: new Shares(bounds.data, peers) };
    const lane = new Lane();
    // Without the rule one lane is both, and the order is that of arrival.
    this.#lanes = { control: lane, data: rules.controlLane ? new Lane() : lane };
  }

  /** False: its lane is full, or its sender's share of it, and it was dropped and counted. */
  offer(mail: Mail): boolean {
    const name = laneOf(mail);
    const lane = this.#lanes[name];
    const tally = this.#tallies[name];
    if (isDroppable(mail) && this.#isFull(name, mail)) {
      tally.dropped += 1;
      return false;
    }
    tally.waiting += 1;
    tally.maxWaiting = Math.max(tally.maxWaiting, tally.waiting);
    if (isDroppable(mail)) tally.droppable += 1;
    if (mail.type === 'message') this.#shares[name].entered(mail.message);
    const isLater = this.#overtakes(mail);
    if (isLater === null) lane.push(mail);
    else lane.insertBefore(isLater, mail);
    return true;
  }

  /** What it goes before, wherever that waits in its lane; null: it goes last. */
  #overtakes(mail: Mail): ((other: Mail) => boolean) | null {
    // A proposal may have come before its node took part.
    if (mail.type === 'start') return () => true;
    // Over a direct line, a request by who heard of the exit first may be read before the notice that lets it through.
    if (mail.type === 'peerExited') return isDroppable;
    // However much has come in, a heartbeat that is due waits for nothing but the turn under way: neither for messages,
    // nor for what hears them out first.
    if (!this.#rules.controlLane || !isHeartbeat(mail)) return null;
    return (other) => isDroppable(other) || isDeposing(other);
  }

  /**
   * The next to be handled. What ends a leadership or a candidacy goes behind the contacts that wait by then, in either
   * lane: who was heard must not be deposed because a flush took long.
   */
  take(): Mail | undefined {
    const { control, data } = this.#lanes;
    const contact = this.#hearsContact() ? (control.remove(isContact) ?? data.remove(isContact)) : undefined;
    const mail = contact ?? control.shift() ?? data.shift();
    if (mail !== undefined) this.#left(mail);
    return mail;
  }

  /** The next in the control lane is an expiry that may end something. */
  get isJudgedNext(): boolean {
    const { first } = this.#lanes.control;
    return first?.type === 'timer' && isJudged(first.expiry.timer);
  }

  /** Drops what a peer's life that is over, or an earlier one, has left here. */
  forget(node: NodeId, incarnation: number): void {
    const isOver = (mail: Mail): boolean =>
      mail.type === 'message' && mail.message.from === node && mail.message.incarnation <= incarnation;
    for (const lane of Object.values(this.#lanes)) {
      for (let mail = lane.remove(isOver); mail !== undefined; mail = lane.remove(isOver)) this.#left(mail);
    }
  }

  /** The newest arrival, in either lane, of an AppendEntries of this leader and term that still waits; null: none does. */
  newestWaitingContact(leaderId: NodeId, term: Term): Time | null {
    if (!this.#rules.drainBeforeSuspect) return null;
    const { control, data } = this.#lanes;
    const inControl = control.newestContact(leaderId, term, null);
    return data.newestContact(leaderId, term, inControl);
  }

  get counts(): { control: number; data: number; droppedControl: number; droppedData: number } {
    const { control, data } = this.#tallies;
    return {
      control: control.waiting,
      data: data.waiting,
      droppedControl: control.dropped,
      droppedData: data.dropped,
    };
  }

  /** For how long the one has waited that has waited longest, at this moment of the shared clock; 0: nothing waits. */
  ageMs(nowMs: number): number {
    const { control, data } = this.#lanes;
    return nowMs - Math.min(control.first?.arrived.nowMs ?? nowMs, data.first?.arrived.nowMs ?? nowMs);
  }

  /** The most that waited at once since this was last asked, what waits now included. */
  takeMaxWaiting(): Record<LaneName, number> {
    const { control, data } = this.#tallies;
    const most = { control: control.maxWaiting, data: data.maxWaiting };
    for (const tally of [control, data]) tally.maxWaiting = tally.waiting;
    return most;
  }

  /** Of what comes after a deposing expiry has come to the front, nothing puts it off: no flood does so for ever. */
  #hearsContact(): boolean {
    const { control, data } = this.#lanes;
    const { first } = control;
    if (first === undefined || !isDeposing(first) || !this.#rules.drainBeforeSuspect) return false;
    if (this.#judged?.mail !== first) {
      const lanes = new Set([control, data]);
      const contacts = [...lanes].reduce((sum, lane) => sum + lane.count(isContact), 0);
      this.#judged = { mail: first, contacts };
    }
    this.#judged.contacts -= 1;
    return this.#judged.contacts >= 0;
  }

  #isFull(name: LaneName, mail: Mail): boolean {
    if (this.#tallies[name].droppable >= this.#bounds[name]) return true;
    return mail.type === 'message' && this.#shares[name].isTaken(mail.message);
  }

  #left(mail: Mail): void {
    const name = laneOf(mail);
    const tally = this.#tallies[name];
    tally.waiting -= 1;
    if (isDroppable(mail)) tally.droppable -= 1;
    if (mail.type === 'message') this.#shares[name].left(mail.message);
  }
}

export type MailboxRules = Pick<Rules, 'controlLane' | 'drainBeforeSuspect'>;

/** What belongs to one lane, counted; {@link isDroppable} mail apart, since the bound is on that alone. */
interface Tally {
  waiting: number;
  droppable: number;
  dropped: number;
  maxWaiting: number;
}

function emptyTally(): Tally {
  return { waiting: 0, droppable: 0, dropped: 0, maxWaiting: 0 };
}

/** A queue over an array: what was taken is cut off in bulk, so that taking stays cheap. */
class Lane {
  #mails: Mail[] = [];
  #taken = 0;

  get first(): Mail | undefined {
    return this.#mails[this.#taken];
  }

  count(isWanted: (mail: Mail) => boolean): number {
    let count = 0;
    for (let at = this.#taken; at < this.#mails.length; at += 1) {
      const mail = this.#mails[at];
      if (mail !== undefined && isWanted(mail)) count += 1;
    }
    return count;
  }

  /** Takes the first of this kind out of the row. */
  remove(isWanted: (mail: Mail) => boolean): Mail | undefined {
    for (let at = this.#taken; at < this.#mails.length; at += 1) {
      const mail = this.#mails[at];
      if (mail === undefined || !isWanted(mail)) continue;
      this.#mails.splice(at, 1);
      return mail;
    }
    return undefined;
  }

  /** Puts what is not droppable before the first of this kind, or last when there is none. */
  insertBefore(isLater: (mail: Mail) => boolean, mail: Mail): void {
    const at = this.#mails.findIndex((other, place) => place >= this.#taken && isLater(other));
    this.#mails.splice(at === -1 ? this.#mails.length : at, 0, mail);
  }

  push(mail: Mail): void {
    this.#mails.push(mail);
  }

  shift(): Mail | undefined {
    const mail = this.#mails[this.#taken];
    if (mail === undefined) return undefined;
    this.#taken += 1;
    if (this.#taken * 2 >= this.#mails.length) {
      this.#mails = this.#mails.slice(this.#taken);
      this.#taken = 0;
    }
    return mail;
  }

  newestContact(leaderId: NodeId, term: Term, known: Time | null): Time | null {
    let newest = known;
    for (let at = this.#taken; at < this.#mails.length; at += 1) {
      const mail = this.#mails[at];
      if (mail?.type !== 'message' || mail.message.type !== 'appendEntries') continue;
      if (mail.message.from !== leaderId || mail.message.term !== term) continue;
      if (newest === null || mail.arrived.nowMs > newest.nowMs) newest = mail.arrived;
    }
    return newest;
  }
}
