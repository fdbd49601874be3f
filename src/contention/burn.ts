/** Taking processor time, and giving nothing for it. */
import type { MessagePort } from 'node:worker_threads';
import { takePriority } from '../cluster/priority.js';

/** Computes for so long, without a turn for the event loop. */
export function spin(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** All burn at once, or those that are there would keep the others from starting. */
export const gate = { wait: 0, burn: 1, end: 2 } as const;

/** What a thread of the pool is asked for. */
export interface BurnTask {
  /** Its first int is one of {@link gate}. */
  readonly gate: SharedArrayBuffer;
  /** 0: that of the process. */
  readonly nice: number;
  /** Told once: null when it waits to burn, or why it can't. */
  readonly ready: MessagePort;
}

/** How long it computes between two looks at whether to go on. */
const spellMs = 1;

/** A thread of the pool, until it is told to end. */
export function burn({ gate: memory, nice, ready }: BurnTask): void {
  const refusal = nice === 0 ? null : takePriority(nice);
  ready.postMessage(refusal);
  ready.close();
  if (refusal !== null) return;
  const state = new Int32Array(memory);
  Atomics.wait(state, 0, gate.wait);
  while (Atomics.load(state, 0) === gate.burn) spin(spellMs);
}

/**
 * The life of a process that burns: it says that it is there, and begins when it is answered. It ends when its standard
 * input does, whichever way whoever held it ended.
 */
export function burnWhileHeld(): void {
  const turn = (): void => {
    spin(spellMs * 5);
    setImmediate(turn);
  };
  process.stdin.once('data', turn).on('end', end).on('close', end).on('error', end);
  process.stdout.on('error', end).write('ready\n');
}

function end(): never {
  process.exit(0);
}
