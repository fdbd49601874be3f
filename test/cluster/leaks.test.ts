/** What is left of a cluster when it has ended: counted in a process of its own, since test files share theirs. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { temporaryFolder } from './support.js';

const run = promisify(execFile);
const library = new URL('../../src/index.js', import.meta.url).href;

/** Runs a script in which `Cluster` is there, with its temporary files in `folder`; resolves when it ends by itself. */
async function runScript(script: string, folder: string): Promise<{ stdout: string; stderr: string }> {
  const code = `import { Cluster } from '${library}';\n${script}`;
  const env = { ...process.env, TMPDIR: folder };
  return await run(process.execPath, ['--input-type=module', '-e', code], { timeout: 60_000, env });
}

test.serial(
  'six clusters later: no thread, port, timer, file or folder more than after the first',
  async (t) => {
    await using folder = await temporaryFolder();
    const { stdout, stderr } = await runScript(
      `import { readdirSync } from 'node:fs';
    const use = async (store) => {
      const wiring = store === 'disk' ? 'routed' : 'direct';
      const cluster = await Cluster.start({ nodes: 3, store, wiring });
      cluster.subscribe(() => {});
      const { id } = await cluster.waitForLeader();
      await cluster.propose('x').catch(() => {});
      await cluster.crash(id);
      await cluster.propose('y').catch(() => {});
      await cluster.restart(id);
      const [other] = cluster.nodeIds.filter((node) => node !== id);
      await cluster.hang(other);
      await cluster.setLink('n1', 'n2', { delay: { type: 'fixed', ms: 20 } });
      const never = cluster.node(other).status().catch(() => {});
      const controller = new AbortController();
      const aborted = cluster.waitForLeader({ afterTerm: 1e6, signal: controller.signal }).catch(() => {});
      controller.abort();
      await Promise.all([cluster.stop(), cluster.stop()]);
      await Promise.all([never, aborted]);
    };
    // A turn later, for the request in whose callback the last promise was resolved is counted until then.
    const count = async () => (await new Promise(setImmediate), {
      threads: readdirSync('/proc/self/task').length,
      files: readdirSync('/proc/self/fd').length,
      resources: process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap'),
      exitListeners: process.listenerCount('exit'),
    });
    await use('disk');
    const first = await count();
    for (let round = 0; round < 3; round += 1) for (const store of ['disk', 'memory']) await use(store);
    console.log(JSON.stringify([first, await count()]));`,
      folder.path,
    );
    const [first, last] = JSON.parse(stdout);
    t.deepEqual(last, first);
    t.deepEqual(first.resources, []);
    t.is(stderr, '');
    t.deepEqual(await readdir(folder.path), []);
  },
);

test.serial('a start that fails leaves nothing either', async (t) => {
  await using folder = await temporaryFolder();
  const { stdout } = await runScript(
    `import { readdirSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    const dataDir = tmpdir() + '/data';
    const owner = await Cluster.start({ nodes: 2, dataDir });
    const threads = () => readdirSync('/proc/self/task').length;
    const before = threads();
    for (let round = 0; round < 3; round += 1) {
      await Cluster.start({ nodes: 2, dataDir }).catch(({ code }) => console.log(code));
    }
    console.log(threads() - before);
    await owner.stop();`,
    folder.path,
  );
  t.is(stdout, 'storeLocked\nstoreLocked\nstoreLocked\n0\n');
  t.deepEqual(await readdir(folder.path), ['data']);
});

test.serial('a script that forgets stop ends all the same, and its temporary folder with it', async (t) => {
  await using folder = await temporaryFolder();
  const { stdout, stderr } = await runScript(
    `const cluster = await Cluster.start();
    console.log((await cluster.waitForLeader()).term > 0);`,
    folder.path,
  );
  t.is(stdout, 'true\n');
  t.is(stderr, '');
  t.deepEqual(await readdir(folder.path), []);
});

test.serial('what is waited for keeps the process: a call, and a subscription until it ends', async (t) => {
  await using folder = await temporaryFolder();
  const { stdout } = await runScript(
    `const cluster = await Cluster.start({ nodes: 3, store: 'memory' });
    const { id, term } = await cluster.waitForLeader();
    const end = cluster.subscribe((event) => {
      if (event.type !== 'ready') return;
      console.log('new leader');
      end();
    });
    void cluster.crash(id);`,
    folder.path,
  );
  t.is(stdout, 'new leader\n');
});

test.serial(
  'a script that throws or exits in mid-flight takes its threads and its folder with it',
  async (t) => {
    await using folder = await temporaryFolder();
    for (const end of ['process.exit(3)', 'throw new Error("mine")']) {
      const script = `const cluster = await Cluster.start();
      await cluster.waitForLeader();
      cluster.subscribe(() => {});
      for (let i = 0; i < 100; i += 1) cluster.propose(i).catch(() => {});
      ${end};`;
      const error = await t.throwsAsync(runScript(script, folder.path));
      t.is(Reflect.get(Object(error), 'code'), end === 'process.exit(3)' ? 3 : 1);
    }
    t.deepEqual(await readdir(folder.path), []);
  },
);
