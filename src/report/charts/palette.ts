/**
 * Colours, patterns and dashes of every chart. Colour never stands alone: lines differ by their dashes, areas by their
 * patterns, marks by their shapes, so that a chart printed in black and white says the same.
 */

/** Style sheet of the variables, for a page or for an SVG file on its own: light, and dark where that is preferred. */
export const paletteCss: string = `
:root {
  --paper: #ffffff; --panel: #f6f7f9; --ink: #16202c; --muted: #566273; --grid: #dfe3e8;
  --measured: #0a58a8; --ideal: #a84608; --reference: #0d6e5c; --alert: #9d1c4a; --focus: #0a58a8;
  --detect: #cfdbe9; --lost: #9d1c4a; --pre-vote: #3f7fbf; --vote: #123a66; --establish: #a86a08; --ready: #0d6e5c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11161c; --panel: #19212a; --ink: #e8edf2; --muted: #a3b0bf; --grid: #2f3a46;
    --measured: #74b6ff; --ideal: #f3a35c; --reference: #5fd0b5; --alert: #ff8fb1; --focus: #9ccbff;
    --detect: #2d4560; --lost: #ff8fb1; --pre-vote: #74b6ff; --vote: #cfe4ff; --establish: #f0c060; --ready: #5fd0b5;
  }
}`;

/** How a line is drawn. */
export interface LineStyle {
  readonly stroke: string;
  readonly strokeWidth: number;
  /** As in SVG; absent: solid. */
  readonly strokeDasharray?: string;
}

export const lineStyles: Readonly<
  Record<'measured' | 'unmarked' | 'second' | 'ideal' | 'reference', LineStyle>
> = {
  measured: { stroke: 'var(--measured)', strokeWidth: 2.4 },
  unmarked: { stroke: 'var(--measured)', strokeWidth: 1.7, strokeDasharray: '2 2.5' },
  second: { stroke: 'var(--ink)', strokeWidth: 1.8, strokeDasharray: '10 3 2 3' },
  ideal: { stroke: 'var(--ideal)', strokeWidth: 2, strokeDasharray: '7 4' },
  reference: { stroke: 'var(--reference)', strokeWidth: 3, strokeDasharray: '1 4' },
};

/** A piece of such a line, for a legend: SVG in a box of 28 × 12. */
export function lineSwatch({ stroke, strokeWidth, strokeDasharray = '' }: LineStyle): string {
  return (
    `<path d="M0 6H28" style="stroke:${stroke};stroke-width:${strokeWidth};` +
    `stroke-dasharray:${strokeDasharray || 'none'}"/>`
  );
}

/** The phases of a trial in their order, with what fills them. */
export const phaseStyles: readonly {
  readonly phase: 'detect' | 'lostRounds' | 'preVote' | 'vote' | 'establish' | 'ready';
  readonly label: string;
  /** Colour of the pattern of the same name. */
  readonly colour: string;
  readonly pattern: string;
}[] = [
  { phase: 'detect', label: 'detect', colour: 'var(--detect)', pattern: '' },
  { phase: 'lostRounds', label: 'lost rounds', colour: 'var(--lost)', pattern: 'M0 0L6 6M6 0L0 6' },
  { phase: 'preVote', label: 'pre-vote', colour: 'var(--pre-vote)', pattern: 'M-1 1L1 -1M0 6L6 0M5 7L7 5' },
  { phase: 'vote', label: 'vote', colour: 'var(--vote)', pattern: 'M0 3H6M3 0V6M0 0H6M0 0V6' },
  { phase: 'establish', label: 'establish', colour: 'var(--establish)', pattern: 'M0 2H6' },
  { phase: 'ready', label: 'ready', colour: 'var(--ready)', pattern: 'M3 0V6' },
];

/** What `fill` of a phase refers to; {@link patternDefs} has to be in the same document. */
export function phaseFill(phase: string): string {
  return `url(#phase-${phase})`;
}

/** `<defs>` content, once a document. */
export const patternDefs: string = phaseStyles
  .map(({ phase, colour, pattern }) => {
    const ground = pattern === '' ? '1' : '0.16';
    return (
      `<pattern id="phase-${phase}" width="6" height="6" patternUnits="userSpaceOnUse">` +
      `<rect width="6" height="6" style="fill:var(--paper)"/>` +
      `<rect width="6" height="6" style="fill:${colour};opacity:${ground}"/>` +
      `<path d="${pattern}" style="stroke:${colour};stroke-width:1.7;fill:none"/></pattern>`
    );
  })
  .join('');

/** Where a cause of an incident lies: its colour. Which one it is stands in a letter. */
export const causeColours: Readonly<
  Record<'processor' | 'thread' | 'disk' | 'messages' | 'injected' | 'unknown', string>
> = {
  processor: 'var(--measured)',
  thread: 'var(--alert)',
  disk: 'var(--establish)',
  messages: 'var(--reference)',
  injected: 'var(--muted)',
  unknown: 'var(--ink)',
};
