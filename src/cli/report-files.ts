/** What a measuring command leaves behind: its result as JSON, a report for a browser, the charts as pictures. */
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkOutputFile, checkOutputFolder } from './output-file.js';

export interface ReportFlags {
  readonly json?: string;
  readonly report?: string;
  readonly svg?: string;
}

/** Absolute; null: not written. */
export interface ReportFiles {
  readonly json: string;
  readonly report: string | null;
  readonly svg: string | null;
}

/**
 * Call it before measuring. Where neither JSON nor report is named, both go to the temporary folder; who names one
 * gets no file of a name that was not asked for.
 * @param name of the command, for files in the temporary folder
 * @throws ElectorateError `invalidOption` where one of them could not be written
 */
export async function resolveReportFiles(name: string, flags: ReportFlags): Promise<ReportFiles> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const fresh = join(tmpdir(), `electorate-${name}-${stamp}-${process.pid}`);
  const json = resolve(flags.json ?? `${fresh}.json`);
  const report = flags.report ?? (flags.json === undefined ? `${fresh}.html` : null);
  await checkOutputFile('json', json);
  if (report !== null) await checkOutputFile('report', resolve(report));
  if (flags.svg !== undefined) await checkOutputFolder('svg', resolve(flags.svg));
  return {
    json,
    report: report === null ? null : resolve(report),
    svg: flags.svg === undefined ? null : resolve(flags.svg),
  };
}

/** How a result is drawn. Asked only for what is to be written: what draws is slow to load. */
export interface Drawings {
  readonly page: () => Promise<string>;
  /** Each chart as an SVG document, by name. */
  readonly pictures: () => Promise<ReadonlyMap<string, string>>;
}

/** Writes all of them. Returns the lines that say where they are, the report's last. */
export async function writeReports(
  { json, report, svg }: ReportFiles,
  result: unknown,
  { page, pictures }: Drawings,
): Promise<string> {
  await writeFile(json, `${JSON.stringify(result, null, 1)}\n`);
  const lines = [`Every trial, as JSON: ${json}\n`];
  if (svg !== null) {
    await mkdir(svg, { recursive: true });
    for (const [name, text] of await pictures()) await writeFile(join(svg, `${name}.svg`), text);
    lines.push(`Charts, as SVG: ${svg}\n`);
  }
  if (report !== null) {
    await writeFile(report, await page());
    lines.push(`Report, for a browser: ${report}\n`);
  }
  return lines.join('');
}
