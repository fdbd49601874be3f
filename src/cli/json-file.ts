/** The file that `--json` names. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refuseOption } from '../options.js';

/**
 * For before a measurement, not after it. Writes nothing, so that an interrupted run leaves nothing.
 * @throws ElectorateError `invalidOption`
 */
export async function checkJsonFile(file: string): Promise<void> {
  const there = await stat(file).catch(() => null);
  const writable = await access(there === null ? dirname(file) : file, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable || there?.isDirectory() === true) {
    refuseOption('json', file, 'to be a file in a folder that can be written to');
  }
}
