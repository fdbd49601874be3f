/** What a user gets: the packed package, installed into an empty project. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Uses every part of the surface that has a type of its own. */
const program = `
import { Cluster, ElectorateError, type ClusterEvent, type ClusterOptions, type NodeStatus } from 'electorate';

const options: ClusterOptions = { nodes: 3, store: 'memory', electionTimeoutMs: 100 };
const cluster: Cluster = await Cluster.start(options);
const unsubscribe: () => void = cluster.subscribe((event: ClusterEvent) => {
  if (event.type === 'voteRefused') console.log(event.node, event.reason.toUpperCase(), event.atMs.toFixed(1));
});
const { id, term } = await cluster.waitForLeader({ signal: AbortSignal.timeout(60_000) });
const status: NodeStatus = await cluster.node(id).status();
console.log(term === status.term, status.role);
try {
  cluster.node('n9');
} catch (error) {
  if (error instanceof ElectorateError) console.log(error.code);
}
unsubscribe();
await cluster.stop();
`;

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: ['node'],
};

test.serial(
  'npm pack installs into an empty project: its types resolve, its scripts and its command run',
  async (t) => {
    t.timeout(240_000);
    const folder = await mkdtemp(join(tmpdir(), 'electorate-package-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const npm = (arguments_: readonly string[], cwd: string): Promise<{ stdout: string }> =>
      run('npm', ['--loglevel=error', '--no-audit', '--no-fund', ...arguments_], { cwd });

    // The package is built already: building it again would pull the rug from under other tests.
    await npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    t.truthy(tarball);
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'empty', private: true, type: 'module' }),
    );
    await npm(['install', '--prefer-offline', `./${tarball}`], folder);

    const installed = join(folder, 'node_modules', 'electorate');
    t.deepEqual((await readdir(installed)).toSorted(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'data',
      'dist',
      'docs',
      'package.json',
    ]);
    t.deepEqual((await readdir(join(installed, 'dist'))).toSorted(), ['src', 'workers']);

    await writeFile(join(folder, 'program.ts'), program);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    );
    // Only these two: everything else the types need must come with the package.
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
    await symlink(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'dir');
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    const { stdout } = await run(process.execPath, [join(folder, 'program.js')]);
    t.regex(stdout, /true leader\nunknownNode\n/u);

    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const script = /<!-- ten lines -->\s*```\w*\n(.*?)```/su.exec(readme)?.[1] ?? '';
    await writeFile(join(folder, 'ten-lines.mjs'), script);
    t.regex((await run(process.execPath, [join(folder, 'ten-lines.mjs')])).stdout, /has \d+ entries\n$/u);

    const help = await run(join(folder, 'node_modules/.bin/electorate'), ['--help']);
    for (const command of [
      'up',
      'bench',
      'explain',
      'compare',
      'figure-16',
      'scenarios',
      'explore',
      'simulate',
    ])
      t.regex(help.stdout, new RegExp(`^  ${command} `, 'mu'));
  },
);
