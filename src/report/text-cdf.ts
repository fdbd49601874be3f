/**
 * Cumulative shares as a few lines of text, for a terminal. By hand: the libraries that draw lines in text have no
 * numeric x axis of their own (asciichart), or label every sample on it (simple-ascii-chart).
 */

export interface TextCurve {
  readonly label: string;
  /** One character; where curves meet, that of the first is seen. */
  readonly sign: string;
  /** The share, from 0 to 1, that was over by then. */
  readonly shareAt: (ms: number) => number;
}

export interface TextCdfOptions {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the drawing, without its labels: characters and lines. */
  readonly width?: number;
  readonly height?: number;
}

/** Several lines, the last without a line break: the curves, the axis, the legend. */
export function textCdf(
  curves: readonly TextCurve[],
  { fromMs, toMs, width = 72, height = 11 }: TextCdfOptions,
): string {
  const grid = Array.from({ length: height }, () => Array<string>(width).fill(' '));
  for (const { sign, shareAt } of curves.toReversed()) {
    let before: number | null = null;
    for (let column = 0; column < width; column += 1) {
      const share = shareAt(fromMs + ((toMs - fromMs) * column) / (width - 1));
      const row = Math.round((1 - share) * (height - 1));
      // A steep piece spans several lines: all but the one where it began.
      const lowest = before === null || before <= row ? row : before - 1;
      for (let line = row; line <= lowest; line += 1) grid[line]?.splice(column, 1, sign);
      before = row;
    }
  }
  const rows = grid.map((line, i) => {
    const percent = (1 - i / (height - 1)) * 100;
    const label = i % 5 === 0 || i === height - 1 ? `${percent.toFixed(0)} %` : '';
    return `${label.padStart(6)} ${label === '' ? '│' : '┤'}${line.join('')}`.trimEnd();
  });
  const legend = curves.map(({ sign, label }) => `${sign} ${label}`).join('   ');
  return [...rows, ...axis(fromMs, toMs, width), `${' '.repeat(8)}${legend}`].join('\n');
}

/** Ticks at round numbers, each label below its tick, and at least ten characters from one to the next. */
function axis(fromMs: number, toMs: number, width: number): [line: string, labels: string] {
  const step = roundStep(((toMs - fromMs) / width) * 10);
  const line = Array<string>(width).fill('─');
  let labels = '';
  for (let tick = Math.ceil(fromMs / step) * step; tick <= toMs; tick += step) {
    const column = Math.round(((tick - fromMs) / (toMs - fromMs)) * (width - 1));
    const text = String(Number(tick.toPrecision(6)));
    const start = Math.max(0, column - Math.floor(text.length / 2));
    if (start < labels.length + (labels === '' ? 0 : 1) || start + text.length > width) continue;
    line[column] = '┬';
    labels = labels.padEnd(start) + text;
  }
  return [`${' '.repeat(7)}└${line.join('')}`, `${' '.repeat(8)}${labels.padEnd(width)} ms`.trimEnd()];
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}

/** The share of the samples that are not above a value, by binary search. @param sorted ascending, at least one */
export function shareOf(sorted: readonly number[]): (ms: number) => number {
  return (ms) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  };
}
