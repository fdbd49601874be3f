/** What a measuring command leaves behind: its result as JSON, a report for a browser, the charts as pictures. */
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { refuseOption } from '../options.js';
import { checkOutputFile, checkOutputFolder, keep, keepEach } from './output-file.js';

export interface ReportFlags {
  readonly json?: string;
  readonly report?: string;
  readonly svg?: string;
}

/** Absolute; null: not written. */
export interface ReportFiles {
  readonly json: string | null;
  readonly report: string | null;
  readonly svg: string | null;
}

/**
 * Only what is named. Call it before measuring.
 * @throws ElectorateError `invalidOption` where one of them could not be written, or would be written over another
 */
export async function resolveReportFiles({ json, report, svg }: ReportFlags): Promise<ReportFiles> {
  const files = {
    json: json === undefined ? null : resolve(json),
    report: report === undefined ? null : resolve(report),
    svg: svg === undefined ? null : resolve(svg),
  };
  if (files.report !== null && files.report === files.json) {
    refuseOption('report', files.report, 'to be another file than `json`');
  }
  if (files.svg !== null && (files.svg === files.json || files.svg === files.report)) {
    refuseOption('svg', files.svg, 'to be a folder, and none of the files `json` and `report`');
  }
  if (files.json !== null) await checkOutputFile('json', files.json);
  if (files.report !== null) await checkOutputFile('report', files.report);
  if (files.svg !== null) await checkOutputFolder('svg', files.svg);
  return files;
}

/** The same flags with a JSON file in the temporary folder, and a report beside it, where neither is named. */
export function withFreshFiles(command: string, flags: ReportFlags): ReportFlags {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const fresh = join(tmpdir(), `electorate-${command}-${stamp}-${process.pid}`);
  const json = flags.json ?? `${fresh}.json`;
  return flags.json === undefined && flags.report === undefined
    ? { ...flags, json, report: `${fresh}.html` }
    : { ...flags, json };
}

/** How a result is drawn. Asked only for what is to be written: what draws is slow to load. */
export interface Drawings {
  readonly page: () => Promise<string>;
  /** Each chart as an SVG document, by name. */
  readonly pictures: () => Promise<ReadonlyMap<string, string>>;
}

/**
 * Writes all of them, and prints where each is as soon as it is there, the report last.
 * @throws ElectorateError `resultUnwritable`: print the result itself first
 */
export async function writeReports(
  { json, report, svg }: ReportFiles,
  result: unknown,
  { page, pictures }: Drawings,
): Promise<void> {
  await keepEach([
    async () => {
      if (json === null) return;
      await keep('every trial, as JSON', json, () => writeFile(json, `${JSON.stringify(result)}\n`));
      process.stdout.write(`Every trial, as JSON: ${json}\n`);
    },
    async () => {
      if (svg === null) return;
      const texts = await pictures();
      await keep('charts, as SVG', svg, async () => {
        await mkdir(svg, { recursive: true });
        for (const [name, text] of texts) await writeFile(join(svg, `${name}.svg`), text);
      });
      process.stdout.write(`Charts, as SVG: ${svg}\n`);
    },
    async () => {
      if (report === null) return;
      const text = await page();
      await keep('the report', report, () => writeFile(report, text));
      process.stdout.write(`Report, for a browser: ${report}\n`);
    },
  ]);
}
