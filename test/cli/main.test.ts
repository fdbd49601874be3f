import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Figure16Result } from '../../src/analysis/figure-16.js';
import type { ElectionGridResult } from '../../src/analysis/election-grid.js';
import type { ElectionBenchResult } from '../../src/analysis/election-result.js';
import { electorate } from './electorate.js';

const brisk = '--nodes 3 --election-timeout 60 --election-jitter 60 --heartbeat 15'.split(' ');

for (const [line, message] of [
  ['up --heartbeat 200', 'error: Expected `--heartbeat` to be less than `--election-timeout` (150), got 200'],
  ['bench --nodes 0', 'error: Expected `--nodes` to be a whole number from 1 to 101, got 0'],
  ['bench --nodes 2', 'error: Expected `--nodes` to be at least 3, so that a quorum outlives a crash, got 2'],
  ['bench --nodes 3,x', "error: Expected `--nodes` to be a whole number from 1 to 101, got 'x'"],
  ['bench --nodes 3,5 --report /no/such/x.html', 'error: Expected `--report` to be a file in a folder'],
  ['bench --fault cut-in --profile vanilla', 'error: Expected `--fault` to be another one where the rule'],
  ['bench --trials many', "error: Expected `--trials` to be a whole number from 1, got 'many'"],
  ['bench --json /no/such/folder/x.json', 'error: Expected `--json` to be a file in a folder'],
  ['bench --report /no/such/folder/x.html', 'error: Expected `--report` to be a file in a folder'],
  ['bench --svg /no/such/folder/x', 'error: Expected `--svg` to be a folder that can be written to'],
  [
    'bench --json /tmp/same --report /tmp/same',
    'error: Expected `--report` to be another file than `--json`',
  ],
  [
    'bench --json /tmp/same --svg /tmp/./same',
    'error: Expected `--svg` to be a folder, and none of the files',
  ],
  [
    'bench --store floppy',
    "error: option '--store <kind>' argument 'floppy' is invalid. Allowed choices are",
  ],
  ['figure-16 --ranges 150-301', 'error: Expected `--ranges` to be among 150-150, 150-151'],
  ['explain /no/such/result.json', 'error: Cannot read /no/such/result.json: ENOENT'],
  ['explain package.json', "error: Expected `schema` in package.json to be 'electorate.election-bench/2'"],
  [
    'compare bench/baseline.json package.json',
    "error: Expected `schema` in package.json to be 'electorate.election-bench/2'",
  ],
  [
    'compare bench/baseline.json bench/baseline.json --max-regression -1',
    'error: Expected `--max-regression` to be a percentage from 0, got -1',
  ],
  ['up --colour blue', "error: unknown option '--colour'"],
  ['dance', "error: unknown command 'dance'"],
] as const) {
  test.serial(`a wrong command line ends with 2 and says why: ${line}`, async (t) => {
    const { code, stdout, stderr, left } = await electorate(line.split(' '));
    t.is(code, 2, stderr);
    t.true(stderr.startsWith(message), stderr);
    t.is(stdout, '');
    t.deepEqual(left, []);
  });
}

test.serial('a data folder of somebody else is refused with 2 and left as it was', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-foreign-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'diary.txt'), 'mine');
  const { code, stderr } = await electorate(['up', '--data-dir', folder]);
  t.is(code, 2, stderr);
  t.true(stderr.includes(folder), stderr);
  t.deepEqual(await readdir(folder), ['diary.txt']);
});

test.serial('every command has help with examples', async (t) => {
  for (const args of [
    ['up', '--help'],
    ['bench', '--help'],
    ['figure-16', '--help'],
    ['stress', '--help'],
    ['explain', '--help'],
  ]) {
    const { code, stdout } = await electorate(args);
    t.is(code, 0);
    t.regex(stdout, /Examples:\n {2}electorate /u);
  }
});

