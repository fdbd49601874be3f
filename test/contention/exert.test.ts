/** Each kind that acts inside the process, on a real cluster: judged by what it leaves in the figures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { Cluster } from '../../src/cluster/cluster.js';
import { burnInProcesses, burnInThreads } from '../../src/contention/burners.js';
import { exertInside, type ExertedCluster } from '../../src/contention/exert.js';
import { judgePressure } from '../../src/contention/judge-pressure.js';
import { parseContention } from '../../src/contention/parse-contention.js';
import type { PressureVerdict } from '../../src/contention/pressure.js';
import { PressureWatch } from '../../src/contention/watch-pressure.js';
import { asNodeId } from '../../src/raft/brands.js';
import { eventually, quick } from '../cluster/support.js';

/** How long each is measured: some rounds of every rhythm below. */
const measuredMs = 600;

/** A small cluster under it, with somebody who writes. */
async function exert(text: string): Promise<PressureVerdict & { readonly statuses: number }> {
  await using cluster = await Cluster.start(quick);
  const leader = await cluster.waitForLeader();
  const { nodes, supervisorThreadId } = await cluster.status();
  const threads = new Map<number, string>();
  for (const { id, threadId } of nodes) if (threadId !== null) threads.set(threadId, id);
  if (supervisorThreadId !== null) threads.set(supervisorThreadId, 'supervisor');
  const contention = parseContention(text);
  let statuses = 0;
  const exerted = await exertInside(contention, cluster, {
    leader: leader.id,
    seed: 7,
    onStatus: () => (statuses += 1),
  });
  await using watch = await PressureWatch.start(threads);
  const beat = setInterval(() => void cluster.propose(null).catch(() => {}), 5);
  await setTimeout(measuredMs);
  clearInterval(beat);
  const { samples: _, costMs: __, ...seen } = await watch.end();
  const inner = await exerted.end();
  const outer = { throttled: null, stopped: { times: 0, totalMs: 0 } };
  return { ...judgePressure(contention, { ...seen, ...inner, ...outer }), statuses };
}

const isLinux = process.platform === 'linux';
const tellsWaiting = existsSync('/proc/self/schedstat');

for (const text of ['burners:4x', 'processes:4x']) {
  test.serial(`${text}: the threads of the cluster wait for a processor`, async (t) => {
    const { exerted, evidence } = await exert(text);
    t.log(evidence);
    // Elsewhere it is no success either, and says why.
    if (tellsWaiting) t.true(exerted, evidence);
    else t.regex(evidence, /does not tell/);
  });
}

for (const text of [
  'hog:20/50@leader',
  'hog:20/~50@all',
  'memory:100@follower',
  'main:50/100',
  'flood:1x',
  'disk:20',
  'disk:100/150@n1:n2:n3',
]) {
  test.serial(`${text}: leaves its trace`, async (t) => {
    const { exerted, evidence, statuses } = await exert(text);
    t.log(evidence);
    t.true(exerted, evidence);
    t.true(statuses >= 3, 'each node was looked at');
  });
}

test.serial('what was done to the nodes is over at the end', async (t) => {
  await using cluster = await Cluster.start(quick);
  const { id } = await cluster.waitForLeader();
  const slowMs = 2000;
  const contention = parseContention(`hog:20/40@leader+memory:50+flood:0.1x+disk:${slowMs}+disk:5000/5001`);
  const exerted = await exertInside(contention, cluster, { leader: id, seed: 1 });
  await eventually(async () => (await cluster.node(id).status()).strain.blockedMs > 0);
  await exerted.end();
  await Promise.all(cluster.nodeIds.map((node) => cluster.node(node).status()));
  const freed = new Set<string>();
  // A disk that is still slow takes all of that for each of its writes. What was written before may end only now.
  cluster.subscribe((event) => {
    if (event.type === 'written' && event.durationMs < slowMs) freed.add(event.node);
  });
  // Again and again: whom it reaches may lead no more when what the disks have held up has ended.
  const areFree = async (): Promise<boolean> => {
    await cluster.propose(null, { signal: AbortSignal.timeout(1000) }).catch(() => {});
    return freed.size === cluster.nodeIds.length;
  };
  await t.notThrowsAsync(eventually(areFree), 'a disk is slow still');
  for (const node of cluster.nodeIds) {
    const { strain } = await cluster.node(node).status();
    t.deepEqual([strain.blockedMs, strain.allocatedMb], [0, 0], node);
  }
});

