/** Whether a cluster lasted, in text. */
import type { SoakResult } from '../analysis/stress/soak.js';
import { clusterLine } from './election-report.js';
import { machineLine } from './machine-line.js';
import { textTable } from './text-table.js';

const megabyte = 2 ** 20;

/** Several lines, the last without a line break. */
export function soakReport(result: SoakResult): string {
  const { machine, cluster, durationMs, episodes, elections, acknowledged, missing } = result;
  const faults = episodes.reduce((sum, episode) => sum + episode.faults.length, 0);
  const samples = episodes.map(({ sample }) => sample);
  const shown = [0, 1, 2, 3, 4].map((part) => samples[Math.round((part / 4) * (samples.length - 1))]);
  const growth = result.growthPerMinute;
  return [
    `Soak: ${(durationMs / 60_000).toFixed(1)} minutes, ${episodes.length} episodes, ${faults} faults, ${elections} elections`,
    clusterLine(cluster),
    machineLine(machine),
    '',
    textTable(
      ['at rest, after', 'entries', 'resident, MB', 'without the logs, MB', 'threads', 'ports', 'files'],
      [...new Set(shown)].flatMap((sample) =>
        sample === undefined
          ? []
          : [
              [
                `${(sample.atMs / 60_000).toFixed(1)} min`,
                String(sample.entries),
                (sample.residentBytes / megabyte).toFixed(1),
                (sample.ownBytes / megabyte).toFixed(1),
                String(sample.threads ?? ''),
                String(sample.ports),
                String(sample.files ?? ''),
              ],
            ],
      ),
    ),
    ...verdict('invariants', result.violations),
    `acknowledged: ${acknowledged}, missing: ${missing.length === 0 ? 'none' : missing.slice(0, 20).join(', ')}`,
    ...verdict('threads, ports and files', result.inconstancies),
    growth === null
      ? 'memory: too few samples to tell'
      : `memory without the logs, over the last two thirds: ${(growth / megabyte).toFixed(2)} MB a minute`,
  ].join('\n');
}

function verdict(what: string, found: readonly string[]): string[] {
  return found.length === 0 ? [`${what}: held`] : [`${what}: NOT HELD`, ...found.map((line) => `  ${line}`)];
}
