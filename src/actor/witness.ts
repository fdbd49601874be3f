/** Evidence for those who check from outside that a vote is on disk before anybody hears of it. Off unless asked for. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { ElectorateError, messageOf } from '../errors.js';
import type { HardState } from '../raft/effects.js';
import type { Message } from '../raft/messages.js';
import type { NodeInit } from './protocol.js';

export interface Witness {
  /** Between the flush of a vote and whatever shows it. */
  flushed(hardState: HardState): void;
  /** Just before these messages leave. */
  sending(messages: readonly Message[]): void;
  close(): void;
}

/**
 * Two of them, both written synchronously, by the node's own thread.
 * The vote log is a file of lines `{"node","incarnation","term","votedFor"}`, one per vote given, its own included;
 * lives and nodes share it. The trace goes to the file descriptor in the variable `ELECTORATE_TRACE_FD`: a line
 * `send <type> <from> <to> <term>` for each vote request and each granted vote, so that a system-call trace can
 * order it against the `fdatasync` of the store.
 * @throws ElectorateError `dataDirUnusable` when the vote log can't be opened
 */
export function openWitness(
  { id, incarnation, voteLog }: Pick<NodeInit, 'id' | 'incarnation' | 'voteLog'>,
  traceDescriptor: string | undefined = process.env['ELECTORATE_TRACE_FD'],
): Witness {
  const log = voteLog === null ? null : openLog(voteLog);
  const trace = traceDescriptor === undefined || traceDescriptor === '' ? null : Number(traceDescriptor);
  return {
    flushed({ currentTerm, votedFor }) {
      if (log === null || votedFor === null) return;
      writeSync(log, `${JSON.stringify({ node: id, incarnation, term: currentTerm, votedFor })}\n`);
    },
    sending(messages) {
      if (trace === null) return;
      for (const message of messages) {
        if (!dependsOnVote(message)) continue;
        writeSync(trace, `send ${message.type} ${message.from} ${message.to} ${message.term}\n`);
      }
    },
    close() {
      if (log !== null) closeSync(log);
    },
  };
}

/** Whoever hears it may rely on a vote that must never be given to anybody else. */
function dependsOnVote(message: Message): boolean {
  return message.type === 'voteRequest' || (message.type === 'voteReply' && message.granted);
}

function openLog(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new ElectorateError('dataDirUnusable', `The vote log can't be opened: ${messageOf(error)}`, {
      details: { path },
      cause: error,
    });
  }
}
