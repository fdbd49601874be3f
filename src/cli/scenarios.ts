/** `electorate scenarios`: what each profile makes of partial partitions, in virtual time. */
import { randomInt } from 'node:crypto';
import { count } from '../options.js';
import { verdictTable } from '../report/verdict-table.js';
import { judgePartialPartitions } from '../simulation/verdicts.js';

export interface ScenarioFlags {
  readonly seeds?: number;
  readonly seed?: number;
}

/** Exit code 1 when an outcome is not the expected one. */
export function scenarios(flags: ScenarioFlags): void {
  const seeds = count('seeds', flags.seeds ?? 20, 1, 10_000);
  const seed = count('seed', flags.seed ?? randomInt(2 ** 32), 0, Number.MAX_SAFE_INTEGER);
  const cells = judgePartialPartitions({ seed, seeds });
  const unexpected = cells.filter(({ outcome, expected }) => outcome !== expected);
  process.stdout.write(
    `${verdictTable(cells)}\n\nSeed ${seed}, ${seeds} runs a cell, T = R = 150 ms, h = 30 ms.\n`,
  );
  if (unexpected.length > 0) process.exitCode = 1;
}
