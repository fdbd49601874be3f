/**
 * Puts what a command prints into the README, so that its figures are never typed:
 * `electorate scenarios --seed 1 | node dist/bench/fill-readme.js scenarios` replaces the block between
 * `<!-- output:scenarios -->` and `<!-- /output:scenarios -->`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const readme = new URL('../../README.md', import.meta.url);
const [, , name = ''] = process.argv;
const output = (await text(process.stdin)).trimEnd();
const before = readFileSync(readme, 'utf8');
const block = new RegExp(`(<!-- output:${name} -->).*(<!-- /output:${name} -->)`, 'su');
if (name === '' || output === '' || !block.test(before)) {
  console.error(`Nothing to put, or no block output:${name} in the README`);
  process.exitCode = 2;
} else {
  writeFileSync(
    readme,
    before.replace(block, (_, open, close) => `${open}\n\n\`\`\`\n${output}\n\`\`\`\n\n${close}`),
  );
}
