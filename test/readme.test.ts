/** The README and the pages of docs/: their script runs, their links lead somewhere, their outputs agree. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { measuredTable } from '../bench/measured-table.js';
import { pages, quote, wholeOutputs } from '../bench/pages.js';

const texts = new Map(pages.map((page) => [page.href, readFileSync(page, 'utf8')]));
const outputs = new Map([...texts.values()].flatMap((text) => [...wholeOutputs(text)]));
const readme = texts.get(String(pages[0])) ?? '';

/** The code between two markers of the README. */
function codeBlock(name: string): string {
  const block = new RegExp(`<!-- ${name} -->\\s*\`\`\`\\w*\\n(.*?)\`\`\``, 'su').exec(readme)?.[1];
  if (block === undefined) throw new Error(`the README has no block ${name}`);
  return block;
}

test.serial('the script of the README has ten lines, and prints what the README says it does', async (t) => {
  const script = codeBlock('ten lines');
  t.is(script.split('\n').filter((line) => line.trim() !== '').length, 10);
  // Inside the package its own name resolves to what `npm pack` exports.
  const folder = fileURLToPath(new URL('./readme/', import.meta.url));
  await mkdir(folder, { recursive: true });
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(`${folder}ten-lines.mjs`, script);
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}ten-lines.mjs`]);
  t.regex(stdout, expected);
  t.regex(codeBlock('ten lines output'), expected);
});

const expected =
  /^n\d leads term \d+\ncommitted at \d+\nn\d crashed, n\d leads term \d+\nits log has \d+ entries\n$/u;

test('every link of a page leads to a file, or to a heading of one', (t) => {
  t.true(pages.length > 5);
  for (const [page, text] of texts) {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link = '']) => link);
    for (const link of links.filter((to) => !/^https?:/u.test(to))) {
      const target = new URL(link, page);
      const heading = target.hash.slice(1);
      target.hash = '';
      t.true(existsSync(target), `${page} links to ${link}`);
      if (heading !== '') t.true(headingsOf(texts.get(target.href) ?? '').includes(heading), link);
    }
  }
});

test('an output that is shown in part somewhere is shown whole on one page, and says the same there', (t) => {
  for (const [page, text] of texts) {
    const shown = [...text.matchAll(/<!-- output:([\w-]+)/gu)].map(([, name = '']) => name);
    for (const name of shown) t.true(outputs.has(name), `${page} shows ${name}, and no page all of it`);
    const again = [...outputs].reduce((edited, [name, output]) => quote(edited, name, output), text);
    t.is(again, text);
  }
});

test('the figures of the README are those of the benches', (t) => {
  const table = measuredTable(outputs.get('benches') ?? '');
  t.true(withoutPadding(readme).includes(withoutPadding(table)), 'run node dist/bench/readme-tables.js');
  t.throws(() => measuredTable('Nothing was measured.'), { message: /prints an aim 'median'/u });
});

test('an excerpt has the lines that its slices pick, and says where others are left out', (t) => {
  t.is(excerptOf(''), '1\n2\n3\n4\n5');
  t.is(excerptOf(' [:]'), '1\n2\n3\n4\n5');
  t.is(excerptOf(' [:2]'), '1\n2\n…');
  t.is(excerptOf(' [-2:]'), '…\n4\n5');
  t.is(excerptOf(' [:1] [2:3]'), '1\n…\n3\n…');
  t.is(excerptOf(' [:1] [1:2] [-3:-2]'), '1\n2\n3\n…');
});

/** Of an output with the lines 1 to 5. */
function excerptOf(slices: string): string | undefined {
  const page = `<!-- output:a${slices} -->\n<!-- /output:a -->`;
  return /```\n(.*)\n```/su.exec(quote(page, 'a', '1\n2\n3\n4\n5'))?.[1];
}

/** As a link names them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutPadding(text: string): string {
  return text.replaceAll(/ +/gu, ' ').replaceAll(/-{3,}/gu, '---');
}
