/** The whole run, with real processes: short, with few nodes, and no word about latency. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { describeMachine } from '../../../src/analysis/machine.js';
import { parseStressResult } from '../../../src/analysis/stress/read-stress.js';
import { resolveStressPlan } from '../../../src/analysis/stress/stress-plan.js';
import { stress } from '../../../src/analysis/stress/stress.js';
import type {
  StressCell,
  StressMeasurement,
  StressOptions,
  StressResult,
} from '../../../src/analysis/stress/stress-result.js';
import { ElectorateError } from '../../../src/errors.js';
import { electorateVersion } from '../../../src/analysis/version.js';
import type { ClusterOptions } from '../../../src/options.js';
import { eventually, temporaryFolder } from '../../cluster/support.js';
import { cellOf, stressResultOf } from '../../stress-fixture.js';
import { cellsOf, groupOf, watchdogsOf } from './processes.js';

const cluster: ClusterOptions = { nodes: 3, store: 'memory', seed: 5 };
const short: StressOptions = { contentions: ['hog:100/400@leader'], durationMs: 1000, repeats: 1, cluster };

function measurementOf({ outcome }: StressCell): StressMeasurement {
  if (outcome.type !== 'measured') throw new Error(`${outcome.type}: ${outcome.reason}`);
  return outcome;
}

test.serial(
  'a baseline and a contention, each in a process of its own, of which nothing is left',
  async (t) => {
    const begun: string[] = [];
    const soFar: number[] = [];
    const result = await stress(short, {
      onBegin: ({ contention, round }, done, of) => begun.push(`${contention} ${round}: ${done}/${of}`),
      onCell: (_, { cells }) => void soFar.push(cells.length),
    });
    t.deepEqual(begun, ['none 1: 0/2', 'hog:100/400@leader 1: 1/2']);
    t.deepEqual(soFar, [1, 2]);
    t.deepEqual(cellsOf(process.pid), []);

    const [baseline, hogged] = result.cells.map(measurementOf);
    t.is(baseline?.counts.invariantViolations, 0);
    t.true((baseline?.clients?.acknowledged ?? 0) > 0);
    t.true((baseline?.heartbeatGaps?.count ?? 0) > 0);
    t.is(baseline?.nodes.length, 3);
    t.deepEqual(baseline?.failovers, []);
    t.true((hogged?.durationMs ?? 0) >= 1000);
    t.true(hogged?.verdict.exerted, hogged?.verdict.evidence);
    const longest = Math.max(...(hogged?.nodes.map(({ stalls }) => stalls.maxMs) ?? []));
    t.true(longest >= 99, `the longest stall was ${longest}`);
    t.deepEqual(parseStressResult(JSON.stringify(result), 'x'), JSON.parse(JSON.stringify(result)));
  },
);

test.serial('leaders are crashed and followed; each failover is told, and none of it is false', async (t) => {
  const { cells } = await stress({
    contentions: [],
    durationMs: 2500,
    repeats: 1,
    faults: 'crash-every-1s',
    cluster: { ...cluster, electionTimeoutMs: 400 },
  });
  const [{ counts, failovers, incidents, withoutLeaderMs }] = cells.map(measurementOf) as [StressMeasurement];
  t.true(counts.crashes >= 1);
  t.is(failovers.length, counts.crashes);
  t.is(incidents.filter(({ outcome }) => outcome === 'failover').length, counts.crashes);
  for (const { crashed, winner, electedMs, readyMs, termSteps } of failovers) {
    t.not(winner, crashed);
    t.true(electedMs > 0 && readyMs >= electedMs && termSteps >= 1);
  }
  t.true(withoutLeaderMs >= failovers.reduce((sum, { electedMs }) => sum + electedMs, 0));
});

/** Long enough to be caught in the middle of its second cell. */
const burning: StressOptions = { ...short, contentions: ['processes:1'], durationMs: 2000 };

/** The cell that burns processors by now, by the id of its process. */
async function burningCell(commandId: number): Promise<number> {
  let burns: number | undefined;
  await eventually(() => {
    burns = cellsOf(commandId).find((id) => groupOf(id).length > 1);
    return Promise.resolve(burns !== undefined);
  });
  return burns ?? 0;
}

test.serial(
  'a cell whose process is killed in the middle has failed, and only it is run again',
  async (t) => {
    const running = stress(burning);
    const cell = await burningCell(process.pid);
    process.kill(cell, 'SIGKILL');
    const result = await running;
    t.is(result.cells[0]?.outcome.type, 'measured');
    t.deepEqual(result.cells[1]?.outcome, { type: 'failed', reason: 'its process was ended by SIGKILL' });
    t.deepEqual(groupOf(cell), []);

    const begun: string[] = [];
    const again = await stress(
      { ...burning, cluster: { ...cluster, seed: undefined } },
      {
        earlier: parseStressResult(JSON.stringify(result), 'x'),
        onBegin: ({ contention }, done, of) => begun.push(`${contention} ${done}/${of}`),
      },
    );
    t.deepEqual(begun, ['processes:1 1/2']);
    t.deepEqual(
      again.cells.map(({ outcome }) => outcome.type),
      ['measured', 'measured'],
    );
    t.is(again.plan.cluster.seed, 5, 'it keeps its seed');
  },
);

