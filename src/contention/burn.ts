/** Taking processor time, and giving nothing for it. */
import { setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { osThreadId } from '../actor/os-thread.js';
import { messageOf } from '../errors.js';

/** Computes for so long, without a turn for the event loop. */
export function spin(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** What a thread of the pool is asked for. */
export interface BurnTask {
  /** Its first int is 1 from when it should end. */
  readonly stop: SharedArrayBuffer;
  /** 0: that of the process. */
  readonly nice: number;
  /** Told once: null when it burns, or why it can't. */
  readonly begun: MessagePort;
}

/** How long it computes between two looks at whether to go on. */
const spellMs = 1;

/** A thread of the pool, until it is told to end. */
export function burn({ stop, nice, begun }: BurnTask): void {
  const refusal = nice === 0 ? null : takePriority(nice);
  begun.postMessage(refusal);
  begun.close();
  if (refusal !== null) return;
  const flag = new Int32Array(stop);
  while (Atomics.load(flag, 0) === 0) spin(spellMs);
}

/** The life of a process that burns: it ends when its standard input does, whichever way whoever held it ended. */
export function burnWhileHeld(): void {
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
  const turn = (): void => {
    spin(spellMs * 5);
    setImmediate(turn);
  };
  process.stdout.on('error', end).write('burning\n', turn);
}

function end(): never {
  process.exit(0);
}

/**
 * Of the calling thread alone, where threads have priorities of their own.
 * @returns why not, or null
 */
export function takePriority(nice: number): string | null {
  const threadId = osThreadId();
  if (threadId === null) return 'threads have priorities of their own on Linux only';
  try {
    setPriority(threadId, nice);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
