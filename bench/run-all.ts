/** Every bench, one after the other, each in a process of its own; `--smoke` is passed on. Fails when one fails. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const helpers = new Set([
  'run-all.js',
  'harness.js',
  'fill-readme.js',
  'draw-readme.js',
  'readme-tables.js',
  'measured-table.js',
  'pages.js',
  'interleave.js',
  'baseline.js',
  'bare-campaign.js',
  'bare-campaign-thread.js',
  'bare-idle-thread.js',
  'bare-relay.js',
  'simulated-elections-thread.js',
]);
/** Those that take longer than ten minutes in full. */
const slow = new Set([
  'election-latency.js',
  'idle-false-elections.js',
  'soak.js',
  'stress.js',
  'stress-ablation.js',
]);
const folder = fileURLToPath(new URL('.', import.meta.url));
const benches = readdirSync(folder).filter((file) => file.endsWith('.js') && !helpers.has(file));
for (const file of benches) {
  console.log(`── ${file}`);
  const { status } = spawnSync(process.execPath, [folder + file, ...process.argv.slice(2)], {
    stdio: 'inherit',
    timeout: slow.has(file) ? 4 * 3_600_000 : 600_000,
  });
  if (status !== 0) process.exitCode = 1;
}
