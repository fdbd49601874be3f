import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

test('a thread that is terminated while it hands a batch over writes no garbage, and takes nobody with it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'electorate-terminated-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const child = fileURLToPath(new URL('../children/terminated-writer.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, join(folder, 'store'), '120']);
  t.is(stdout, '120\n');
});
