/** Checks the distributions that a script hands over. */
import type { Delay } from '../delay.js';
import { maxDurationMs } from '../limits.js';
import { refuseOption } from '../options.js';

/**
 * Nothing that could not be drawn from, and no names that mean nothing.
 * @throws ElectorateError `invalidOption`
 */
export function resolveDelay(option: string, delay: Delay): Delay {
  const ms = (name: string, value: number): number => between(`${option}.${name}`, value, 0, maxDurationMs);
  switch (delay?.type) {
    case 'fixed':
      checkNames(option, delay, ['type', 'ms']);
      return { type: 'fixed', ms: ms('ms', delay.ms) };
    case 'uniform':
    case 'longTailed': {
      checkNames(option, delay, ['type', 'minMs', 'maxMs']);
      const minMs = ms('minMs', delay.minMs);
      const maxMs = ms('maxMs', delay.maxMs);
      if (maxMs < minMs) {
        refuseOption(`${option}.maxMs`, maxMs, `to be at least \`${option}.minMs\` (${minMs})`);
      }
      return { type: delay.type, minMs, maxMs };
    }
    case 'lognormal': {
      checkNames(option, delay, ['type', 'medianMs', 'sigma']);
      const sigma = between(`${option}.sigma`, delay.sigma, 0, 10);
      return { type: 'lognormal', medianMs: ms('medianMs', delay.medianMs), sigma };
    }
    case 'sampled':
      checkNames(option, delay, ['type', 'ms']);
      if (!Array.isArray(delay.ms) || delay.ms.length === 0)
        refuseOption(`${option}.ms`, delay.ms, 'to be a list of samples');
      return { type: 'sampled', ms: delay.ms.map((sample, at) => ms(`ms[${at}]`, sample)) };
    default:
      return refuseOption(
        option,
        delay,
        "to be of type 'fixed', 'uniform', 'lognormal', 'longTailed', 'sampled' or, on a link, 'none'",
      );
  }
}

export function checkNames(option: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) refuseOption(option, value, 'to be an object');
  for (const [name, part] of Object.entries(value)) {
    if (!known.includes(name)) refuseOption(`${option}.${name}`, part, `to be one of ${known.join(', ')}`);
  }
}

export function between(option: string, value: number, least: number, most: number): number {
  const fits = typeof value === 'number' && value >= least && value <= most;
  return fits ? value : refuseOption(option, value, `to be a number from ${least} to ${most}`);
}
