/**
 * Puts the README's own tables into it: `node dist/bench/readme-tables.js`. Figure 16 and the ablation are simulated, so
 * that they are the same every time; what was measured is taken from the benches on docs/measured.md.
 */
import { readFileSync } from 'node:fs';
import { ablate, type AblationSide } from '../src/analysis/ablation.js';
import { runFigure16 } from '../src/analysis/figure-16.js';
import { describeSituation } from '../src/report/ablation-report.js';
import { curveOf, rangeOf } from '../src/report/figure-16-report.js';
import { formatMs } from '../src/report/format.js';
import { measuredTable } from './measured-table.js';
import { editPages, pages, putTable, wholeOutputs } from './pages.js';

const tables = new Map([
  ['measured', measuredTable(benchOutput())],
  ['figure-16', await figure16Table()],
  ['ablation', await ablationTable()],
]);
await editPages((page) => [...tables].reduce((edited, [name, table]) => putTable(edited, name, table), page));

function benchOutput(): string {
  const outputs = pages.flatMap((page) => [...wholeOutputs(readFileSync(page, 'utf8'))]);
  return outputs.find(([name]) => name === 'benches')?.[1] ?? '';
}

/** Measured beside the ideal and the paper, and what the rules of this program make of the same timeouts. */
async function figure16Table(): Promise<string> {
  const { rows } = await runFigure16({ seed: 16 });
  return markdownTable(
    [
      'timeouts, ms',
      'paper: mean',
      'p99',
      '`vanilla`: mean',
      'p99',
      'ideal: mean',
      '`standard`: mean',
      'p99',
    ],
    rows.map((row) => {
      const { summary } = row.paper;
      const of = (profile: 'vanilla' | 'standard'): string[] => {
        const { elected = null } = curveOf(row, profile) ?? {};
        return elected === null ? ['nobody', ''] : [formatMs(elected.mean), formatMs(elected.p99)];
      };
      const mark = { testbedScatter: ' (a)', candidateRearms: ' (b)' };
      return [
        rangeOf(row.range) + (row.departure === null ? '' : mark[row.departure]),
        formatMs(summary.mean),
        formatMs(summary.p99),
        ...of('vanilla'),
        row.ideal === null ? '' : formatMs(row.ideal.meanMs),
        ...of('standard'),
      ];
    }),
  );
}

async function ablationTable(): Promise<string> {
  const { full, rows } = await ablate({ cluster: { seed: 1 } });
  return markdownTable(
    ['without', 'crash → elected: mean', 'p99', 'where it shows'],
    [
      ['nothing', ...meanAndP99(full), ''],
      ...rows.map((row) => [
        row.feature.name,
        ...meanAndP99(row),
        situationsThatDiffer(full, row).join('; '),
      ]),
    ],
  );
}

function meanAndP99({ summary: { electedMs } }: AblationSide): string[] {
  return [formatMs(electedMs.mean), formatMs(electedMs.p99)];
}

/** Where a feature shows in a situation: who stays without a leader, or how often needlessly it was changed. */
function situationsThatDiffer(full: AblationSide, without: AblationSide): string[] {
  return without.situations.flatMap((situation, at) => {
    const before = full.situations[at];
    if (before === undefined) return [];
    const told = describeSituation(situation);
    const [outcome] = /^(?:livelock|deadlock)/u.exec(told) ?? [];
    if (outcome !== undefined) return [`${situation.name}: ${outcome}`];
    const isMore = Number.parseFloat(told) > 1.05 * Number.parseFloat(describeSituation(before)) + 0.5;
    const unit = told.endsWith(' ms') ? '' : ' elections';
    return isMore ? [`${situation.name}: ${told.replace(/ \/.*$/u, '')}${unit}`] : [];
  });
}

/** Figures to the right. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const areFigures = (at: number): boolean => rows.every((row) => /^(?:[\d.]*|nobody)$/u.test(row[at] ?? ''));
  const rule = head.map((_, at) => (areFigures(at) ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
