/** A distribution of delays as one word on the command line. */
import { refuseOption } from '../options.js';
import type { Delay } from '../delay.js';

/** What a word may look like, for help and errors. */
export const delayForms = '0.5, uniform:0.1:0.9, lognormal:0.5:1 (median, sigma) or long-tailed:0.1:50';

/**
 * Milliseconds: one number for all, or a distribution and its two numbers.
 * @throws ElectorateError `invalidOption`
 */
export function parseDelay(option: string, word: string): Delay {
  const [name = '', ...rest] = word.split(':');
  const numbers = (rest.length === 0 ? [name] : rest).map((text) =>
    text.trim() === '' ? Number.NaN : Number(text),
  );
  const [first = Number.NaN, second = Number.NaN] = numbers;
  const inOrder = first >= 0 && second >= first && second <= 1e6;
  if (rest.length === 0 && first >= 0 && first <= 1e6) return { type: 'fixed', ms: first };
  if (rest.length === 2 && name === 'uniform' && inOrder)
    return { type: 'uniform', minMs: first, maxMs: second };
  if (rest.length === 2 && name === 'long-tailed' && inOrder)
    return { type: 'longTailed', minMs: first, maxMs: second };
  if (rest.length === 2 && name === 'lognormal' && first >= 0 && first <= 1e6 && second >= 0 && second <= 5) {
    return { type: 'lognormal', medianMs: first, sigma: second };
  }
  return refuseOption(option, word, `to be milliseconds like ${delayForms}`);
}
