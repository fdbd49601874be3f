/** Where a stress run goes on: which cells of an earlier one stand, and whether others would be such as they are. */
import { describeMachine, type Machine } from '../machine.js';
import { electorateVersion } from '../version.js';
import type { StressCell, StressResult } from './stress-result.js';

/** With what cells were measured, and with what they would be now. */
export interface SettingDifference {
  readonly of: 'version' | 'node' | 'platform' | 'cpu' | 'cores';
  /** Null: a version from before results named it. */
  readonly earlier: string | number | null;
  readonly now: string | number;
}

/** What cells are measured with, unless the plan says it. */
export interface Setting {
  readonly machine: Machine;
  readonly version: string;
}

const machineParts = ['node', 'platform', 'cpu', 'cores'] as const;

/** The first that differs; null: cells of now may stand beside those of then. */
export function settingDifference(
  { machine, version }: Pick<StressResult, 'machine' | 'version'>,
  now: Setting = { machine: describeMachine(), version: electorateVersion },
): SettingDifference | null {
  const part = machineParts.find((name) => machine[name] !== now.machine[name]);
  if (part !== undefined) return { of: part, earlier: machine[part], now: now.machine[part] };
  return version === now.version ? null : { of: 'version', earlier: version ?? null, now: now.version };
}

/** E.g. `Node.js v20.19.0, not v22.1.0`. */
export function differenceInWords({ of, earlier, now }: SettingDifference): string {
  switch (of) {
    case 'version':
      return `${earlier === null ? 'an earlier electorate' : `electorate ${earlier}`}, not ${now}`;
    case 'node':
      return `Node.js ${earlier}, not ${now}`;
    case 'platform':
      return `${earlier}, not ${now}`;
    case 'cpu':
      return `another processor (${earlier}, not ${now})`;
    case 'cores':
      return `${earlier} cores, not ${now}`;
  }
}

/** What failed, or could not be exerted then, is tried again. */
export function standingCells({ cells }: StressResult): StressCell[] {
  return cells.filter(({ outcome }) => outcome.type === 'measured');
}
