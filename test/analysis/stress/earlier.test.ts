/** What keeps a stress run from going on with cells of an earlier one. */
import test from 'ava';
import {
  differenceInWords,
  settingDifference,
  standingCells,
  type Setting,
} from '../../../src/analysis/stress/earlier.js';
import { parseStressResult } from '../../../src/analysis/stress/read-stress.js';
import { cellOf, stressResultOf } from '../../stress-fixture.js';

const earlier = { ...stressResultOf([cellOf('none', 1)]), version: '0.1.0' };
const now: Setting = { machine: { ...earlier.machine, load: 7 }, version: '0.1.0' };

test('the same version on the same machine is no other, however loaded it is', (t) => {
  t.is(settingDifference(earlier, now), null);
});

for (const [other, words] of [
  [{ ...now, version: '0.2.0' }, 'electorate 0.1.0, not 0.2.0'],
  [{ ...now, machine: { ...now.machine, node: 'v22.1.0' } }, 'Node.js v20.19.0, not v22.1.0'],
  [{ ...now, machine: { ...now.machine, platform: 'darwin arm64' } }, 'linux x64, not darwin arm64'],
  [{ ...now, machine: { ...now.machine, cpu: 'Abacus' } }, 'another processor (Engine, not Abacus)'],
  [{ ...now, machine: { ...now.machine, cores: 64 } }, '2 cores, not 64'],
] as const) {
  test(`what differs is told: ${words}`, (t) => {
    const difference = settingDifference(earlier, other);
    t.is(difference === null ? null : differenceInWords(difference), words);
  });
}

test('a file without a version is of an earlier one, and read all the same', (t) => {
  const found = parseStressResult(JSON.stringify(stressResultOf([cellOf('none', 1)])), 'x');
  t.deepEqual(settingDifference(found, now), { of: 'version', earlier: null, now: '0.1.0' });
  const wrong = JSON.stringify({ ...found, version: 3 });
  t.throws(() => parseStressResult(wrong, 'x'), { code: 'resultUnreadable', message: /`version`/u });
});

test('only what was measured stands', (t) => {
  const reason = 'x';
  const of = (type: 'skipped' | 'failed', round: number): ReturnType<typeof cellOf> => ({
    contention: 'none',
    round,
    outcome: { type, reason },
  });
  const cells = [cellOf('none', 1), of('skipped', 2), of('failed', 3)];
  t.deepEqual(standingCells(stressResultOf(cells)), cells.slice(0, 1));
});