test.serial('burners leave no thread and no process behind', async (t) => {
  if (!isLinux) return t.log('threads and processes can not be counted here');
  const before = readdirSync('/proc/self/task').length;
  const threads = await burnInThreads(2, 0);
  const processes = await burnInProcesses(2, 0);
  t.true(readdirSync('/proc/self/task').length >= before + 2);
  t.is(childrenOf(process.pid).length, 2);
  await Promise.all([threads.end(), processes.end()]);
  t.deepEqual(childrenOf(process.pid), []);
  const areGone = async (): Promise<boolean> => readdirSync('/proc/self/task').length <= before;
  await t.notThrowsAsync(eventually(areGone), 'a thread was left behind');
});

test.serial('a burner that can not have its priority is none, and the reason is told', async (t) => {
  // One that nobody can have, whoever runs the test.
  for (const burn of [burnInThreads, burnInProcesses]) {
    const error = await t.throwsAsync(burn(2, 100), { code: 'startFailed' });
    t.regex(error?.message ?? '', /can't burn at priority 100: ./);
    if (isLinux) t.deepEqual(childrenOf(process.pid), []);
  }
});

test.serial('burners of a lower priority have it, and only they', async (t) => {
  if (!isLinux) return t.log('threads have no priorities of their own here');
  const before = nices();
  const threads = await burnInThreads(2, 7);
  const processes = await burnInProcesses(1, 9);
  const [child = 0] = childrenOf(process.pid);
  t.is(niceOf(`/proc/${child}/stat`), 9);
  t.is(nices().filter((nice) => nice === 7).length, 2 + before.filter((nice) => nice === 7).length);
  t.is(niceOf('/proc/self/stat'), before[0] ?? 0);
  await threads.end();
  await processes.end();
});

test.serial('burner processes end with whoever held them, though that was killed', async (t) => {
  if (!isLinux) return t.log('whose children processes are is not told here');
  const code = `import { burnInProcesses } from '${new URL('../../src/contention/burners.js', import.meta.url).href}';
    await burnInProcesses(2, 0);
    console.log('burning');`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const burners = childrenOf(holder.pid ?? 0);
  t.is(burners.length, 2);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await eventually(async () => burners.every((pid) => !existsSync(`/proc/${pid}`)));
});

test('a start that fails half way leaves nothing of what had begun', async (t) => {
  const calls: string[] = [];
  const record = (call: string) => (id: string, what: unknown) => {
    calls.push(`${call} ${id} ${JSON.stringify(what)}`);
    return call === 'slowDisk' && id === 'n2' ? Promise.reject(new Error('no such disk')) : Promise.resolve();
  };
  const cluster = {
    nodeIds: ['n1', 'n2'],
    options: { mailbox: { control: 10, data: 10 } },
    subscribe: () => () => calls.push('unsubscribed'),
    node: () => ({ status: () => Promise.reject(new Error('down')) }),
    burden: record('burden'),
    slowDisk: record('slowDisk'),
    stallDisk: record('stallDisk'),
  } as unknown as ExertedCluster;
  const contention = parseContention('memory:1@n1+disk:3+burners:1');
  await t.throwsAsync(exertInside(contention, cluster, { leader: asNodeId('n1'), seed: 1 }), {
    message: 'no such disk',
  });
  t.deepEqual(calls, [
    'burden n1 {"type":"memory","megabytesPerSecond":1}',
    'slowDisk n1 {"type":"fixed","ms":3}',
    'slowDisk n2 {"type":"fixed","ms":3}',
    'slowDisk n1 {"type":"fixed","ms":0}',
    'slowDisk n2 {"type":"fixed","ms":0}',
    'burden n1 null',
    'unsubscribed',
  ]);
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

/** Of each thread of this process, the main one first. */
function nices(): number[] {
  return readdirSync('/proc/self/task').map((id) => niceOf(`/proc/self/task/${id}/stat`));
}

/** The 19th field; the second is a name in brackets. */
function niceOf(path: string): number {
  return Number(readFileSync(path, 'utf8').split(') ')[1]?.split(' ')[16]);
}
