/** Files that are there as a whole or as they were before, whenever the process is killed. */
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/** Written beside it first. In place where nothing may be put beside it, and where it is no plain file, as a pipe. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const there = await stat(file).catch(() => null);
  const target = there === null ? file : await realpath(file);
  const part = `${target}.${process.pid}.part`;
  const isBeside = (there === null || there.isFile()) && (await succeeds(writeFile(part, text)));
  if (!isBeside) return await writeFile(file, text);
  try {
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function succeeds(attempt: Promise<void>): Promise<boolean> {
  return await attempt.then(
    () => true,
    () => false,
  );
}
