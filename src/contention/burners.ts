/** Threads of this process, and processes of its group, that never rest. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { ElectorateError, messageOf } from '../errors.js';
import { gate, type BurnTask } from './burn.js';
import type { UnderWay } from './under-way.js';

/**
 * Resolves when `count` threads burn.
 * @throws ElectorateError `startFailed` with none left, e.g. where the priority is not allowed
 */
export async function burnInThreads(count: number, nice: number): Promise<UnderWay> {
  const memory = new SharedArrayBuffer(4);
  const open = (to: number): void => {
    const state = new Int32Array(memory);
    Atomics.store(state, 0, to);
    Atomics.notify(state, 0);
  };
  const pool = new Piscina({
    filename: fileURLToPath(new URL('../../workers/cpu-burner.js', import.meta.url)),
    minThreads: count,
    maxThreads: count,
    // Those of `node -e` would keep it from running a file.
    execArgv: [],
  });
  const ready: Promise<unknown>[] = [];
  const burning = Array.from({ length: count }, () => {
    const { port1, port2 } = new MessageChannel();
    ready.push(once(port1, 'message').then(([refusal]) => refusal));
    const task: BurnTask = { gate: memory, nice, ready: port2 };
    return pool.run(task, { transferList: [port2] });
  });
  const end = async (): Promise<void> => {
    open(gate.end);
    await Promise.allSettled(burning);
    await pool.destroy();
  };
  try {
    // A thread that can't be started rejects its task, and never says that it is ready; one that may not burn has both
    // said so and ended.
    const told = Promise.all(ready);
    const refusal = (await Promise.race([told, Promise.all(burning).then(() => told)])).find(
      (one) => one !== null,
    );
    if (refusal !== undefined) throw notStarted(`Threads can't burn at priority ${nice}: ${String(refusal)}`);
    open(gate.burn);
    return { end };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Resolves when `count` processes burn. They are of this process's group, and end with it however it ends.
 * @throws ElectorateError `startFailed` with none left, e.g. where the priority is not allowed
 */
export async function burnInProcesses(count: number, nice: number): Promise<UnderWay> {
  const entry = fileURLToPath(new URL('../../workers/burner-process.js', import.meta.url));
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  // One that has ended hears nothing, which its end tells.
  for (const { stdin } of children) stdin.on('error', () => {});
  const ended = children.map(hasEnded);
  const end = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
  };
  try {
    await Promise.all(children.map((child) => isReady(child, nice)));
    for (const child of children) child.stdin.write('burn\n');
    return { end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** It waits to burn. */
async function isReady(child: ChildProcess, nice: number): Promise<void> {
  if (child.pid === undefined || child.stdout === null) {
    const [error] = (await once(child, 'error')) as [Error];
    throw notStarted(`A process that burns can't be started: ${error.message}`);
  }
  try {
    if (nice !== 0) setPriority(child.pid, nice);
  } catch (error) {
    throw notStarted(`Processes can't burn at priority ${nice}: ${messageOf(error)}`);
  }
  // Closed without a word when it has ended.
  const [word] = await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'close')]);
  if (word === undefined) throw notStarted('A process that was to burn has ended at once');
}

/** Settles also for one that was never there. */
function hasEnded(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
}

function notStarted(message: string): ElectorateError {
  return new ElectorateError('startFailed', message);
}
