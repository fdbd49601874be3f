/** What waits for a node: two lanes, control before data, first in first out within each but for exit notices. */
import type { NodeId, Term } from '../raft/brands.js';
import type { Time } from '../raft/time.js';
import { isContact, isDeposing, isDroppable, laneOf, type LaneName, type Mail } from './mail.js';
import type { MailboxBounds } from './protocol.js';

export class Mailbox {
  readonly #bounds: MailboxBounds;
  readonly #lanes: Readonly<Record<LaneName, Lane>> = { control: new Lane(), data: new Lane() };

  constructor(bounds: MailboxBounds) {
    this.#bounds = bounds;
  }

  /** False: its lane is full, and it was dropped and counted. */
  offer(mail: Mail): boolean {
    const name = laneOf(mail);
    const lane = this.#lanes[name];
    if (isDroppable(mail) && lane.droppable >= this.#bounds[name]) {
      lane.dropped += 1;
      return false;
    }
    // Over a direct line, a request by who heard of the exit first may be read before the notice that lets it through.
    if (mail.type === 'peerExited') lane.insertBefore(isDroppable, mail);
    else lane.push(mail);
    return true;
  }

  /**
   * The next to be handled. What ends a leadership or a candidacy goes behind the contacts that wait in the other
   * lane: who was heard in time must not be deposed because a flush took long.
   */
  take(): Mail | undefined {
    const { control, data } = this.#lanes;
    const contact = isDeposing(control.first) ? data.remove(isContact) : undefined;
    return contact ?? control.shift() ?? data.shift();
  }

  /** The next in the control lane is an expiry. */
  get isExpiryNext(): boolean {
    return this.#lanes.control.first?.type === 'timer';
  }

  /** Drops what a peer's life that is over, or an earlier one, has left here. */
  forget(node: NodeId, incarnation: number): void {
    const isOver = (mail: Mail): boolean =>
      mail.type === 'message' && mail.message.from === node && mail.message.incarnation <= incarnation;
    for (const lane of Object.values(this.#lanes)) while (lane.remove(isOver) !== undefined);
  }

  /** The newest arrival, in either lane, of an AppendEntries of this leader and term that still waits. */
  newestWaitingContact(leaderId: NodeId, term: Term): Time | null {
    let newest: Time | null = null;
    for (const lane of Object.values(this.#lanes)) {
      for (const mail of lane.waiting()) {
        if (mail.type !== 'message' || mail.message.type !== 'appendEntries') continue;
        if (mail.message.from !== leaderId || mail.message.term !== term) continue;
        if (newest === null || mail.arrived.nowMs > newest.nowMs) newest = mail.arrived;
      }
    }
    return newest;
  }

  get counts(): { control: number; data: number; droppedControl: number; droppedData: number } {
    const { control, data } = this.#lanes;
    return {
      control: control.length,
      data: data.length,
      droppedControl: control.dropped,
      droppedData: data.dropped,
    };
  }
}

/** A queue over an array: what was taken is cut off in bulk, so that taking stays cheap. */
class Lane {
  #mails: Mail[] = [];
  #taken = 0;
  droppable = 0;
  dropped = 0;

  get length(): number {
    return this.#mails.length - this.#taken;
  }

  get first(): Mail | undefined {
    return this.#mails[this.#taken];
  }

  /** Takes the first of this kind out of the row. */
  remove(isWanted: (mail: Mail) => boolean): Mail | undefined {
    for (let at = this.#taken; at < this.#mails.length; at += 1) {
      const mail = this.#mails[at];
      if (mail === undefined || !isWanted(mail)) continue;
      this.#mails.splice(at, 1);
      if (isDroppable(mail)) this.droppable -= 1;
      return mail;
    }
    return undefined;
  }

  /** Puts what is not droppable before the first of this kind, or last when there is none. */
  insertBefore(isLater: (mail: Mail) => boolean, mail: Mail): void {
    const ahead = this.#mails.slice(this.#taken).findIndex(isLater);
    this.#mails.splice(ahead === -1 ? this.#mails.length : this.#taken + ahead, 0, mail);
  }

  push(mail: Mail): void {
    this.#mails.push(mail);
    if (isDroppable(mail)) this.droppable += 1;
  }

  shift(): Mail | undefined {
    const mail = this.#mails[this.#taken];
    if (mail === undefined) return undefined;
    this.#taken += 1;
    if (isDroppable(mail)) this.droppable -= 1;
    if (this.#taken * 2 >= this.#mails.length) {
      this.#mails = this.#mails.slice(this.#taken);
      this.#taken = 0;
    }
    return mail;
  }

  *waiting(): Generator<Mail> {
    for (let at = this.#taken; at < this.#mails.length; at += 1) {
      const mail = this.#mails[at];
      if (mail !== undefined) yield mail;
    }
  }
}