test.serial('bench measures a real cluster, prints a table and writes every trial', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-json-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const json = join(folder, 'elections.json');
  const args = ['--trials', '3', '--exit-notice', 'off', '--seed', '3', '--json', json];
  const { code, stdout, stderr, left } = await electorate(['bench', ...brisk, ...args]);
  t.is(code, 0, stderr);
  t.deepEqual(left, [], 'the disk stores were temporary');
  t.regex(stderr, /^trial 3\/3: n\d lost, n\d elected after [\d.]+ ms$/mu);
  t.true(stdout.includes('crash → elected'));
  t.true(stdout.endsWith(`Every trial, as JSON: ${json}\n`));

  const result = JSON.parse(await readFile(json, 'utf8')) as ElectionBenchResult;
  t.is(result.schema, 'electorate.election-bench/2');
  t.is(result.machine.node, process.version);
  t.like(result.options.cluster, { electionTimeoutMs: 60, seed: 3, store: 'disk' });
  t.is(result.trials.length, 3);
  for (const trial of result.trials) {
    const { detect, lostRounds, preVote, vote, establish, ready } = trial.phases;
    t.is(trial.electedMs, detect + lostRounds + preVote + vote);
    t.is(trial.readyMs, trial.electedMs + establish + ready);
    t.not(trial.winner, trial.crashed);
    t.true(trial.rounds >= 1 && trial.termSteps >= 1);
    t.true(trial.knownMs > trial.phases.detect);
    t.true(trial.cost.delaysMs.length > 0 && trial.cost.voterWritesMs.length > 0);
    const { heard = [], rounds = [], writes = [] } = trial.timeline ?? {};
    t.is(heard.length, 2);
    // No lease ends sooner, and both have to grant.
    const heardMs = Math.max(...heard.map(({ atMs }) => atMs));
    t.true(trial.electedMs > heardMs + 60 - 0.01, `${trial.electedMs} after ${heardMs}`);
    t.true(trial.host !== null && trial.host.latenessMs >= 0);
    t.true(writes.length > 0 && rounds.every(({ requests }) => requests.length === 1));
    t.true(rounds.some(({ timer }) => timer !== null && timer.name === 'election'));
  }

  const told = await electorate(['explain', json, '--trial', '2']);
  t.is(told.code, 0, told.stderr);
  t.regex(told.stdout, /^Trial 2 of 3: elected after .*\nn\d suspected n\d after [\d.]+ ms of silence/u);
  t.regex(told.stdout, /asks n\d for its vote: granted/u);
  const beyond = await electorate(['explain', json, '--trial', '4']);
  t.is(beyond.code, 2);
  t.is(beyond.stderr, 'error: Expected `--trial` to be a whole number from 1 to 3, got 4\n');
});

test.serial(
  'compare passes what is the same and fails what is worse, within the bound that it is given',
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'electorate-compare-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const [before, after] = [join(folder, 'before.json'), join(folder, 'after.json')];
    const simulate = 'bench --engine simulation --trials 100 --exit-notice off --seed 1 --json'.split(' ');
    t.is((await electorate([...simulate, before])).code, 0);
    t.is((await electorate([...simulate, after, '--election-timeout', '200'])).code, 0);

    const same = await electorate(['compare', before, before]);
    t.is(same.code, 0, same.stderr);
    t.true(same.stdout.includes('No difference shown.'));
    const worse = await electorate(['compare', before, after, '--max-regression', '20']);
    t.is(worse.code, 1, worse.stderr);
    t.true(worse.stdout.endsWith('B is worse by more than 20 % in 3 of the figures marked *.\n'));
    t.is((await electorate(['compare', before, after, '--max-regression', '50'])).code, 0);
    t.is((await electorate(['compare', after, before])).code, 0);
  },
);

test.serial('a sweep is explained by the cell, and compared cell by cell', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-sweep-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [before, after] = [join(folder, 'before.json'), join(folder, 'after.json')];
  const sweep = 'bench --engine simulation --trials 60 --exit-notice off --seed 1 --nodes 3,5 --json'.split(
    ' ',
  );
  t.is((await electorate([...sweep, before])).code, 0);
  t.is((await electorate([...sweep, after, '--election-timeout', '200'])).code, 0);

  const told = await electorate(['explain', before, '--cell', 'nodes=5', '--trial', '7']);
  t.is(told.code, 0, told.stderr);
  t.regex(told.stdout, /^Cell 2 of 2: nodes 5\n\nTrial 7 of 60: elected after /u);
  const none = await electorate(['explain', before]);
  t.is(none.code, 2);
  t.is(none.stderr, "error: Expected `--cell` to be one of 1 (nodes 3), 2 (nodes 5), got 'none'\n");

  const worse = await electorate(['compare', before, after]);
  t.is(worse.code, 1, worse.stderr);
  t.is(worse.stdout.match(/60 and 60 trials|^A: .* 60 trials$/gmu)?.length, 2);
});

const quick = 'bench --engine simulation --trials 5 --exit-notice off --seed 1'.split(' ');

test.serial('bench ends with the path of a report', async (t) => {
  const { code, stdout, stderr, left } = await electorate(quick);
  t.is(code, 0, stderr);
  const [, json = '', html = ''] =
    /^Every trial, as JSON: .*\/(.+)\nReport, for a browser: .*\/(.+)\n$/mu.exec(stdout) ?? [];
  t.deepEqual(left.toSorted(), [html, json].toSorted());
  t.regex(json, /^electorate-bench-.*\.json$/u);
});

test.serial('a sweep ends with the path of a report too', async (t) => {
  const args = ['--engine', 'simulation', '--trials', '4', '--exit-notice', 'off,on', '--seed', '1'];
  const { code, stdout, stderr, left } = await electorate(['bench', ...args]);
  t.is(code, 0, stderr);
  const [, html = ''] = /^Report, for a browser: .*\/(.+)\n$/mu.exec(stdout) ?? [];
  t.true(left.includes(html), stdout);
});

