/**
 * A process that does to another what a command does to the process of a cluster: it suspends it, and limits it where it
 * may. Prints one line, what it holds, and then holds it until it is killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutsideExertion, outsideRefusal } from '../../src/contention/outside.js';
import { parseContention } from '../../src/contention/parse-contention.js';
import { Watchdog } from '../../src/contention/watchdog.js';

/** It burns, and so do two children of its, which hear of its end only when they run. */
const burning = `
await new Promise((resolve) => process.stdin.once('data', resolve));
const { burnInProcesses } = await import('${new URL('../../src/contention/burners.js', import.meta.url).href}');
await burnInProcesses(2, 0);
console.log('burning');
for (;;);`;

const suspended = 'stop:50000/50001';
const isLimited = (await outsideRefusal(parseContention('quota:50'))) === null;
const watchdog = await Watchdog.start();
const child = spawn(process.execPath, ['--input-type=module', '-e', burning], {
  detached: true,
  stdio: ['pipe', 'pipe', 'inherit'],
});
const group = child.pid ?? 0;
const folder = mkdtempSync(join(tmpdir(), 'electorate-holder-'));
writeFileSync(join(folder, 'file'), 'something');
watchdog.holdFolder(folder);
const contention = parseContention(isLimited ? `quota:50+${suspended}` : suspended);
const outside = await OutsideExertion.prepare(contention, group, watchdog);
// Not before it is in its cgroup: children that it has by then stay where they are.
child.stdin.write('burn\n');
await once(child.stdout, 'data');
const children = readFileSync(`/proc/${group}/task/${group}/children`, 'utf8').trim().split(' ').map(Number);
outside.begin(1);
while (!isStopped()) await new Promise((resolve) => setImmediate(resolve));
process.stdout.write(
  `${JSON.stringify({ watchdog: watchdog.pid, group, children, cgroup: outside.cgroup, folder })}\n`,
);
setInterval(() => {}, 1000);

function isStopped(): boolean {
  return [group, ...children].every((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T '));
}
