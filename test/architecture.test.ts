/** Holds the arrows of the house and the purity of its core, read from the sources. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

interface Source {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Where each room's arrows point. They are transitive: a room may use whatever can be reached from it. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  raft: [],
  storage: ['raft'],
  actor: ['raft', 'storage'],
  cluster: ['actor'],
  contention: ['cluster'],
  simulation: ['raft'],
  analysis: ['cluster', 'contention', 'simulation'],
  report: ['analysis'],
  cli: ['report'],
  index: ['cli'],
  workers: ['actor', 'analysis', 'cluster', 'contention', 'simulation'],
  bench: ['report'],
};

/** For every room but raft; they may use the types of raft. */
const leaves = new Set(['src/delay.ts', 'src/errors.ts', 'src/limits.ts', 'src/options.ts']);

/** What would let time, chance, threads or anything asynchronous into the core. */
const impurities =
  /\b(?:async|await|yield|Promise|Date|performance|Math\.random|crypto|setTimeout|setInterval|setImmediate|queueMicrotask|clearTimeout|process|globalThis|console|Buffer|Atomics|SharedArrayBuffer|MessagePort|Worker|fetch|Intl|toLocale\w+|WeakRef|FinalizationRegistry)\b/gu;

const sources = readSources();

test('every import follows the arrows', (t) => {
  t.true(sources.length > 15);
  t.deepEqual(sources.flatMap(wrongArrows), []);
});

test('src/raft is pure: it imports nothing outside itself, and knows no time, chance, thread or promise', (t) => {
  t.true(sources.some(({ path }) => path === 'src/raft/step.ts'));
  t.deepEqual(sources.flatMap(impuritiesOf), []);
});

test('an import against the arrows is found, in each of its forms', (t) => {
  t.is(broken('src/raft/step.ts', `import { now } from '../actor/clock.js';`), 1);
  t.is(broken('src/raft/step.ts', `import { limits } from '../limits.js';`), 1);
  t.is(broken('src/raft/step.ts', `import type { Worker } from 'node:worker_threads';`), 1);
  t.is(broken('src/raft/step.ts', `const shuffle = await import('lodash');`), 1);
  t.is(broken('src/storage/store.ts', `export { thing } from '../cluster/supervisor.js';`), 1);
  t.is(broken('src/simulation/world.ts', `import '../actor/actor.js';`), 1);
  t.is(broken('src/options.ts', `import { Cluster } from './cluster/cluster.js';`), 1);
  t.is(broken('src/cluster/cluster.ts', `import { run } from '../../bench/startup.js';`), 1);
  t.is(broken('src/analysis/trial.ts', `import { table } from '../report/table.js';`), 1);
  t.is(broken('src/stray.ts', `import { step } from './raft/step.js';`), 1);
  t.is(broken('src/analysis/trial.ts', `import { step } from '../raft/step.js';`), 0);
  t.is(broken('src/actor/actor.ts', `import { limits } from '../limits.js';`), 0);
});

test('an impurity in src/raft is found, in code but not in a comment or a string', (t) => {
  t.is(impure('export const now = Date.now();'), 1);
  t.is(impure('export const draw = Math.random();'), 1);
  t.is(impure('export async function step() {}'), 1);
  t.is(impure('setTimeout(() => 1, 2);'), 1);
  t.is(impure('export const text = `${process.pid}`;'), 1);
  t.is(impure('let shared = 0;'), 1);
  t.is(impure(`// no Date, no Promise\nexport const why = 'await the Date'; /* process */`), 0);
});

function broken(path: string, text: string): number {
  return wrongArrows({ path, text }).length;
}

function impure(text: string): number {
  return impuritiesOf({ path: 'src/raft/step.ts', text }).length;
}

function wrongArrows({ path, text }: Source): string[] {
  const room = roomOf(path);
  return importsOf(text).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return room === 'raft' ? [`${path} imports ${specifier}`] : [];
    const target = slashed(normalize(join(dirname(path), specifier))).replace(/\.js$/u, '.ts');
    return mayUse(room, target) ? [] : [`${path} imports ${target}`];
  });
}

function mayUse(room: string, target: string): boolean {
  if (leaves.has(target)) return room !== 'raft';
  const wanted = roomOf(target);
  return wanted === room || reach(room).has(wanted);
}

function reach(room: string): Set<string> {
  const reached = new Set(room === 'leaf' ? ['raft'] : (arrows[room] ?? []));
  for (const next of reached) for (const further of arrows[next] ?? []) reached.add(further);
  return reached;
}

function roomOf(path: string): string {
  if (leaves.has(path)) return 'leaf';
  if (path === 'src/index.ts') return 'index';
  const parts = path.split('/');
  return (parts[0] === 'src' && parts.length > 2 ? parts[1] : parts[0]) ?? path;
}

function importsOf(text: string): string[] {
  const forms = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/gu;
  return [...text.matchAll(forms)].map(([, specifier]) => specifier ?? '');
}

function impuritiesOf({ path, text }: Source): string[] {
  if (!path.startsWith('src/raft/')) return [];
  const code = withoutCommentsAndStrings(text);
  const found = [...code.matchAll(impurities), ...code.matchAll(/^(?:export )?(?:let|var)\b.*/gmu)];
  return found.map(([word]) => `${path} uses ${word}`);
}

function withoutCommentsAndStrings(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'/gu, '');
}

function readSources(): Source[] {
  const project = fileURLToPath(new URL('../../', import.meta.url));
  const folders = ['src', 'workers', 'bench'].filter((folder) => existsSync(join(project, folder)));
  return folders.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && file.name.endsWith('.ts'))
      .map((file) => join(file.parentPath, file.name))
      .map((file) => ({ path: slashed(relative(project, file)), text: readFileSync(file, 'utf8') })),
  );
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
