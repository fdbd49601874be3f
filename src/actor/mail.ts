/** What can wait for a node, and what becomes of it: an input of the core, and the cause of what that leads to. */
import type { NodeId, Term } from '../raft/brands.js';
import type { Input, TimerName } from '../raft/inputs.js';
import type { JsonValue } from '../raft/log.js';
import { isControlMessage, type Message } from '../raft/messages.js';
import type { Time } from '../raft/time.js';
import type { Cause, MailboxBounds } from './protocol.js';
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
export function isDroppable(mail: Mail): boolean {
  return mail.type === 'message' || mail.type === 'propose';
}

/** An expiry that ends a leadership or a candidacy. An election timer's is judged by {@link inputOf}'s contact instead. */
export function isDeposing(mail: Mail): boolean {
  return mail.type === 'timer' && (mail.expiry.timer === 'quorumCheck' || mail.expiry.timer === 'vote');
}

/** Whether its expiry may end something, so that what has arrived is looked at first. */
export function isJudged(timer: TimerName): boolean {
  return timer !== 'heartbeat';
}

/** A heartbeat that is due: it says nothing that depends on what waits. */
export function isHeartbeat(mail: Mail): boolean {
  return mail.type === 'timer' && mail.expiry.timer === 'heartbeat';
}

/** What shows that a leader lives, or that a quorum answers it. */
export function isContact(mail: Mail): boolean {
  if (mail.type !== 'message') return false;
  return mail.message.type === 'appendEntries' || mail.message.type === 'appendEntriesReply';
}

/** @param waitingContact for an election timer's expiry, see `Input` */
export function inputOf(mail: Mail, id: number, waitingContact: Time | null): Input {
  switch (mail.type) {
    case 'start':
      return { type: 'start', id };
    case 'message':
      return { type: 'message', id, message: mail.message, arrived: mail.arrived };
    case 'timer': {
      const { timer, generation } = mail.expiry;
      return { type: 'timer', id, timer, generation, waitingContact };
    }
    case 'propose':
      return { type: 'propose', id, requestId: mail.requestId, value: mail.value };
    case 'storeFailed':
      return { type: 'storeFailed', id, error: mail.error };
    case 'peerExited':
      return { type: 'peerExited', id, node: mail.node, incarnation: mail.incarnation, term: mail.term };
  }
}

/** @param mail null: what is reported comes from the actor itself and not from an input */
export function causeOf(mail: Mail | null, id: number, handledMs: number): Cause {
  const message = mail?.type === 'message' ? mail.message : null;
  const expiry = mail?.type === 'timer' ? mail.expiry : null;
  return {
    id,
    kind: mail === null ? 'driver' : mail.type === 'message' ? mail.message.type : mail.type,
    deadlineMs: expiry?.deadlineMs ?? null,
    timer: expiry?.timer ?? null,
    from: message?.from ?? null,
    sentMs: mail?.type === 'message' ? mail.sentMs : null,
    arrivedMs: mail?.arrived.nowMs ?? null,
    handledMs,
  };
}
