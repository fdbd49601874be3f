/**
 * Breaks the core, and the actor around it, in every way of `mutants.ts` and shows which test notices: `npm run mutations [-- WORD]`, where WORD
 * picks the mutants whose name or file contains it. With `--markdown FILE` the table goes there, and a line a file is
 * printed. Works on a copy in a temporary folder. A survivor is a missing test: the exit code is 1, as it is when a
 * mutant's text no longer stands exactly once in its file.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { mutants } from './mutants.js';

interface Broken {
  readonly name: string;
  readonly file: string;
  /** Where the broken file was compiled to. */
  readonly compiled: string;
}

interface Verdict {
  readonly broken: Broken;
  /** The title of the first test that failed; null when all passed. */
  readonly killedBy: string | null;
}

/** By room. Fast, and without threads: all of a room's run in one process, up to the first failure. */
const suites: Readonly<Record<string, readonly string[]>> = {
  raft: [
    ...'succession votes election follower leader roles step options lease lease-hint invariants adaptive-timeout peak'.split(
      ' ',
    ),
    ...'messages time log progress configuration random ballot replay'.split(' '),
  ]
    .map((name) => `raft/${name}.test.js`)
    .concat('scenarios.test.js'),
  actor: ['actor/mailbox.test.js', 'actor/actor.test.js'],
};

/** By room, in ms: a broken core may loop for ever, and a test of a broken actor wait for what never comes. */
const limitsMs: Readonly<Record<string, number>> = { raft: 300_000, actor: 60_000 };

const root = fileURLToPath(new URL('../../', import.meta.url));

async function main(word: string, markdown: string | undefined): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), 'electorate-mutations-'));
  const clean = (): void => rmSync(work, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clean();
      process.exit(1);
    });
  }
  try {
    const broken = compile(work, word);
    const lanes = Array.from({ length: availableParallelism() }, (_, lane) => createLane(work, lane));
    const [first] = lanes;
    for (const room of Object.keys(suites)) {
      if (first === undefined) break;
      arrange(first, `${room}/none.ts`);
      const unbroken = await firstFailure(first, `${room}/none.ts`);
      if (unbroken !== null) throw new Error(`The tests fail before anything is broken: ${unbroken}`);
    }
    const verdicts = await runAll(lanes, broken);
    if (markdown === undefined) process.stdout.write(`${tableOf(verdicts)}\n`);
    else writeFileSync(markdown, markdownOf(verdicts));
    process.stdout.write(`${summaryOf(verdicts)}\n`);
    return verdicts.some(({ killedBy }) => killedBy === null) ? 1 : 0;
  } finally {
    clean();
  }
}

/** Writes every broken file beside its original and compiles them all at once. */
function compile(work: string, word: string): Broken[] {
  const source = join(work, 'src');
  for (const room of Object.keys(suites)) {
    cpSync(join(root, 'src', room), join(source, room), { recursive: true });
  }
  const broken: Broken[] = [];
  for (const [file, list] of Object.entries(mutants)) {
    const original = readFileSync(join(source, file), 'utf8');
    for (const [name, from, to] of list) {
      const found = original.split(from).length - 1;
      if (found !== 1)
        throw new Error(`Expected the text of "${name}" once in ${file}, found it ${found} times: ${from}`);
      if (!`${file} ${name}`.includes(word)) continue;
      const stem = `${file.slice(0, -'.ts'.length)}.${broken.length}`;
      writeFileSync(
        join(source, `${stem}.ts`),
        original.replace(from, () => to),
      );
      broken.push({ name, file, compiled: join(work, 'broken', `${stem}.js`) });
    }
  }
  const compilerOptions = {
    noCheck: true,
    verbatimModuleSyntax: true,
    target: 'es2022',
    module: 'nodenext',
    types: [],
    rootDir: 'src',
    outDir: 'broken',
  };
  writeFileSync(join(work, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', work], {
    stdio: 'inherit',
  });
  return broken;
}

