/**
 * Carries out the effects of a turn, in order. What stands behind a `persist` waits for its flush; what stands
 * before it leaves at once, in one message.
 */
import { messageOf } from '../errors.js';
import type { Effect, PersistEffect, ProposalOutcome } from '../raft/effects.js';
import type { Entry } from '../raft/log.js';
import type { Message } from '../raft/messages.js';
import type { Store } from '../storage/store.js';
import type { EventLoop } from './clock.js';
import type { DiskStall } from './disk-stall.js';
import type { Cause } from './protocol.js';
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
   */
  async carryOut(effects: readonly Effect[], cause: Cause, handledMs: number): Promise<string | null> {
    const { reporter, timers, reply } = this.#around;
    let outgoing: Message[] = [];
    let atMs = handledMs;
    let failure: string | null = null;
    for (const effect of effects) {
      switch (effect.type) {
        case 'persist':
          if (failure !== null) break;
          this.#send(outgoing);
          outgoing = [];
          failure = await this.#flush(effect, cause);
          atMs = this.#around.loop.nowMs();
          break;
        case 'send':
          if (failure === null) outgoing.push(effect.message);
          break;
        case 'observe':
          if (failure === null) reporter.add(effect.event, cause, atMs);
          break;
        // The core's picture of its timers holds whatever became of the write.
        case 'setTimer':
          timers.set(effect);
          break;
        case 'clearTimer':
          timers.clear(effect.timer);
          break;
        case 'reply':
          reply(effect.requestId, failure === null ? effect.outcome : { type: 'outcomeUnknown' });
          break;
      }
    }
    this.#send(outgoing);
    return failure;
  }

  #send(messages: readonly Message[]): void {
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
