/** How numbers are written in every table. */

/** What a clock reading can tell apart once printed: a microsecond. */
export const grainMs = 0.001;

/** Milliseconds, with digits that fit their size; `<0.001` for what is below the grain and not exactly nothing. */
export function formatMs(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return '0';
  if (size < grainMs) return `<${grainMs}`;
  if (size < 10) return ms.toFixed(3);
  return size < 100 ? ms.toFixed(2) : ms.toFixed(1);
}

/** A share of 1 as a signed percentage, e.g. `+1.3 %`. */
export function formatChange(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`;
}
