/** What every bench prints: where it ran, what it found, and whether that is what was aimed for. */
import { describeMachine, type Machine } from '../src/analysis/machine.js';

/** `--smoke`: a size that ends in seconds and shows that the bench works, not what the machine can do. */
export const isSmoke: boolean = process.argv.includes('--smoke');

/** The full size, or the small one with `--smoke`. */
export function size(full: number, smoke: number): number {
  return isSmoke ? smoke : full;
}

/** First call of a bench: the question it answers, and the machine before it was made busy. */
export function ask(question: string): void {
  const { node, platform, cores, cpu, load }: Machine = describeMachine();
  console.log(`${question}\nNode ${node}, ${platform}, ${cores} × ${cpu}, load ${load.toFixed(2)}`);
  if (isSmoke) console.log('Smoke size: figures mean little.');
}

/** Three significant digits at least. */
export function figure(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return Math.round(value).toLocaleString('en-US');
  return magnitude >= 100 || magnitude === 0 ? value.toFixed(0) : value.toPrecision(3);
}

/** One line per aim; a miss is a fact to report, not an error of the program. */
export function aim(
  what: string,
  measured: number,
  comparison: '≤' | '≥',
  limit: number,
  unit: string,
): void {
  const reached = comparison === '≤' ? measured <= limit : measured >= limit;
  console.log(
    `${reached ? 'reached' : 'MISSED '}  ${what}: ${figure(measured)} ${unit} (aim ${comparison} ${figure(limit)})`,
  );
}