/** Where this process and those that it starts have their temporary files, until the test ends. */
function keepTemporaryFilesIn(folder: string, t: ExecutionContext): void {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
}

test.serial('a cell whose folder does not go is kept, and the run ends with what is left', async (t) => {
  await using folder = await temporaryFolder();
  const temporary = join(folder.path, 'temporary');
  await mkdir(temporary);
  keepTemporaryFilesIn(temporary, t);
  const kept: StressCell[] = [];
  const running = stress(short, { onCell: (cell) => void kept.push(cell) });
  await eventually(() => Promise.resolve(cellsOf(process.pid).length === 1));
  const [name] = await readdir(temporary);
  // No system removes what is below a file.
  await rename(temporary, join(folder.path, 'moved'));
  await writeFile(temporary, '');
  const error = await t.throwsAsync(running, { instanceOf: ElectorateError, code: 'leftBehind' });
  t.true(error?.message.startsWith(`The folder ${join(temporary, name ?? '')} can't be removed: ENOTDIR`));
  t.deepEqual(
    kept.map(({ outcome }) => outcome.type),
    ['measured'],
  );
  t.deepEqual(cellsOf(process.pid), []);
  t.deepEqual(watchdogsOf(process.pid), []);
});

test.serial('called off in the middle of a cell: the reason, and nothing is left', async (t) => {
  await using folder = await temporaryFolder();
  keepTemporaryFilesIn(folder.path, t);
  const reason = new Error('enough');
  const controller = new AbortController();
  const running = stress(burning, { signal: controller.signal });
  const cell = await burningCell(process.pid);
  controller.abort(reason);
  t.is(await t.throwsAsync(running), reason);
  t.deepEqual(groupOf(cell), []);
  t.deepEqual(await readdir(folder.path), []);
});

test.serial('when its watchdog is killed in one cell, a run measures the next', async (t) => {
  const running = stress(short);
  await eventually(() => Promise.resolve(cellsOf(process.pid).length === 1));
  const watchdogs = watchdogsOf(process.pid);
  t.is(watchdogs.length, 1);
  for (const id of watchdogs) process.kill(id, 'SIGKILL');
  const [, next] = (await running).cells;
  t.is(next?.outcome.type, 'measured');
  t.deepEqual(cellsOf(process.pid), []);
});

test.serial('when the command is killed, its cell goes, with everything in its group', async (t) => {
  await using folder = await temporaryFolder();
  const library = new URL('../../../src/analysis/stress/stress.js', import.meta.url).href;
  const script = `import { stress } from '${library}'; await stress(${JSON.stringify(burning)});`;
  const command = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: folder.path },
    stdio: 'inherit',
  });
  const exited = once(command, 'exit');
  const cell = await burningCell(command.pid ?? 0);
  command.kill('SIGKILL');
  await exited;
  await eventually(() => Promise.resolve(groupOf(cell).length === 0));
  t.deepEqual(cellsOf(command.pid ?? 0), []);
});

for (const [what, plan, message] of [
  [
    'another plan',
    { durationMs: 2000 },
    /^Expected `durationMs` to be as in the run that goes on \(20000\), got 2000$/u,
  ],
  [
    'other options of the cluster',
    { cluster: { nodes: 3, heartbeatMs: 20 } },
    /^Expected `cluster\.heartbeatMs` to be as in the run that goes on \(30\), got 20$/u,
  ],
  ['another machine', {}, /^Expected `earlier` to be of this machine \(.*\), got /u],
] as const) {
  test(`a run goes on where the plan and the machine are the same: ${what}`, async (t) => {
    const earlier = stressResultOf([cellOf('none', 1)], { rules: { exitNotice: false } });
    const options = { contentions: [], repeats: 1, cluster: { nodes: 3 }, ...plan };
    await t.throwsAsync(stress(options, { earlier }), { code: 'invalidOption', message });
  });
}

/** A run of this machine and version whose baseline is measured and whose other contention was skipped. */
function skippedRun(): StressResult {
  const { contentions } = resolveStressPlan(short);
  const skipped: StressCell = {
    contention: contentions[1] ?? '',
    round: 1,
    outcome: { type: 'skipped', reason: 'of no permission' },
  };
  return {
    schema: 'electorate.stress/1',
    version: electorateVersion,
    machine: describeMachine(),
    plan: resolveStressPlan(short),
    cells: [cellOf('none', 1), skipped],
  };
}

test('a run does not go on with the cells of another version', async (t) => {
  for (const [version, told] of [
    ['0.0.1', "'0.0.1'"],
    [undefined, 'null'],
  ] as const) {
    const earlier = { ...skippedRun(), version };
    await t.throwsAsync(stress(short, { earlier }), {
      code: 'invalidOption',
      message: `Expected \`earlier\` to be of this version of electorate (${electorateVersion}), got ${told}`,
    });
  }
});

test.serial(
  'what was skipped is tried again where a run goes on, and what was measured is not',
  async (t) => {
    const earlier = skippedRun();
    const begun: string[] = [];
    const result = await stress(short, {
      earlier,
      onBegin: ({ contention }, done, of) => begun.push(`${contention} ${done}/${of}`),
    });
    t.deepEqual(begun, ['hog:100/400@leader 1/2']);
    t.deepEqual(
      result.cells.map(({ outcome }) => outcome.type),
      ['measured', 'measured'],
    );
    t.is(result.version, electorateVersion);
  },
);
