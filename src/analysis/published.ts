/** What others have published, from `data/`: samples to compare with. Read once, when first asked for. */
import { readFileSync } from 'node:fs';

/** Figure 16 of the Raft paper: ms without a leader, smallest first, by range, e.g. `150-300`. */
export function raftFigure16(): ReadonlyMap<string, readonly number[]> {
  figure16 ??= group(
    readRows('raft-figure-16.csv').map(([range = '', , ms]) => [range, Number(ms)] as const),
  );
  return figure16;
}

/** Elections of a simulated wide-area cluster of five: ms of an election by share of those that were no slower. */
export interface WideAreaElections {
  readonly logs: 'equal' | 'different';
  readonly failed: number;
  readonly percentiles: readonly { readonly share: number; readonly ms: number }[];
}

/** The dissertation's §9.4. */
export function wideAreaElections(): WideAreaElections[] {
  const rows = readRows('thesis-wan-percentiles.csv');
  return (['equal', 'different'] as const).flatMap((logs) =>
    [0, 1, 2].map((failed) => ({
      logs,
      failed,
      percentiles: rows
        .filter(([figure, dead]) => figure === wideAreaFigure[logs] && Number(dead) === failed)
        .map(([, , share, ms]) => ({ share: Number(share), ms: Number(ms) })),
    })),
  );
}

let figure16: ReadonlyMap<string, readonly number[]> | undefined;

const wideAreaFigure = {
  equal: 'multi-submission-failures.svg',
  different: 'multi-submission-failures-logsdiff.svg',
};

/** Plain columns, no quotes; the first line names them. */
function readRows(file: string): string[][] {
  const text = readFileSync(new URL(`../../../data/${file}`, import.meta.url), 'utf8');
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => line.split(','));
}

function group(samples: readonly (readonly [string, number])[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [name, ms] of samples) {
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [ms]);
    else known.push(ms);
  }
  for (const ms of groups.values()) ms.sort((a, b) => a - b);
  return groups;
}
