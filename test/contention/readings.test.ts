import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseCpuPressureMs, parseCpuStat, parseSchedstat, Reading } from '../../src/contention/readings.js';

test('schedstat tells the time on a processor and the time in a run queue, in nanoseconds', (t) => {
  t.deepEqual(parseSchedstat('866323000 1500000 2\n'), { ranMs: 866.323, waitedMs: 1.5 });
  // A kernel without CONFIG_SCHED_INFO.
  t.deepEqual(parseSchedstat('0 0 0\n'), { ranMs: 0, waitedMs: 0 });
  t.is(parseSchedstat(''), null);
  t.is(parseSchedstat('866323000 1500000\n'), null);
});

test('cpu.stat of version 1 is in nanoseconds, that of version 2 in microseconds', (t) => {
  const stat = { periods: 20, throttledPeriods: 7, throttledMs: 812.5 };
  const one = 'nr_periods 20\nnr_throttled 7\nthrottled_time 812500000\nnr_bursts 0\nburst_time 0\n';
  const two =
    'usage_usec 9\nuser_usec 5\nsystem_usec 4\nnr_periods 20\nnr_throttled 7\nthrottled_usec 812500\nnr_bursts 0\n';
  t.deepEqual(parseCpuStat(one), stat);
  t.deepEqual(parseCpuStat(two), stat);
});

test('cpu.stat of a cgroup without the controller tells nothing of a quota', (t) => {
  t.is(parseCpuStat('usage_usec 9\nuser_usec 5\nsystem_usec 4\n'), null);
  t.is(parseCpuStat(''), null);
});

test('the pressure file tells how long some task has waited, in microseconds', (t) => {
  const text =
    'some avg10=10.44 avg60=2.91 avg300=1.11 total=7079102\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n';
  t.is(parseCpuPressureMs(text), 7079.102);
  t.is(parseCpuPressureMs(''), null);
});

test('a reading is of the moment, and null for what is not there', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'electorate-reading-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'figure');
  writeFileSync(path, 'one');
  using reading = new Reading(path);
  t.is(reading.read(), 'one');
  writeFileSync(path, 'two');
  t.is(reading.read(), 'two');
  reading[Symbol.dispose]();
  t.is(reading.read(), null, 'once it was let go');
  using missing = new Reading(join(folder, 'nothing'));
  t.is(missing.read(), null);
});
