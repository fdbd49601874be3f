/** Cumulative distributions as text: time from left to right, the share of trials that took no longer upwards. */

export interface PlottedCurve {
  /** One character. */
  readonly mark: string;
  /** The share, from 0 to 1, of what took `ms` or less. */
  readonly shareAt: (ms: number) => number;
}

export interface PlotFrame {
  readonly fromMs: number;
  readonly toMs: number;
  /** Characters of the plot itself, without its axes. Default 64 by 11. */
  readonly columns?: number;
  readonly lines?: number;
}

/** The first curve is on top where two meet. Logarithmic where the time grows more than twentyfold. */
export function cdfPlot(curves: readonly PlottedCurve[], frame: PlotFrame): string {
  const { fromMs, toMs, columns = 64, lines = 11 } = frame;
  const isLogarithmic = fromMs > 0 && toMs / fromMs > 20;
  const timeAt = (column: number): number => {
    const part = column / (columns - 1);
    return isLogarithmic ? fromMs * (toMs / fromMs) ** part : fromMs + (toMs - fromMs) * part;
  };
  const cells = Array.from({ length: lines }, () => Array.from({ length: columns }, () => ' '));
  for (const { mark, shareAt } of curves.toReversed()) {
    let before: number | null = null;
    for (let column = 0; column < columns; column += 1) {
      const top = lines - 1 - Math.round(shareAt(timeAt(column)) * (lines - 1));
      // A steep piece fills its column down to where the last one ended, so that the curve has no gap.
      const bottom = before === null ? top : Math.max(top, before - 1);
      for (let line = top; line <= bottom; line += 1) cells[line]?.splice(column, 1, mark);
      before = top;
    }
  }
  const ticks = Array.from({ length: 5 }, (_, tick) => timeAt((tick / 4) * (columns - 1)));
  return [
    ...cells.map((line, at) => `${label(at, lines)} │${line.join('').trimEnd()}`),
    `      └${'─'.repeat(columns)}`,
    `       ${axis(ticks, columns)} ms${isLogarithmic ? ', logarithmic' : ''}`,
  ].join('\n');
}

/** The share of samples, smallest first, that are no greater. */
export function shareOf(sorted: readonly number[]): (ms: number) => number {
  return (ms) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return sorted.length === 0 ? 0 : low / sorted.length;
  };
}

/** Percentages at the top, in the middle and at the bottom. */
function label(line: number, lines: number): string {
  const isLabelled = line === 0 || line === lines - 1 || 2 * line === lines - 1;
  return isLabelled ? `${Math.round(100 * (1 - line / (lines - 1)))} %`.padStart(5) : '     ';
}

function axis(ticks: readonly number[], columns: number): string {
  let text = '';
  ticks.forEach((ms, tick) => {
    const digits = ms < 100 ? ms.toPrecision(3).replace(/\.0+$/u, '') : ms.toFixed(0);
    const at = Math.round((tick / (ticks.length - 1)) * (columns - 1) - (digits.length - 1) / 2);
    text = text.padEnd(tick === 0 ? 0 : Math.max(at, text.length + 1)) + digits;
  });
  return text;
}
