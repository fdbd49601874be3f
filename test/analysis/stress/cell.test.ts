/** One cell in this process, with a holder that does nothing to it. */
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { runCell, type CellHolder } from '../../../src/analysis/stress/cell.js';
import type { CellTask } from '../../../src/analysis/stress/cell-protocol.js';
import { quick } from '../../cluster/support.js';

const task: CellTask = {
  contention: 'none',
  durationMs: 50,
  faults: 'none',
  clients: { count: 2, intervalMs: 20 },
  cluster: { ...quick, seed: 67_663 },
  recovery: false,
};

test.serial('clients write before the contention begins, however long it takes to begin', async (t) => {
  const beginningMs = 1000;
  const holder: CellHolder = {
    exert: () => setTimeout(beginningMs),
    relieve: () =>
      Promise.resolve({
        pressure: { throttled: null, stopped: { times: 0, totalMs: 0 } },
        suspensions: [],
      }),
  };
  const { clients, durationMs } = await runCell(task, holder, new AbortController().signal);
  t.true(durationMs > beginningMs);
  // A hundred, were nobody else at work; in what comes behind the beginning there are six.
  t.true((clients?.sent ?? 0) > 25, `${clients?.sent} were sent`);
});
