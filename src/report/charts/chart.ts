/** What every chart is made of, and how it becomes SVG: Observable Plot over a DOM that lives in memory. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** One picture, drawn twice: letters keep their size, so a phone gets a drawing of its own, not a shrunken one. */
export interface Chart {
  /** A file name and an id: letters and dashes. */
  readonly name: string;
  readonly title: string;
  /** What it shows, in a sentence or two, also for those who do not see it. */
  readonly description: string;
  readonly legend: readonly LegendItem[];
  readonly wide: Drawing;
  readonly narrow: Drawing;
  readonly reading: Reading;
}

export interface LegendItem {
  readonly label: string;
  /** SVG in a box of 28 × 12. */
  readonly swatch: string;
}

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** From data to pixels: linear, or by the logarithm. */
export interface Axis {
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

/** What can be read off it by pointer and keyboard, point by point in this order. */
export interface Reading {
  /** Whether the nearest point is the nearest along x, or in the plane. */
  readonly nearest: 'x' | 'xy';
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** The trial or incident behind each point, from 0; absent where a point stands for none. */
  readonly opens?: readonly number[];
  /** What each point says; absent: the page describes its trial. */
  readonly texts?: readonly string[];
}

/** Widths in CSS pixels. The narrow one fits a screen of 360 with its margins. */
const wideWidth = 880;
const narrowWidth = 328;

/** What a chart is told about the drawing it is asked for. */
export interface Canvas {
  readonly width: number;
  readonly narrow: boolean;
}

/** @param optionsFor all but the size of the canvas, the fonts and the document */
export function drawBoth(optionsFor: (canvas: Canvas) => Plot.PlotOptions): Pick<Chart, 'wide' | 'narrow'> {
  return {
    wide: draw({ width: wideWidth, narrow: false }, optionsFor),
    narrow: draw({ width: narrowWidth, narrow: true }, optionsFor),
  };
}

/** What is used of the element that Plot returns: this program knows no DOM. */
interface Drawn {
  readonly outerHTML: string;
  getAttribute(name: 'height'): string;
  scale(name: 'x' | 'y'): Pick<Axis, 'domain' | 'range'> & { readonly type: string };
}

const { document } = parseHTML('<!doctype html><html></html>');

function draw(canvas: Canvas, optionsFor: (canvas: Canvas) => Plot.PlotOptions): Drawing {
  const drawn = Plot.plot({
    document,
    width: canvas.width,
    height: canvas.narrow ? 250 : 340,
    marginTop: 26,
    marginLeft: canvas.narrow ? 40 : 52,
    marginRight: canvas.narrow ? 12 : 20,
    marginBottom: 40,
    className: 'plot',
    style: { fontSize: canvas.narrow ? '11px' : '13px', overflow: 'visible' },
    ...optionsFor(canvas),
  }) as unknown as Drawn;
  return {
    svg: shorten(drawn.outerHTML),
    width: canvas.width,
    height: Number(drawn.getAttribute('height')),
    x: axisOf(drawn.scale('x')),
    y: axisOf(drawn.scale('y')),
  };
}

function axisOf({ type, domain, range }: ReturnType<Drawn['scale']>): Axis {
  const [from = 0, to = 1] = domain;
  const [start = 0, end = 1] = range;
  return { type: type === 'log' ? 'log' : 'linear', domain: [from, to], range: [start, end] };
}

/** A tenth of a pixel is as fine as anybody sees, and the style sheet of Plot is replaced by the page's. */
function shorten(svg: string): string {
  return svg
    .replace(/<style>.*?<\/style>/su, '')
    .replaceAll(/ (?:d|transform|[xy][12]?|width|height)="[^"]*"/gu, (attribute) =>
      attribute.replaceAll(/(\.\d)\d+/gu, '$1'),
    );
}
