/**
 * How many elections a second does the simulation hold, on two cores, with and without every invariant checked?
 * Five nodes, T = R = 150 ms, a network and disks that take no time.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { median } from '../src/analysis/statistics.js';
import { aim, ask, figure, size } from './harness.js';
import type { Answer, Task } from './simulated-elections-thread.js';

ask('Simulated elections per second, on two cores');
const threads = 2;
const pool = new Piscina({
  filename: fileURLToPath(new URL('simulated-elections-thread.js', import.meta.url)),
  minThreads: threads,
  maxThreads: threads,
});

/** All threads at once; each for as long as its elections take. */
async function measure(checked: boolean, round: number): Promise<{ elections: number; steps: number }> {
  const elections = size(100_000, 4_000);
  const tasks = Array.from({ length: threads }, (_, thread): Task => {
    return { elections, checked, seed: round * threads + thread };
  });
  const answers = await Promise.all(tasks.map((task): Promise<Answer> => pool.run(task)));
  const sum = (of: (answer: Answer) => number): number =>
    answers.reduce((total, answer) => total + of(answer), 0);
  return {
    elections: sum(({ seconds }) => elections / seconds),
    steps: sum(({ steps, seconds }) => steps / seconds) / threads,
  };
}

// Once for the compiler, then the two interleaved.
await measure(true, 0);
const rounds = size(7, 2);
const plain: { elections: number; steps: number }[] = [];
const checked: { elections: number; steps: number }[] = [];
for (let round = 1; round <= rounds; round += 1) {
  plain.push(await measure(false, round));
  checked.push(await measure(true, round));
}
await pool.destroy();
console.log(`${rounds} rounds each, ${figure(size(100_000, 4_000))} elections a thread and round; medians`);
aim('elections a second', median(plain.map((rate) => rate.elections)), '≥', 60_000, '/s');
aim('elections a second, checked', median(checked.map((rate) => rate.elections)), '≥', 30_000, '/s');
aim('steps a second and core, checked', median(checked.map((rate) => rate.steps)), '≥', 1_500_000, '/s');