test.serial('bench writes the report and the charts where it is told to', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-report-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [json, report, svg] = ['a.json', 'a.html', 'charts'].map((name) => join(folder, name));
  const args = ['--json', `${json}`, '--report', `${report}`, '--svg', `${svg}`];
  const { code, stdout, stderr, left } = await electorate([...quick, ...args]);
  t.is(code, 0, stderr);
  t.deepEqual(left, []);
  t.true(stdout.endsWith(`Charts, as SVG: ${svg}\nReport, for a browser: ${report}\n`), stdout);
  t.true((await readFile(`${report}`, 'utf8')).startsWith('<!doctype html>'));
  const charts = (await readdir(`${svg}`)).toSorted();
  t.deepEqual(charts, ['after-detection.svg', 'elected.svg', 'phases.svg', 'trials.svg']);
  t.true((await readFile(join(`${svg}`, 'elected.svg'), 'utf8')).startsWith('<svg xmlns='));
});

test.serial('bench makes a grid of options that are lists, and writes every trial of it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-json-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const json = join(folder, 'grid.json');
  const line = '--engine simulation --nodes 3,5 --profile standard,vanilla --trials 4 --json';
  const { code, stdout, stderr } = await electorate(['bench', ...line.split(' '), json]);
  t.is(code, 0, stderr);
  t.is(stdout.match(/^│ [35] +│ +(?:standard|vanilla) /gmu)?.length, 4);
  const { schema, results } = JSON.parse(await readFile(json, 'utf8')) as ElectionGridResult;
  t.is(schema, 'electorate.election-grid/1');
  t.deepEqual(
    results.map(({ options, trials }) => [
      options.cluster.voters.length,
      options.cluster.profile,
      trials.length,
    ]),
    [
      [3, 'standard', 4],
      [3, 'vanilla', 4],
      [5, 'standard', 4],
      [5, 'vanilla', 4],
    ],
  );
});

for (const command of ['bench', 'simulate --seeds 1'] as const) {
  test.serial(`${command} refuses a --json that names a folder before it measures`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'electorate-json-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const args = command === 'bench' ? [...brisk, '--trials', '1'] : [];
    const { code, stdout, stderr } = await electorate([...command.split(' '), ...args, '--json', folder]);
    t.is(code, 2, stderr);
    t.true(
      stderr.includes(`error: Expected \`--json\` to be a file in a folder that can be written to`),
      stderr,
    );
    t.notRegex(stderr, /trial 1/u);
    t.is(stdout, '');
  });
}

test.serial('figure-16 draws the rows it is asked for and writes every sample', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-json-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const json = join(folder, 'figure-16.json');
  const args = ['--ranges', '150–300, 12-24', '--trials', '50', '--seed', '3', '--json', json];
  const { code, stdout, stderr } = await electorate(['figure-16', ...args]);
  t.is(code, 0, stderr);
  t.is(stdout.match(/100 % │/gu)?.length, 2);
  t.true(stdout.endsWith(`\nEvery trial, as JSON: ${json}\n`));
  const { schema, rows } = JSON.parse(await readFile(json, 'utf8')) as Figure16Result;
  t.is(schema, 'electorate.figure-16/1');
  t.deepEqual(
    rows.map(({ range, curves }) => [range, curves.map(({ electedMs }) => electedMs.length)]),
    [
      ['150-300', [50, 50]],
      ['12-24', [50, 50]],
    ],
  );
});

test.serial('up says where the stores are that it leaves behind', async (t) => {
  const { code, stdout, stderr, left } = await electorate(['up', ...brisk, '--keep'], {
    at: 'leads in term',
    by: 'SIGINT',
  });
  t.is(code, 130, stderr);
  t.is(left.length, 1);
  t.regex(stdout, new RegExp(`^Stores, kept: /.*/${left[0]}$`, 'mu'));
});

test.serial('up prints a line per event when nobody watches, and Ctrl-C leaves nothing', async (t) => {
  const { code, stdout, stderr, left } = await electorate(['up', ...brisk], {
    at: 'leads in term',
    by: 'SIGINT',
  });
  t.is(code, 130, stderr);
  t.regex(stdout, /^3 nodes, T 60, slots of 8, h 15, .*, disk store, /u);
  t.regex(stdout, /^n\d leads in term \d+$/mu);
  const [, ...lines] = stdout.trimEnd().split('\n');
  t.deepEqual(
    lines.filter((line) => !/^(?:\d+\.\d{3} (?:n\d|cluster) \w.*|n\d leads in term \d+)$/u.test(line)),
    [],
  );
  t.deepEqual(left, []);
});

test.serial('a bench that is told to end leaves no store and no half result', async (t) => {
  const { code, stdout, left } = await electorate(['bench', ...brisk, '--trials', '10'], {
    at: 'trial 1/10',
    by: 'SIGTERM',
  });
  t.is(code, 143);
  t.is(stdout, '');
  t.deepEqual(left, []);
});
