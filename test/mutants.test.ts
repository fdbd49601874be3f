/** The list of mutants keeps up with the core: what can no longer be applied breaks nothing and proves nothing. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { mutants } from './mutants.js';

for (const [file, list] of Object.entries(mutants)) {
  test(`every mutant of ${file} still finds its text, exactly once, and changes it`, (t) => {
    const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
    for (const [name, from, to] of list) {
      t.is(source.split(from).length - 1, 1, name);
      t.not(from, to, name);
    }
    t.is(new Set(list.map(([name]) => name)).size, list.length, 'each has a name of its own');
  });
}
