/** The files and folders that options such as `--json` name: looked at before a measurement, and written after it. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ElectorateError, messageOf } from '../errors.js';
import { refuseOption } from '../options.js';

/**
 * Writes nothing, so that an interrupted run leaves nothing.
 * @param option as in the command line, without the dashes
 * @throws ElectorateError `invalidOption`
 */
export async function checkOutputFile(option: string, file: string): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there?.isDirectory() === true || !(await isWritable(there === null ? dirname(file) : file))) {
    refuseOption(option, file, 'to be a file in a folder that can be written to');
  }
}

/**
 * As {@link checkOutputFile}, for a folder that is there or can be made.
 * @throws ElectorateError `invalidOption`
 */
export async function checkOutputFolder(option: string, folder: string): Promise<void> {
  const there = await stat(folder).catch(() => null);
  if (there?.isDirectory() === false || !(await isWritable(there === null ? dirname(folder) : folder))) {
    refuseOption(option, folder, 'to be a folder that can be written to');
  }
}

/**
 * Whatever can be looked at beforehand, a disk fills up, and folders go.
 * @param what is lost otherwise, e.g. `the report`
 * @throws ElectorateError `resultUnwritable`
 */
export async function keep(what: string, file: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new ElectorateError(
      'resultUnwritable',
      `Not kept: ${what}. ${file} can't be written: ${messageOf(error)}`,
      { details: { file, what }, cause: error },
    );
  }
}

/**
 * Takes every step, whatever became of those before: one file that is lost must not cost the others.
 * @param steps each rejects with what {@link keep} throws, or with a bug, which ends them all
 * @throws ElectorateError `resultUnwritable` that says all that is lost
 */
export async function keepEach(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const lost: ElectorateError[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof ElectorateError) || error.code !== 'resultUnwritable') throw error;
      lost.push(error);
    }
  }
  const [first] = lost;
  if (first === undefined) return;
  if (lost.length === 1) throw first;
  const together = (detail: string): string => lost.map(({ details }) => details[detail] ?? '').join(', ');
  throw new ElectorateError('resultUnwritable', lost.map(({ message }) => message).join('. '), {
    details: { file: together('file'), what: together('what') },
    cause: first,
  });
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
