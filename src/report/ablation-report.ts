/** What each feature is worth, as two tables: a crash of the leader, and situations in which single ones matter. */
import type { AblationResult, AblationSide, Situation } from '../analysis/ablation.js';
import { median, type Difference } from '../analysis/statistics.js';
import { ablationScenarios } from '../simulation/ablation-scenarios.js';
import { settingLine } from './election-report.js';
import { formatMs } from './format.js';
import { machineLine } from './machine-line.js';
import { textTable } from './text-table.js';

/** Several lines, the last without a line break. */
export function ablationReport(result: AblationResult): string {
  const { engine, trials, runs, machine, full, rows } = result;
  const where = engine === 'threads' ? 'on threads' : 'simulated';
  const named: [string, AblationSide][] = [
    ['everything', full],
    ...rows.map((row): [string, AblationSide] => [nameOf(row.feature), row]),
  ];
  return [
    `What each feature is worth: ${trials} crashes of the leader with it switched, ${where}, in alternation`,
    settingLine(result),
    machineLine(machine),
    '',
    textTable(
      [
        'without',
        'mean, ms',
        'more than with it',
        'p50',
        'p99',
        'more',
        'terms',
        'messages',
        'split',
        'refused',
      ],
      [
        latencyRow('everything', full, '', ''),
        ...rows.map((row) =>
          latencyRow(nameOf(row.feature), row, changeOf(row.difference.mean), changeOf(row.difference.p99)),
        ),
      ],
    ),
    'Crash → elected; [95 % interval of the difference], = where it reaches over 0: no difference shown. Terms, messages',
    'and refused requests a trial; split votes in all trials. !: an unsafe combination, which no default allows.',
    '',
    `Situations, simulated with T = R = 150, h = 30: means of ${runs} runs of 120 T`,
    textTable(
      ['without', ...full.situations.map(({ name }) => name.replace(' with a high term', ''))],
      named.map(([name, side]) => [name, ...side.situations.map(describeSituation)]),
    ),
    'A cell: leaders elected / terms burned; livelock where they change for ever, deadlock where nobody can commit. An',
    'election is due after one-way in and the missed heartbeat only; the latter tells the time until the new leader.',
    ...ablationScenarios.map(({ name, shape }) => `  ${name}: ${shape}.`),
  ].join('\n');
}

function nameOf({ name, unsafe }: AblationResult['rows'][number]['feature']): string {
  return unsafe === true ? `${name} !` : name;
}

function latencyRow(name: string, side: AblationSide, mean: string, p99: string): string[] {
  const { electedMs, termSteps, messages, splitVotes } = side.summary;
  return [
    name,
    formatMs(electedMs.mean),
    mean,
    formatMs(electedMs.p50),
    formatMs(electedMs.p99),
    p99,
    termSteps.mean.toFixed(3),
    messages === null ? '' : messages.mean.toFixed(1),
    `${splitVotes}`,
    side.refusals.toFixed(2),
  ];
}

function changeOf({ difference, interval }: Difference): string {
  if (interval === null) return signed(difference);
  const [low, high] = interval;
  return low <= 0 && high >= 0 ? '=' : `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(2)}`;
}

/** One cell: who led and what it cost, or that nobody can. */
export function describeSituation({ name, verdicts }: Situation): string {
  const mean = (of: (verdict: Situation['verdicts'][number]) => number): string =>
    (verdicts.reduce((sum, verdict) => sum + of(verdict), 0) / verdicts.length).toFixed(1);
  const stableMs = verdicts.flatMap(({ stableAfterMs }) => (stableAfterMs === null ? [] : [stableAfterMs]));
  const worst = (['livelock', 'deadlock'] as const).find(
    (outcome) => 2 * verdicts.filter((verdict) => verdict.outcome === outcome).length > verdicts.length,
  );
  if (name === 'missed heartbeat' && worst === undefined) return `${formatMs(median(stableMs))} ms`;
  const counts = `${mean(({ elections }) => elections)} / ${mean(({ termsBurned }) => termsBurned)}`;
  return worst === undefined ? counts : `${worst} ${counts}`;
}
