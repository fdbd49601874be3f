/** The matrix of partial partitions as text: what each profile makes of each. */
import { median } from '../analysis/statistics.js';
import { comparedProfiles, type ProfileName, type VerdictCell } from '../simulation/verdicts.js';
import { partialPartitions } from '../simulation/partial-partitions.js';
import { formatMs } from './format.js';
import { textTable } from './text-table.js';

/** One row a scenario, one column a profile; then the shapes, and what no Raft can do. */
export function verdictTable(cells: readonly VerdictCell[]): string {
  const profiles = Object.keys(comparedProfiles) as ProfileName[];
  const rows = partialPartitions.map(({ name }) => [
    name,
    ...profiles.map((profile) =>
      describeCell(cells.find((cell) => cell.scenario === name && cell.profile === profile)),
    ),
  ]);
  const shapes = partialPartitions.map(({ name, shape, source }) => `  ${name}: ${shape}.\n    ${source}`);
  return [
    textTable(['partial partition', ...profiles], rows),
    'A cell: outcome (how many of the seeds agree), median time from the fault to the leader that stays, median of the',
    'terms burned. !: not what was expected.',
    '',
    ...shapes,
    '',
    'The constrained election is expected to fail: the only node that a quorum can hear lacks a committed entry, and',
    'those that have it reach no quorum. No Raft elects here; it would take a leader that fetches what it lacks.',
  ].join('\n');
}

function describeCell(cell: VerdictCell | undefined): string {
  if (cell === undefined) return '';
  const { outcome, expected, agreeing, verdicts } = cell;
  const stableMs = verdicts.flatMap(({ stableAfterMs }) => (stableAfterMs === null ? [] : [stableAfterMs]));
  const burned = median(verdicts.map(({ termsBurned }) => termsBurned));
  const terms = `${burned} ${burned === 1 ? 'term' : 'terms'}`;
  const head = `${outcome === expected ? '' : '! '}${outcome} ${agreeing}/${verdicts.length}`;
  return outcome === 'recover' ? `${head}\n${formatMs(median(stableMs))} ms, ${terms}` : `${head}\n${terms}`;
}
