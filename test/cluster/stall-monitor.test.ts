import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import {
  longestStallMs,
  noteWake,
  parseStealMs,
  recordIn,
  StallMonitor,
  watchStalls,
  type StallRecord,
} from '../../src/cluster/stall-monitor.js';

test('steal time is the eighth figure of the first line, in hundredths of a second', (t) => {
  t.is(parseStealMs('cpu  10 20 30 40 50 60 70 123 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n'), 1230);
  t.is(parseStealMs('cpu  10 20 30 40\n'), null);
  t.is(parseStealMs(''), null);
});

const newRecord = (): StallRecord => recordIn(new SharedArrayBuffer(16 + 16 * 1024));

test('the watch ends at once when it is told to', (t) => {
  const memory = new SharedArrayBuffer(16 + 16 * 1024);
  const { control, lastWake } = recordIn(memory);
  Atomics.store(control, 0, 1);
  const beforeMs = sharedNowMs();
  let watchedSinceMs = 0;
  watchStalls(memory, () => (watchedSinceMs = lastWake.load()));
  t.is(control[1], 0, 'it noted nothing');
  t.true(watchedSinceMs >= beforeMs, 'and had woken up once when it said that it watched');
});

const entry = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

test('a watching thread that ends or fails before it watches is told to whoever started it', async (t) => {
  await t.throwsAsync(StallMonitor.start(entry('')), { message: /ended before it watched/u });
  const broken = StallMonitor.start(entry("throw new Error('broken')"));
  t.like(await t.throwsAsync(broken, { any: true }), { message: 'broken' });
});

test('a stall is seen while it lasts, and by every observation that it reaches into', (t) => {
  const record = newRecord();
  record.lastWake.store(100);
  t.is(longestStallMs(record, 100, 104), 0);
  t.is(longestStallMs(record, 100, 164), 60, 'not back yet');
  noteWake(record, 164);
  t.is(longestStallMs(record, 150, 165), 60);
  t.is(longestStallMs(record, 165, 166), 0, 'that one began later');
});

test('a stall that just ends is seen by whoever asks at that very moment, on either side', (t) => {
  const record = newRecord();
  record.lastWake.store(100);
  const { lastWake } = record;
  let asked = 0;
  // The watching thread is interrupted where it says that it has woken up: the stall is still to be seen.
  noteWake(
    {
      ...record,
      lastWake: {
        load: () => lastWake.load(),
        store(ms) {
          asked = longestStallMs(record, 100, 164);
          lastWake.store(ms);
          t.is(longestStallMs(record, 100, 164), 60);
        },
      },
    },
    164,
  );
  t.is(asked, 60);

  // Whoever asks is interrupted before the wake is read: the watching thread notes its stall meanwhile.
  const wake = {
    load() {
      if (lastWake.load() === 164) noteWake(record, 268);
      return lastWake.load();
    },
    store: (ms: number) => lastWake.store(ms),
  };
  t.is(longestStallMs({ ...record, lastWake: wake }, 200, 268), 100);
});

/** A process of its own: it is stopped as a whole, and goes on. */
const program = `
import { StallMonitor } from '${fileURLToPath(new URL('../../src/cluster/stall-monitor.js', import.meta.url))}';
const monitor = await StallMonitor.start();
const end = monitor.observe();
const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
// Signals alone keep no process alive.
const alive = setInterval(() => {}, 1000);
process.stdout.write('ready');
await told;
clearInterval(alive);
const { latenessMs, stealMs } = end();
await monitor[Symbol.asyncDispose]();
process.stdout.write(' ' + latenessMs + ' ' + stealMs);
`;

test.serial('a process that stood still for 60 ms has a thread that saw it, and ends', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-stall-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const script = join(folder, 'watch.mjs');
  await writeFile(script, program);
  const running = promisify(execFile)(process.execPath, [script]);
  const { child } = running;
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGSTOP');
  const stoppedMs = sharedNowMs();
  while (sharedNowMs() < stoppedMs + 60) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGCONT');
  child.kill('SIGUSR2');
  const [, latenessMs, stealMs] = (await running).stdout.split(' ');
  t.true(Number(latenessMs) >= 50, latenessMs);
  t.regex(stealMs ?? '', /^(null|\d+)$/);
});

test.serial('an observation begins with nothing seen', async (t) => {
  await using monitor = await StallMonitor.start();
  const { latenessMs, stealMs } = monitor.observe()();
  t.true(latenessMs >= 0);
  t.true(stealMs === null || stealMs >= 0);
});
