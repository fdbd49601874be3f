import test from 'ava';
import type { NodeStatus } from '../../../src/actor/protocol.js';
import { StressRecorder } from '../../../src/analysis/stress/recorder.js';
import { resolveClusterOptions } from '../../../src/options.js';
import type { NodeId } from '../../../src/raft/brands.js';
import { done, n1, n2, seen, stalled, suspicion } from './support.js';

const cluster = resolveClusterOptions({ nodes: 3, store: 'memory' });

function written(atMs: number, durationMs: number): ReturnType<typeof seen> {
  return seen(atMs, n1, { type: 'written', durationMs, hardState: false, entries: 1 });
}

function status(id: NodeId, incarnation: number, dropped: number, gaps: readonly number[]): NodeStatus {
  return {
    id,
    incarnation,
    mailbox: { control: 0, data: 0, droppedControl: dropped, droppedData: 1, rejected: 0 },
    strain: {
      maxWaiting: { control: 3, data: dropped },
      maxAgeMs: 2 * dropped,
      blockedMs: 0,
      allocatedMb: 0,
      heartbeatGaps: gaps,
    },
  } as unknown as NodeStatus;
}

test('events come out in the order of time, whichever port brought them, and up to a moment', (t) => {
  const recorder = new StressRecorder(cluster);
  for (const event of [suspicion(30, n2, n1, 1), stalled(10, n1, 9), done(20, n1, { type: 'crashed' })]) {
    recorder.see(event);
  }
  t.deepEqual(
    recorder.eventsUntil(25).map(({ type }) => type),
    ['stalled', 'crashed'],
  );
});

test('what neither counts nor explains is not kept: short writes, commits', (t) => {
  const recorder = new StressRecorder(cluster);
  recorder.see(written(10, 0.1));
  recorder.see(written(20, 40));
  recorder.see({ ...written(30, 1), type: 'committed' } as unknown as ReturnType<typeof seen>);
  t.deepEqual(
    recorder.eventsUntil(100).map(({ atMs }) => atMs),
    [20],
  );
});

test('a node is told by its stalls within the measurement, and by what its statuses say', (t) => {
  const recorder = new StressRecorder(cluster);
  recorder.begin(1000);
  recorder.see(stalled(900, n1, 500));
  recorder.see(stalled(1100, n1, 20));
  recorder.see(stalled(1200, n1, 30, { omitted: 2 }));
  recorder.strain(status(n1, 1, 4, [0.2]));
  recorder.strain(status(n1, 1, 6, [0.3, 0.9]));
  recorder.strain(status(n1, 2, 5, []));
  recorder.end(2000);
  recorder.see(stalled(2100, n1, 70));
  t.deepEqual(recorder.nodes()[0], {
    node: n1,
    stalls: { count: 4, totalMs: 50, maxMs: 30 },
    mailbox: { maxWaiting: 6, maxAgeMs: 12, dropped: 13 },
  });
  t.deepEqual(recorder.heartbeatGaps, [0.2, 0.3, 0.9]);
});

test('over a long time only the evidence around what went wrong is kept', (t) => {
  const recorder = new StressRecorder(cluster);
  const beatMs = 5;
  for (let at = 0; at < 100_000; at += 1) {
    recorder.see(stalled(at * beatMs, n1, 4));
    if (at === 20_000) recorder.see(suspicion(at * beatMs, n2, n1, 1));
  }
  const events = recorder.eventsUntil(Number.POSITIVE_INFINITY);
  t.true(events.length < 60_000, `${events.length} of 100,001`);
  const before = events.filter(({ atMs }) => atMs > 20_000 * beatMs - 5_000 && atMs < 20_000 * beatMs);
  t.is(before.length, 999, 'all of the five seconds before the suspicion');
  t.is(events.at(-1)?.atMs, 99_999 * beatMs);
  t.false(recorder.isFull);
});
