/** What each feature is worth under contention, as tables: one row a feature that is off. */
import type { StressAblation } from '../analysis/stress/ablation.js';
import type { ContentionSummary } from '../analysis/stress/stress-summary.js';
import { clusterLine } from './election-report.js';
import { formatMs } from './format.js';
import { machineLine } from './machine-line.js';
import { pressureLines } from './stress-report.js';
import { falseElections } from './stress-tables.js';
import { textTable } from './text-table.js';
import { wrap } from './wrap.js';

/** Several lines, the last without a line break. */
export function stressAblationReport({ plan, machine, full, sides }: StressAblation): string {
  const all = [{ name: 'everything', summaries: full }, ...sides];
  const head = ['without', ...plan.contentions.map((contention) => contention.replaceAll('+', '\n+'))];
  const table = (of: (summary: ContentionSummary) => string): string =>
    textTable(
      head,
      all.map(({ name, summaries }) => [
        name,
        ...plan.contentions.map((contention) => {
          const summary = summaries.find((each) => each.contention === contention);
          return summary === undefined || summary.measured === 0 ? 'not measured' : of(summary);
        }),
      ]),
    );
  const parts = [
    [
      `What each feature is worth under contention: ${plan.repeats} × ${plan.durationMs / 1000} s each, round about`,
      clusterLine(plan.cluster),
      machineLine(machine),
    ].join('\n'),
    `False elections, in brackets those that a stall of the host explains; terms begun:\n${table(
      (summary) => `${falseElections(summary)}; ${summary.counts.termSteps}`,
    )}`,
    `Without a leader, ms a minute:\n${table(({ withoutLeaderMs, durationMs }) => formatMs((60_000 * withoutLeaderMs) / durationMs))}`,
  ];
  if (plan.faults !== 'none') {
    parts.push(
      `Crash → elected, ms: p50 / p99\n${table(({ failoverMs }) =>
        failoverMs === null ? 'none' : `${formatMs(failoverMs.p50)} / ${formatMs(failoverMs.p99)}`,
      )}`,
    );
  }
  parts.push(['Pressure:', ...pressureLines(full).map((line) => wrap(line, 110, '  ', '    '))].join('\n'));
  return parts.join('\n\n');
}
