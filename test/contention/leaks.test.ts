/** What is left of what was exerted: counted in a process of its own, since test files share theirs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

const at = (name: string): string => new URL(`../../src/contention/${name}.js`, import.meta.url).href;

test.serial('contention exerted again and again leaves no thread, file, timer or listener', async (t) => {
  if (process.platform !== 'linux') return t.log('threads and files can not be counted here');
  const code = `
    import { spawn } from 'node:child_process';
    import { once } from 'node:events';
    import { readdirSync, readFileSync } from 'node:fs';
    import { burnInProcesses, burnInThreads } from '${at('burners')}';
    import { OutsideExertion, outsideRefusal } from '${at('outside')}';
    import { parseContention } from '${at('parse-contention')}';
    import { PressureWatch } from '${at('watch-pressure')}';
    import { Watchdog } from '${at('watchdog')}';
    const limited = parseContention('quota:50+stop:5/10');
    const contention = (await outsideRefusal(limited)) === null ? limited : parseContention('stop:5/10');
    const use = async () => {
      const watch = await PressureWatch.start(new Map());
      const burning = [await burnInThreads(2, 0), await burnInProcesses(1, 0)];
      for (const one of burning) await one.end();
      await watch.end();
      const watchdog = await Watchdog.start();
      const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
      await once(child, 'spawn');
      const outside = await OutsideExertion.prepare(contention, child.pid, watchdog);
      outside.begin(1);
      const isStopped = () => readFileSync('/proc/' + child.pid + '/stat', 'utf8').includes(') T ');
      while (!isStopped()) await new Promise(setImmediate);
      child.kill('SIGKILL');
      await once(child, 'close');
      await outside[Symbol.asyncDispose]();
      await watchdog[Symbol.asyncDispose]();
    };
    const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
    // Some turns later, for what has just ended is counted until its handle is closed.
    const count = async () => {
      for (let turn = 0; turn < 100 && resources().length > 0; turn += 1) await new Promise(setImmediate);
      return {
        threads: readdirSync('/proc/self/task').length,
        files: readdirSync('/proc/self/fd').length,
        resources: resources(),
        exitListeners: process.listenerCount('exit'),
      };
    };
    await use();
    const first = await count();
    for (let round = 0; round < 3; round += 1) await use();
    console.log(JSON.stringify([first, await count()]));`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', code],
    { timeout: 60_000 },
  );
  const [first, last] = JSON.parse(stdout);
  t.deepEqual(last, first);
  t.deepEqual(first.resources, []);
  t.is(stderr, '');
});