/** A compiled copy of the project whose only test file imports the others. */
function createLane(work: string, index: number): string {
  const lane = join(work, `lane-${index}`);
  mkdirSync(lane);
  cpSync(join(root, 'dist'), join(lane, 'dist'), { recursive: true });
  cpSync(join(root, 'test', 'scenarios'), join(lane, 'test', 'scenarios'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(lane, 'node_modules'), 'junction');
  const config = {
    type: 'module',
    ava: { files: ['dist/test/suite.test.js'], workerThreads: false, timeout: '10m' },
  };
  writeFileSync(join(lane, 'package.json'), JSON.stringify(config));
  return lane;
}

/** Lets the tests of the broken file go first: they are the likeliest to notice, and to say what is wrong. */
function arrange(lane: string, file: string): void {
  const own = file.replace(/ts$/u, 'test.js');
  const suite = suites[dirname(file)] ?? [];
  const order = suite.toSorted((a, b) => Number(b === own) - Number(a === own));
  writeFileSync(
    join(lane, 'dist', 'test', 'suite.test.js'),
    order.map((name) => `import './${name}';\n`).join(''),
  );
}

async function runAll(lanes: readonly string[], broken: readonly Broken[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const waiting = [...broken];
  const work = async (lane: string): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const target = join(lane, 'dist', 'src', next.file.replace(/ts$/u, 'js'));
      copyFileSync(next.compiled, target);
      arrange(lane, next.file);
      const killedBy = await firstFailure(lane, next.file);
      copyFileSync(join(dirname(next.compiled), basename(target)), target);
      verdicts.push({ broken: next, killedBy });
      process.stderr.write(killedBy === null ? `\nsurvives: ${next.file}: ${next.name}\n` : '.');
    }
  };
  await Promise.all(lanes.map(work));
  process.stderr.write('\n');
  return broken.map(
    (one) => verdicts.find((verdict) => verdict.broken === one) ?? { broken: one, killedBy: null },
  );
}

/** Runs the tests for a file up to the first that fails, and says which that was; null when none did. */
async function firstFailure(lane: string, file: string): Promise<string | null> {
  const ava = join(lane, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
  // In a process group of its own: the runner's child has to go with it when it hangs.
  const child = spawn(process.execPath, [ava, '--tap', '--serial', '--fail-fast'], {
    cwd: lane,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const limitMs = limitsMs[dirname(file)];
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, limitMs);
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  clearTimeout(timer);
  if (hung) return `no end within ${(limitMs ?? 0) / 1000} s`;
  const title = /^not ok \d+ - (?<title>.*)$/mu.exec(output)?.groups?.['title'];
  if (title !== undefined) return title;
  if (!/^# pass [1-9]/mu.test(output) || !/^# fail 0$/mu.test(output))
    throw new Error(`No test failed, yet the run did:\n${output.slice(-2000)}`);
  return null;
}

function tableOf(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ['file', 'broken so that', 'killed by'],
    colWidths: [22, 48, 76],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { broken, killedBy } of verdicts) table.push([broken.file, broken.name, killedBy ?? 'NOTHING']);
  return table.toString();
}

/** A section a file, a line a mutant. */
function markdownOf(verdicts: readonly Verdict[]): string {
  const sections = filesOf(verdicts).map((file) => {
    const rows = verdicts
      .filter(({ broken }) => broken.file === file)
      .map(({ broken, killedBy }) => `| ${cell(broken.name)} | ${cell(killedBy ?? '**nothing**')} |`);
    return [`## \`src/${file}\``, '', '| broken so that | killed by |', '| --- | --- |', ...rows, ''];
  });
  return [
    '# Mutants and what kills them',
    '',
    'Written by `npm run mutations -- --markdown test/mutations.md`: each breaks one thing, and this is the first test that fails.',
    '',
    ...sections.flat(),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** How many of each file's are killed, and by how many different tests. */
function summaryOf(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ['file', 'mutants', 'killed', 'by different tests'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const file of filesOf(verdicts)) {
    const own = verdicts.filter(({ broken }) => broken.file === file);
    const killers = own.flatMap(({ killedBy }) => killedBy ?? []);
    table.push([file, own.length, killers.length, new Set(killers).size]);
  }
  const killed = verdicts.filter(({ killedBy }) => killedBy !== null).length;
  return `${table.toString()}\n${killed} of ${verdicts.length} killed`;
}

function filesOf(verdicts: readonly Verdict[]): string[] {
  return [...new Set(verdicts.map(({ broken }) => broken.file))];
}

const { values, positionals } = parseArgs({
  options: { markdown: { type: 'string' } },
  allowPositionals: true,
});
process.exitCode = await main(positionals[0] ?? '', values.markdown);
