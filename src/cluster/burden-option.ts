/** Checks the burdens that a script hands over. */
import type { Burden } from '../actor/burden.js';
import { maxBurdenMs, maxFill, maxMegabytesPerSecond } from '../limits.js';
import { refuseOption } from '../options.js';
import { between, checkNames } from './delay-option.js';

/**
 * Nothing that could not be borne, and no names that mean nothing.
 * @throws ElectorateError `invalidOption`
 */
export function resolveBurden(burden: Burden): Burden {
  switch (burden?.type) {
    case 'hog': {
      checkNames('burden', burden, ['type', 'forMs', 'everyMs', 'random']);
      const everyMs = above0('burden.everyMs', burden.everyMs, maxBurdenMs);
      const forMs = above0('burden.forMs', burden.forMs, maxBurdenMs);
      // It would never come to anything else.
      if (forMs >= everyMs) {
        refuseOption('burden.forMs', forMs, `to be less than \`burden.everyMs\` (${everyMs})`);
      }
      if (typeof burden.random !== 'boolean') {
        refuseOption('burden.random', burden.random, 'to be true or false');
      }
      return { type: 'hog', forMs, everyMs, random: burden.random };
    }
    case 'memory': {
      checkNames('burden', burden, ['type', 'megabytesPerSecond']);
      const rate = above0('burden.megabytesPerSecond', burden.megabytesPerSecond, maxMegabytesPerSecond);
      return { type: 'memory', megabytesPerSecond: rate };
    }
    case 'flood': {
      checkNames('burden', burden, ['type', 'fill']);
      return { type: 'flood', fill: above0('burden.fill', burden.fill, maxFill) };
    }
    default:
      return refuseOption('burden', burden, "to be null or of type 'hog', 'memory' or 'flood'");
  }
}

function above0(option: string, value: number, most: number): number {
  between(option, value, 0, most);
  return value > 0 ? value : refuseOption(option, value, `to be greater than 0 and at most ${most}`);
}
