import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { sharedNowMs } from '../../src/actor/clock.js';
import { parseStealMs, StallMonitor, watchStalls } from '../../src/cluster/stall-monitor.js';

test('steal time is the eighth figure of the first line, in hundredths of a second', (t) => {
  t.is(parseStealMs('cpu  10 20 30 40 50 60 70 123 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n'), 1230);
  t.is(parseStealMs('cpu  10 20 30 40\n'), null);
  t.is(parseStealMs(''), null);
});

test('the watch ends at once when it is told to', (t) => {
  const memory = new SharedArrayBuffer(16 + 16 * 1024);
  Atomics.store(new Int32Array(memory), 0, 1);
  const beforeMs = sharedNowMs();
  watchStalls(memory);
  t.is(new Int32Array(memory)[1], 0, 'it noted nothing');
  t.true((new Float64Array(memory)[1] ?? 0) >= beforeMs, 'and had woken up once');
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
