/** Stretches of time, and what two sets of them have in common. Pure. */

/** In ms on one clock; never empty, and never backwards. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The union of them: in order, with gaps between. */
export function unionOf(spans: readonly Span[]): Span[] {
  const joined: { fromMs: number; untilMs: number }[] = [];
  for (const { fromMs, untilMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (untilMs <= fromMs) continue;
    if (last !== undefined && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs);
    else joined.push({ fromMs, untilMs });
  }
  return joined;
}

/** What is in both. */
export function commonOf(a: readonly Span[], b: readonly Span[]): Span[] {
  const others = unionOf(b);
  return unionOf(a).flatMap((span) =>
    others
      .map((other) => ({
        fromMs: Math.max(span.fromMs, other.fromMs),
        untilMs: Math.min(span.untilMs, other.untilMs),
      }))
      .filter(({ fromMs, untilMs }) => untilMs > fromMs),
  );
}

/** What is in the first and not in the second. */
export function without(spans: readonly Span[], cut: readonly Span[]): Span[] {
  let left = unionOf(spans);
  for (const hole of unionOf(cut)) {
    left = left.flatMap(({ fromMs, untilMs }) => [
      { fromMs, untilMs: Math.min(untilMs, hole.fromMs) },
      { fromMs: Math.max(fromMs, hole.untilMs), untilMs },
    ]);
    left = left.filter(({ fromMs, untilMs }) => untilMs > fromMs);
  }
  return left;
}

/** How long they are together; what two cover counts once. */
export function lengthOf(spans: readonly Span[]): number {
  return unionOf(spans).reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
}
