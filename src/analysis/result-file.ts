/** What is alike in all result files: a text that may not be there, JSON that may be cut short, a part that is wrong. */
import { readFile } from 'node:fs/promises';
import { ElectorateError, messageOf } from '../errors.js';

/** @throws ElectorateError `resultUnreadable` */
export async function readResultText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ElectorateError('resultUnreadable', `Cannot read ${file}: ${messageOf(error)}`, {
      details: { file },
      cause: error,
    });
  }
}

/**
 * Nothing of it is checked but that it is JSON.
 * @param source names the text in errors
 * @throws ElectorateError `resultUnreadable`
 */
export function parseResultText(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ElectorateError(
      'resultUnreadable',
      `Expected ${source} to be JSON; it may be cut short: ${messageOf(error)}`,
      { details: { file: source }, cause: error },
    );
  }
}

/**
 * @param path within the file; empty for all of it
 * @throws ElectorateError `resultUnreadable`, always
 */
export function refuseResult(source: string, path: string, rule: string): never {
  const what = path === '' ? source : `\`${path}\` in ${source}`;
  throw new ElectorateError('resultUnreadable', `Expected ${what} to be ${rule}`, {
    details: { file: source },
  });
}
