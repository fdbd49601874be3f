/** What waits for a node: two lanes, control before data, first in first out within each. */
import type { NodeId, Term } from '../raft/brands.js';
import type { JsonValue } from '../raft/log.js';
import { isControlMessage, type Message } from '../raft/messages.js';
import type { Time } from '../raft/time.js';
import type { MailboxBounds } from './protocol.js';
import type { Expiry } from './timers.js';

/** One thing to be handled, and when it arrived. */
export type Mail = { readonly arrived: Time } & (
  | { readonly type: 'start' }
  | { readonly type: 'message'; readonly message: Message; readonly sentMs: number }
  | { readonly type: 'timer'; readonly expiry: Expiry }
  | { readonly type: 'propose'; readonly requestId: number; readonly value: JsonValue }
  | { readonly type: 'storeFailed'; readonly error: string }
  | { readonly type: 'peerExited'; readonly node: NodeId; readonly incarnation: number; readonly term: Term }
);

export type LaneName = keyof MailboxBounds;

/** The lane that such mail waits in. Votes and heartbeats must not queue behind bulk (pitfall 12). */
export function laneOf(mail: Mail): LaneName {
  if (mail.type === 'message') return isControlMessage(mail.message) ? 'control' : 'data';
  return mail.type === 'propose' ? 'data' : 'control';
}

/** Peer messages and proposals may be dropped, as a network would; a node's own mail never is (pitfall 29). */
function isDroppable(mail: Mail): boolean {
  return mail.type === 'message' || mail.type === 'propose';
}

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
    lane.push(mail);
    return true;
  }

  take(): Mail | undefined {
    return this.#lanes.control.shift() ?? this.#lanes.data.shift();
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
