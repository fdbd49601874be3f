/**
 * Puts what a command prints into the README and the pages of docs/, wherever that output is shown, whole or in part:
 * `(echo '$ electorate scenarios --seed 1'; electorate scenarios --seed 1) | node dist/bench/fill-readme.js scenarios`.
 * `node dist/bench/fill-readme.js --again` takes each output from the page that shows it whole, for new excerpts.
 */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { editPages, pages, quote, wholeOutputs } from './pages.js';

const [, , name = ''] = process.argv;
if (name === '--again') {
  const outputs = pages.flatMap((page) => [...wholeOutputs(readFileSync(page, 'utf8'))]);
  await editPages((page) => outputs.reduce((edited, [whole, output]) => quote(edited, whole, output), page));
} else {
  const output = (await text(process.stdin)).trimEnd();
  const edited = output === '' ? 0 : await editPages((page) => quote(page, name, output));
  if (edited === 0) {
    console.error(`Nothing new to put, or no block output:${name} on any page`);
    process.exitCode = 2;
  }
}
