/** The latest stretches of time in which something went on: how much of any other stretch was that? */

/** What is asked for is hardly over: older ones are forgotten. */
const remembered = 64;

export class Spans {
  readonly #spans: { readonly fromMs: number; readonly untilMs: number }[] = [];

  /** Later than every other, and apart from it. */
  add(fromMs: number, untilMs: number): void {
    if (this.#spans.length === remembered) this.#spans.shift();
    this.#spans.push({ fromMs, untilMs });
  }

  overlapMs(fromMs: number, untilMs: number): number {
    let overlapMs = 0;
    for (const span of this.#spans) {
      overlapMs += Math.max(0, Math.min(span.untilMs, untilMs) - Math.max(span.fromMs, fromMs));
    }
    return overlapMs;
  }
}
