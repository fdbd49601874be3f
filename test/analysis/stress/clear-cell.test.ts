import test from 'ava';
import { clearCell, type HeldCell } from '../../../src/analysis/stress/clear-cell.js';
import { ElectorateError } from '../../../src/errors.js';

/** What was cleared away, in order; and what of it does not go. */
function held(cleared: string[], stuck: readonly string[] = []): HeldCell {
  const clear = (what: string): Promise<void> => {
    cleared.push(what);
    return stuck.includes(what) ? Promise.reject(new Error(`EBUSY: ${what}`)) : Promise.resolve();
  };
  return {
    cell: { folder: '/tmp/x', [Symbol.asyncDispose]: () => clear('process') },
    outside: { [Symbol.asyncDispose]: () => clear('cgroup') },
    watchdog: { releaseFolder: (folder) => void cleared.push(`released ${folder}`) },
  };
}

test('first the process and its folder, then the cgroup that it was in', async (t) => {
  const cleared: string[] = [];
  t.is(await clearCell(held(cleared)), null);
  t.deepEqual(cleared, ['process', 'released /tmp/x', 'cgroup']);
  t.is(await clearCell({ ...held([]), outside: null }), null);
});

test('a process whose folder does not go keeps no cgroup, and its folder is held on', async (t) => {
  const cleared: string[] = [];
  const left = await clearCell(held(cleared, ['process']));
  t.true(left instanceof ElectorateError);
  t.like(left, { code: 'leftBehind', message: 'EBUSY: process' });
  t.deepEqual(cleared, ['process', 'cgroup']);
});

test('all that is left is told', async (t) => {
  t.is((await clearCell(held([], ['cgroup'])))?.message, 'EBUSY: cgroup');
  t.is((await clearCell(held([], ['process', 'cgroup'])))?.message, 'EBUSY: process. EBUSY: cgroup');
});
