/** The end of a cell, as the command sees to it. */
import { ElectorateError, messageOf } from '../../errors.js';

/** What there is of it. */
export interface HeldCell {
  readonly cell: AsyncDisposable & { readonly folder: string };
  /** Null: it was not prepared. */
  readonly outside: AsyncDisposable | null;
  readonly watchdog: { releaseFolder(folder: string): void };
}

/**
 * Clears each away, whatever becomes of the others; what does not go is held on by the watchdog. Never rejects: what was
 * measured is not to be lost over it.
 * @returns `leftBehind`, with all that is left; null: nothing is
 */
export async function clearCell({ cell, outside, watchdog }: HeldCell): Promise<ElectorateError | null> {
  const processLeft = await failuresOf(async () => {
    await cell[Symbol.asyncDispose]();
    watchdog.releaseFolder(cell.folder);
  });
  // Its cgroup can go when nobody is left in it.
  const outsideLeft = await failuresOf(async () => await outside?.[Symbol.asyncDispose]());
  const failures = [...processLeft, ...outsideLeft];
  if (failures.length === 0) return null;
  return new ElectorateError('leftBehind', failures.map(messageOf).join('. '), { cause: failures[0] });
}

/** None, or one. */
async function failuresOf(clear: () => Promise<void>): Promise<unknown[]> {
  try {
    await clear();
    return [];
  } catch (error) {
    return [error];
  }
}
