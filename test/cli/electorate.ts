/** The command, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is run. */
export const main: string = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it left in its temporary folder. */
  readonly left: readonly string[];
}

/** Runs the command with a temporary folder of its own; once `text` is printed, it is sent `signal`. */
export async function electorate(
  args: readonly string[],
  interrupt?: { readonly at: string; readonly by: 'SIGINT' | 'SIGTERM' },
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'electorate-test-'));
  try {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, TMPDIR: folder } });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    const look = (): void => {
      if (interrupt === undefined || interrupted || !`${stdout}${stderr}`.includes(interrupt.at)) return;
      interrupted = true;
      child.kill(interrupt.by);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      look();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      look();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr, left: await readdir(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
