/**
 * Carries out the effects of a turn. What stands behind a `persist` waits for its flush. Between two of them what is sent
 * leaves first, in one message, and the rest follows in its order.
 */
import { messageOf } from '../errors.js';
import type { Effect, PersistEffect, ProposalOutcome } from '../raft/effects.js';
import type { Entry } from '../raft/log.js';
import type { Message } from '../raft/messages.js';
import type { Store } from '../storage/store.js';
import type { EventLoop } from './clock.js';
import type { DiskStall } from './disk-stall.js';
import type { ActorEvent, Cause } from './protocol.js';
import type { Reporter } from './reporter.js';
import type { Timers } from './timers.js';
import type { Transport } from './transport.js';
import type { Witness } from './witness.js';

/** What effects act on. */
export interface Surroundings {
  readonly loop: EventLoop;
  readonly store: Store;
  readonly stall: Pick<DiskStall, 'passed'>;
  readonly timers: Pick<Timers, 'set' | 'clear'>;
  readonly transport: Pick<Transport, 'send'>;
  readonly reporter: Pick<Reporter, 'add'>;
  readonly witness: Pick<Witness, 'flushed' | 'sending'>;
  reply(requestId: number, outcome: ProposalOutcome): void;
}

export class Interpreter {
  readonly #around: Surroundings;
  readonly #flushed: Entry[];

  constructor(around: Surroundings) {
    this.#around = around;
    this.#flushed = [...around.store.initial.entries];
  }

  /** The log as of the last flush. */
  get flushedEntries(): readonly Entry[] {
    return this.#flushed;
  }

  /**
   * Resolves when the turn is finished, to null or to the error of a write that failed. Then nothing that stood
   * behind it was sent or reported, and its proposals were answered as unknown.
   * @param first reported ahead of what the core observed; null: nothing
   */
  async carryOut(
    effects: readonly Effect[],
    cause: Cause,
    handledMs: number,
    first: ActorEvent | null = null,
  ): Promise<string | null> {
    let atMs = handledMs;
    let failure: string | null = null;
    for (let from = 0; from <= effects.length;) {
      const to = nextPersist(effects, from);
      // Who is waited for goes first, others and the disk: what a turn leads to on this thread can wait for them.
      const failed: boolean = failure !== null;
      if (!failed) this.#send(effects.slice(from, to));
      const write = effects[to];
      const flushed: Promise<string | null> | null =
        write?.type === 'persist' && !failed ? this.#flush(write, cause) : null;
      if (from === 0 && first !== null) this.#around.reporter.add(first, cause, handledMs);
      for (let at = from; at < to; at += 1) this.#settle(effects[at], cause, atMs, failed);
      if (flushed !== null) {
        failure = await flushed;
        atMs = this.#around.loop.nowMs();
      }
      from = to + 1;
    }
    return failure;
  }

  #settle(effect: Effect | undefined, cause: Cause, atMs: number, failed: boolean): void {
    const { reporter, timers, reply } = this.#around;
    switch (effect?.type) {
      case 'observe':
        if (!failed) reporter.add(effect.event, cause, atMs);
        break;
      // The core's picture of its timers holds whatever became of the write.
      case 'setTimer':
        timers.set(effect);
        break;
      case 'clearTimer':
        timers.clear(effect.timer);
        break;
      case 'reply':
        reply(effect.requestId, failed ? { type: 'outcomeUnknown' } : effect.outcome);
        break;
      case 'send':
      case 'persist':
      case undefined:
        break;
    }
  }

  #send(effects: readonly Effect[]): void {
    const messages: Message[] = [];
    for (const effect of effects) if (effect.type === 'send') messages.push(effect.message);
    if (messages.length === 0) return;
    const { loop, transport, witness } = this.#around;
    witness.sending(messages);
    transport.send(messages, loop.nowMs());
  }

  async #flush(write: PersistEffect, cause: Cause): Promise<string | null> {
    const { loop, reporter, stall, store, witness } = this.#around;
    const { hardState, truncateFrom, entries } = write;
    const startMs = loop.nowMs();
    try {
      await stall.passed(hardState?.votedFor === null && entries.length === 0);
      await store.write(write);
    } catch (error) {
      return messageOf(error);
    }
    if (hardState !== null) witness.flushed(hardState);
    if (truncateFrom !== null) this.#flushed.length = truncateFrom - 1;
    this.#flushed.push(...entries);
    const nowMs = loop.nowMs();
    reporter.add(
      {
        type: 'written',
        durationMs: nowMs - startMs,
        hardState: hardState !== null,
        entries: entries.length,
      },
      cause,
      nowMs,
    );
    return null;
  }
}

/** Where the next write stands, or the end. */
function nextPersist(effects: readonly Effect[], from: number): number {
  let at = from;
  while (at < effects.length && effects[at]?.type !== 'persist') at += 1;
  return at;
}
