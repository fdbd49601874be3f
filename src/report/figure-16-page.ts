/** The report of figure 16: one HTML file. */
import type { Figure16Result } from '../analysis/figure-16.js';
import { figure16Charts } from './figure-16-charts.js';
import { deviationTable, figure16Heading, gainTable, notes } from './figure-16-report.js';
import { markup, type Markup } from './markup.js';
import { chartFigures, pageShell, scrollingTable, section } from './page-shell.js';

/** The whole file: opens offline, and is complete where scripts do not run. */
export async function figure16Page(result: Figure16Result): Promise<string> {
  const { rows, options } = result;
  const charts = figure16Charts(result);
  const [title, settings, place] = figure16Heading(result);
  const [first, ...others] = options.profiles;
  const tables: Markup[] = [];
  if (first !== undefined) {
    tables.push(
      section('Beside the paper', [
        scrollingTable('Beside the paper', ...deviationTable(rows, first)),
        ...paragraphs(notes(rows, first)).map((line) => markup`<p class="quiet">${line}</p>`),
      ]),
    );
    for (const profile of others) {
      tables.push(
        section(`What the ${profile} profile gains`, [
          scrollingTable(`The ${profile} profile`, ...gainTable(rows, first, profile)),
        ]),
      );
    }
  }
  return pageShell({
    title: `electorate: ${title}`,
    charts,
    body: [
      markup`<h1>${title}</h1>
        <p class="quiet">${settings}<br />${place}</p>`,
      section('Which share was over after so long', [chartFigures(charts)]),
      ...tables,
    ],
  });
}

/** Lines that begin with spaces go on with the one before: a page breaks its lines by itself. */
function paragraphs(lines: readonly string[]): string[] {
  return lines.join('\n').replaceAll(/\n +/gu, ' ').split('\n');
}
