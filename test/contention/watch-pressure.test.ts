import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { PressureSampler, type SamplerFiles } from '../../src/contention/pressure-sampler.js';
import type { ThreadPressure } from '../../src/contention/pressure.js';
import { PressureWatch } from '../../src/contention/watch-pressure.js';

/** A folder that looks like what the system shows. */
class FakeSystem {
  readonly #folder: string;

  constructor(t: ExecutionContext) {
    this.#folder = mkdtempSync(join(tmpdir(), 'electorate-sampler-'));
    t.teardown(() => rmSync(this.#folder, { recursive: true }));
    mkdirSync(join(this.#folder, 'task'));
  }

  get files(): SamplerFiles {
    const at = (name: string): string => join(this.#folder, name);
    return {
      tasks: at('task'),
      cpuStat: at('cpu.stat'),
      cpuPressure: at('pressure'),
      stat: at('stat'),
      own: at('own'),
    };
  }

  thread(id: number, ranMs: number, waitedMs: number): void {
    mkdirSync(join(this.#folder, 'task', String(id)), { recursive: true });
    this.#write(`task/${id}/schedstat`, `${ranMs * 1e6} ${waitedMs * 1e6} 1\n`);
  }

  endThread(id: number): void {
    rmSync(join(this.#folder, 'task', String(id)), { recursive: true });
  }

  machine(figures: { throttledMs: number; stalledMs: number; stealMs: number; ownMs: number }): void {
    this.#write('cpu.stat', `nr_periods 1\nnr_throttled 1\nthrottled_usec ${figures.throttledMs * 1e3}\n`);
    this.#write('pressure', `some avg10=0.00 avg60=0.00 avg300=0.00 total=${figures.stalledMs * 1e3}\n`);
    this.#write('stat', `cpu  1 2 3 4 5 6 7 ${figures.stealMs / 10} 0 0\n`);
    this.#write('own', `${figures.ownMs * 1e6} 0 1\n`);
  }

  #write(path: string, text: string): void {
    writeFileSync(join(this.#folder, path), text);
  }
}

const times = (thread: string, ranMs: number, waitedMs: number): ThreadPressure => ({
  thread,
  ranMs,
  waitedMs,
});

test('each sample tells what happened since the one before, and the end tells the whole', (t) => {
  const system = new FakeSystem(t);
  system.thread(1, 100, 10);
  system.thread(2, 50, 5);
  system.machine({ throttledMs: 7, stalledMs: 1000, stealMs: 20, ownMs: 1 });
  const sampler = new PressureSampler(system.files);
  sampler.name('main', 1);
  system.thread(1, 103, 12);
  system.machine({ throttledMs: 9, stalledMs: 1100, stealMs: 20, ownMs: 2 });
  sampler.sample();
  system.thread(1, 104, 62);
  system.thread(2, 150, 45);
  system.machine({ throttledMs: 9.5, stalledMs: 1200, stealMs: 50, ownMs: 4 });
  const seen = sampler.end();
  t.deepEqual(
    seen.samples.map(({ threads, throttledMs }) => ({ threads, throttledMs })),
    [
      { threads: [times('main', 3, 2)], throttledMs: 2 },
      { threads: [times('main', 1, 50)], throttledMs: 0.5 },
    ],
  );
  t.deepEqual(seen.threads, [times('main', 4, 52), times('other', 100, 40)]);
  t.is(seen.stalledMs, 200);
  t.is(seen.stealMs, 30);
  t.is(seen.costMs, 3);
});

test('a thread that ended and came back under another id is one thread; what is left of the old one is lost', (t) => {
  const system = new FakeSystem(t);
  system.thread(1, 100, 0);
  const sampler = new PressureSampler(system.files);
  sampler.name('n1', 1);
  system.thread(1, 110, 4);
  sampler.sample();
  system.endThread(1);
  system.thread(2, 5, 1);
  sampler.name('n1', 2);
  sampler.name('n1', 2);
  const { samples, threads } = sampler.end();
  t.deepEqual(samples.at(-1)?.threads, [times('n1', 5, 1)]);
  t.deepEqual(threads, [times('n1', 15, 5), times('other', 0, 0)]);
});

test('steal is seen in one sample of five, and nothing of it is lost', (t) => {
  const system = new FakeSystem(t);
  system.thread(1, 0, 0);
  system.machine({ throttledMs: 0, stalledMs: 0, stealMs: 0, ownMs: 0 });
  const sampler = new PressureSampler(system.files);
  for (let at = 1; at <= 7; at += 1) {
    system.machine({ throttledMs: 0, stalledMs: 0, stealMs: 10 * at, ownMs: 0 });
    sampler.sample();
  }
  const { samples, stealMs } = sampler.end();
  t.deepEqual(
    samples.map((sample) => sample.stealMs),
    [0, 0, 0, 0, 50, 0, 0, 0],
  );
  t.is(stealMs, 70);
});

test('where the system tells nothing, nothing is claimed', (t) => {
  const system = new FakeSystem(t);
  const sampler = new PressureSampler({ ...system.files, cpuStat: null });
  sampler.name('main', 1);
  const { samples, threads, stalledMs, stealMs, costMs } = sampler.end();
  t.deepEqual([threads, stalledMs, stealMs, costMs], [null, null, null, null]);
  t.deepEqual(
    samples.map((sample) => [sample.threads.length, sample.throttledMs, sample.stealMs]),
    [[0, null, null]],
  );
});

test.serial('a busy thread of this process is seen to run, under its name', async (t) => {
  const worker = new Worker(
    `const { readlinkSync } = require('node:fs');
    const { parentPort } = require('node:worker_threads');
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    parentPort.on('message', (ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
      parentPort.postMessage(id);
    }).postMessage(id);`,
    { eval: true },
  );
  t.teardown(() => worker.terminate());
  const [threadId] = (await once(worker, 'message')) as [number];
  await using watch = await PressureWatch.start(new Map([[threadId, 'n1']]));
  worker.postMessage(150);
  await once(worker, 'message');
  const seen = await watch.end();
  t.is(await watch.end(), seen, 'asked again');
  if (seen.threads === null) return t.log('the system tells nothing of threads here');
  t.deepEqual(
    seen.threads.map(({ thread }) => thread),
    ['main', 'n1', 'other'],
  );
  const of = (name: string): number | undefined => seen.threads?.find(({ thread }) => thread === name)?.ranMs;
  // Of 150 ms by the clock, whatever else the machine did meanwhile.
  t.true((of('n1') ?? 0) > 10, JSON.stringify(seen.threads));
  t.true(seen.samples.length > 1);
  for (const { threads } of seen.samples)
    for (const { ranMs, waitedMs } of threads) t.true(ranMs >= 0 && waitedMs >= 0);
  t.false(readdirSync('/proc/self/task').length > 0 && seen.costMs === null);
});
