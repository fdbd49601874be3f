/**
 * Reading a chart off by pointer and by keyboard. Its points lie in one order; a cursor stands on one of them, moves by
 * arrow keys, Home, End and PageUp/Down, follows the pointer, and says what it stands on.
 *
 * The files of this folder are put into the page one after the other, without their imports and exports: no two of
 * them may use a name for different things.
 */
import type { PageReading } from './data.js';

export interface ReadingOptions {
  readonly figure: HTMLElement;
  readonly reading: PageReading;
  /** What is said of a point. */
  readonly describe: (point: number) => string;
  /** What opens, e.g. `trial`. */
  readonly noun: string;
  /** Called with its number, from 0, on Enter and click. */
  readonly open: (index: number) => void;
}

/** Makes one `<figure>` readable; without scripts it stays a picture. */
export function attachReading({ figure, reading, describe, noun, open }: ReadingOptions): void {
  const plot = demand<HTMLElement>(figure, '.plot-area');
  const said = demand<HTMLElement>(figure, '.said');
  const opener = demand<HTMLButtonElement>(figure, '.open');
  const last = reading.x.length - 1;
  if (last < 0) return;
  let at = -1;

  const moveTo = (point: number): void => {
    at = Math.max(0, Math.min(last, point));
    const text = describe(at);
    plot.setAttribute('aria-valuenow', String(at + 1));
    plot.setAttribute('aria-valuetext', text);
    said.textContent = text;
    opener.hidden = reading.opens?.[at] === undefined;
    opener.textContent = `Open this ${noun}`;
    for (const svg of plot.querySelectorAll('svg')) placeCursor(svg, reading, at);
  };
  const openHere = (): void => {
    const index = reading.opens?.[at];
    if (index !== undefined) open(index);
  };

  plot.tabIndex = 0;
  plot.setAttribute('role', 'slider');
  plot.setAttribute('aria-valuemin', '1');
  plot.setAttribute('aria-valuemax', String(last + 1));
  plot.setAttribute('aria-valuenow', '1');
  plot.setAttribute('aria-valuetext', describe(0));
  plot.addEventListener('focus', () => {
    if (at < 0 && plot.matches(':focus-visible')) moveTo(0);
  });
  plot.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') openHere();
    else {
      const target = afterKey(event.key, at, last);
      if (target === null) return;
      moveTo(target);
    }
    event.preventDefault();
  });
  plot.addEventListener('pointermove', (event) => {
    if (event.pointerType === 'mouse') moveTo(nearestPoint(plot, reading, event));
  });
  plot.addEventListener('click', (event) => {
    const point = nearestPoint(plot, reading, event);
    // The first tap of a finger finds out what is there; a mouse has hovered there before.
    const known = point === at;
    moveTo(point);
    if (known) openHere();
  });
  opener.addEventListener('click', openHere);
}

/** Where a key moves the cursor to; null for any other key. */
export function afterKey(key: string, at: number, last: number): number | null {
  const page = Math.max(1, Math.round(last / 10));
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowUp: 1,
    ArrowLeft: -1,
    ArrowDown: -1,
    PageUp: page,
    PageDown: -page,
  };
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const step = steps[key];
  return step === undefined ? null : Math.max(0, at) + (at < 0 ? 0 : step);
}

export interface ScreenAxis {
  readonly log: boolean;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

/** `data-x="linear 0 100 52 860"`: type, domain, range. */
function axisOf(svg: SVGSVGElement, name: 'x' | 'y'): ScreenAxis {
  const [type, ...numbers] = (svg.dataset[name] ?? '').split(' ');
  const [d0 = 0, d1 = 1, r0 = 0, r1 = 1] = numbers.map(Number);
  return { log: type === 'log', domain: [d0, d1], range: [r0, r1] };
}

export function toPixel({ log, domain, range }: ScreenAxis, value: number): number {
  const along = (v: number): number => (log ? Math.log(Math.max(v, Number.MIN_VALUE)) : v);
  const share = (along(value) - along(domain[0])) / (along(domain[1]) - along(domain[0]));
  return range[0] + Math.max(0, Math.min(1, share)) * (range[1] - range[0]);
}

function nearestPoint(plot: HTMLElement, { nearest, x, y }: PageReading, event: MouseEvent): number {
  const svg = [...plot.querySelectorAll('svg')].find((drawing) => drawing.getBoundingClientRect().width > 0);
  if (svg === undefined) return 0;
  const box = svg.getBoundingClientRect();
  const scale = svg.viewBox.baseVal.width / box.width;
  const [px, py] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  const [xAxis, yAxis] = [axisOf(svg, 'x'), axisOf(svg, 'y')];
  let [best, bestDistance] = [0, Number.POSITIVE_INFINITY];
  for (const [i, value] of x.entries()) {
    const dx = toPixel(xAxis, value) - px;
    const dy = nearest === 'x' ? 0 : toPixel(yAxis, y[i] ?? 0) - py;
    const distance = dx * dx + dy * dy;
    if (distance < bestDistance) [best, bestDistance] = [i, distance];
  }
  return best;
}

function placeCursor(svg: SVGSVGElement, { x, y }: PageReading, at: number): void {
  const [px, py] = [toPixel(axisOf(svg, 'x'), x[at] ?? 0), toPixel(axisOf(svg, 'y'), y[at] ?? 0)];
  const range = axisOf(svg, 'y').range;
  const cursor = svg.querySelector('.cursor') ?? svg.appendChild(svgElement('g', { class: 'cursor' }));
  cursor.replaceChildren(
    svgElement('line', { x1: px, x2: px, y1: range[0], y2: range[1] }),
    svgElement('circle', { cx: px, cy: py, r: 7 }),
  );
}

export function svgElement(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @throws Error the page was written without it: a bug */
export function demand<E extends Element>(within: ParentNode, selector: string): E {
  const found = within.querySelector<E>(selector);
  if (found === null) throw new Error(`The page has no ${selector}`);
  return found;
}
