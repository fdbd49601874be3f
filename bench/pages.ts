/**
 * The pages that show what commands print, the README and all of docs/, so that no figure is ever typed.
 * What stands between `<!-- output:NAME -->` and `<!-- /output:NAME -->` is an output; after
 * `<!-- output:NAME [:4] [-3:] -->` it is an excerpt, the lines that these slices pick, with `…` where some are left out.
 * Between `<!-- table:NAME -->` and `<!-- /table:NAME -->` is a table of the README's own.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const root = new URL('../../', import.meta.url);
const docs = new URL('docs/', root);

/** Where the pages are, the README first. */
export const pages: readonly URL[] = [
  new URL('README.md', root),
  ...readdirSync(docs)
    .filter((name) => name.endsWith('.md'))
    .map((name) => new URL(name, docs)),
];

/** Rewrites each page that `edit` changes, in the format that lint asks for; returns how many. */
export async function editPages(edit: (text: string) => string): Promise<number> {
  let edited = 0;
  for (const page of pages) {
    const before = readFileSync(page, 'utf8');
    const after = edit(before);
    if (after === before) continue;
    const options = await resolveConfig(page);
    writeFileSync(page, await format(after, { ...options, parser: 'markdown' }));
    edited += 1;
  }
  return edited;
}

const slice = String.raw` \[-?\d*:-?\d*\]`;

/** The page with this output in all of its places, whole or in part. */
export function quote(page: string, name: string, output: string): string {
  const block = new RegExp(`(<!-- output:${name}((?:${slice})*) -->).*?(<!-- /output:${name} -->)`, 'gsu');
  return page.replace(
    block,
    (_, open: string, slices: string, close: string) =>
      `${open}\n\n\`\`\`\n${excerpt(output, slices)}\n\`\`\`\n\n${close}`,
  );
}

/** The page with this Markdown in place of the table of that name. */
export function putTable(page: string, name: string, table: string): string {
  const block = new RegExp(`(<!-- table:${name} -->).*?(<!-- /table:${name} -->)`, 'su');
  return page.replace(block, (_, open: string, close: string) => `${open}\n\n${table}\n\n${close}`);
}

/** Every output that a page shows whole, by name. */
export function wholeOutputs(page: string): ReadonlyMap<string, string> {
  const blocks = page.matchAll(/<!-- output:([\w-]+) -->\s*```\w*\n(.*?)\n```/gsu);
  return new Map([...blocks].map(([, name = '', output = '']) => [name, output]));
}

/** Lines by slices in ascending order, `[from:to]` as in Python; all of them without any. */
function excerpt(output: string, slices: string): string {
  const lines = output.split('\n');
  const parts: string[] = [];
  let shown = 0;
  for (const [, from = '', to = ''] of slices.matchAll(/\[(-?\d*):(-?\d*)\]/gu)) {
    const begin = from === '' ? 0 : Number(from);
    const picked = lines.slice(begin, to === '' ? undefined : Number(to));
    const first = begin < 0 ? lines.length + begin : begin;
    if (first > shown) parts.push('…');
    parts.push(...picked);
    shown = first + picked.length;
  }
  if (slices !== '' && shown < lines.length) parts.push('…');
  return slices === '' ? output : parts.join('\n');
}
