import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

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
