/** `electorate scenarios`: what each profile makes of partial partitions, in virtual time. */
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { count } from '../options.js';
import { verdictTable } from '../report/verdict-table.js';
import { judgePartialPartitions } from '../simulation/verdicts.js';
import { numeric } from './cluster-flags.js';

interface ScenarioFlags {
  readonly seeds?: number;
  readonly seed?: number;
}

/** Adds the command. */
export function addScenarios(program: Command): void {
  program
    .command('scenarios')
    .summary('what each profile makes of partial partitions')
    .description(
      'Lays a library of partial partitions over groups in virtual time, once per seed and profile, and prints who ' +
        'recovers, who changes leaders for ever, and who stands still.',
    )
    .addOption(numeric('--seeds <count>', 'runs per cell', '20'))
    .addOption(numeric('--seed <number>', 'seeds all of them', 'a random one, printed'))
    .addHelpText('after', '\nExamples:\n  electorate scenarios\n  electorate scenarios --seeds 100 --seed 1')
    .action(scenarios);
}

/** Exit code 1 when an outcome is not the expected one. */
function scenarios(flags: ScenarioFlags): void {
  const seeds = count('seeds', flags.seeds ?? 20, 1, 10_000);
  const seed = count('seed', flags.seed ?? randomInt(2 ** 32), 0, Number.MAX_SAFE_INTEGER);
  const cells = judgePartialPartitions({ seed, seeds });
  const unexpected = cells.filter(({ outcome, expected }) => outcome !== expected);
  process.stdout.write(
    `${verdictTable(cells)}\n\nSeed ${seed}, ${seeds} runs a cell, T = R = 150 ms, h = 30 ms.\n`,
  );
  if (unexpected.length > 0) process.exitCode = 1;
}
