/** Priorities of threads exist on Linux; elsewhere the option is refused. */
import { getPriority } from 'node:os';
import test from 'ava';
import { Cluster } from '../../src/cluster/cluster.js';
import { priorityRefusal } from '../../src/cluster/priority.js';
import { quick, settle } from './support.js';

const isLinux = process.platform === 'linux';

test.serial(
  'niceness: every node, in later lives too, and the supervisor have it, and nobody else',
  async (t) => {
    const starting = Cluster.start({ ...quick, niceness: 3 });
    if (!isLinux) {
      await t.throwsAsync(starting, { code: 'invalidOption', message: /niceness.*Linux/u });
      return;
    }
    await using cluster = await starting;
    const own = getPriority();
    const { id } = await settle(cluster);
    await cluster.crash(id);
    await cluster.restart(id);
    const { nodes, supervisorThreadId } = await cluster.status();
    const threads = [supervisorThreadId, ...nodes.map(({ threadId }) => threadId)];
    t.deepEqual(
      threads.map((thread) => getPriority(thread ?? -1)),
      threads.map(() => 3),
    );
    t.is(getPriority(), own);
  },
);

test.serial('a priority that is only tried is given back, whether it was permitted or not', (t) => {
  const own = getPriority();
  for (const nice of [own - 1, own, own + 1]) {
    const refusal = priorityRefusal(nice);
    t.is(getPriority(), own, `${nice}`);
    if (!isLinux) t.regex(refusal ?? '', /on Linux only/u);
    else if (nice >= own) t.is(refusal, null, `${nice}`);
  }
});
