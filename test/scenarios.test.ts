/**
 * Golden transcripts of a simulated cluster, one file each under `test/scenarios`. After an intended change
 * `UPDATE_SCENARIOS=1 npx ava dist/test/scenarios.test.js` writes what the cluster says now: read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { rerun } from './transcript.js';

const folder = fileURLToPath(new URL('../../test/scenarios/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));

test('there are transcripts', (t) => {
  t.true(files.length >= 12);
});

for (const file of files) {
  const transcript = readFileSync(folder + file, 'utf8');
  const title = transcript.slice(0, transcript.indexOf('\n')).replace(/^#\s*/u, '');
  test(`${file}: ${title}`, (t) => {
    const now = rerun(transcript);
    if (process.env['UPDATE_SCENARIOS'] === '1') writeFileSync(folder + file, now);
    t.is(now, readFileSync(folder + file, 'utf8'));
  });
}
