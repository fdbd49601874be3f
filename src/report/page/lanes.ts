/** An election as lanes: a line for each node, what it wrote and sent, and the moments that mattered. */
import type { PageLanes, PageMessage, PageMoment } from './data.js';
import { svgElement } from './reading.js';

const laneHeight = 46;
const left = 44;
const right = 14;
const top = 18;

/** Around the point (0, 0). */
const shapes: Readonly<Record<PageMoment, string>> = {
  suspected: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z',
  stood: 'M0-6L6 5H-6Z',
  elected: 'M0-7L7 0L0 7L-7 0Z',
  ready: 'M-5-5H5V5H-5Z',
  known: 'M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z',
};

const legend: readonly (readonly [label: string, className: string, shape: string])[] = [
  ['gives the leader up', 'moment suspected', shapes.suspected],
  ['opens a round', 'moment stood', shapes.stood],
  ['is elected', 'moment elected', shapes.elected],
  ['has its first entry committed', 'moment ready', shapes.ready],
  ['follows the new leader', 'moment known', shapes.known],
  ['writes', 'write', 'M-12-4H12V4H-12Z'],
  ['asks', 'message request', 'M-13 0H13'],
  ['grants', 'message granted', 'M-13 0H13'],
  ['refuses', 'message refused', 'M-13 0H13'],
];

/** What the signs of {@link drawLanes} mean. */
export function lanesLegend(): Element {
  const list = document.createElement('ul');
  list.className = 'legend';
  for (const [label, className, shape] of legend) {
    const item = document.createElement('li');
    const swatch = svgElement('svg', { viewBox: '-14 -6 28 12', class: 'swatch', 'aria-hidden': 'true' });
    swatch.append(svgElement('path', { d: shape, class: className }));
    item.append(swatch, ` ${label}`);
    list.append(item);
  }
  return list;
}

/** In pixels, what a drawing in the dialog has: drawn so wide, its letters and patterns keep their size. */
export function dialogWidth(): number {
  return Math.max(260, Math.min(866, document.documentElement.clientWidth - 58));
}

/** The steps below it say the same in words. */
export function drawLanes(lanes: PageLanes): SVGElement {
  const width = dialogWidth();
  const bottom = top + lanes.nodes.length * laneHeight;
  const svg = svgElement('svg', { class: 'lanes', viewBox: `0 0 ${width} ${bottom + 24}` });
  svg.setAttribute('aria-hidden', 'true');
  const { fromMs, toMs } = lanes;
  const x = (ms: number): number => left + ((ms - fromMs) / (toMs - fromMs)) * (width - left - right);
  const y = (node: number): number => top + (node + 0.5) * laneHeight;
  for (const ms of ticksOf(fromMs, toMs, width / 90)) {
    svg.append(
      svgElement('line', { class: 'lane', x1: x(ms), x2: x(ms), y1: top, y2: bottom }),
      textAt(Math.min(x(ms), width - 24), bottom + 16, `${ms} ms`, 'middle'),
    );
  }
  for (const [node, name] of lanes.nodes.entries()) {
    svg.append(
      svgElement('line', { class: 'lane', x1: left, x2: width - right, y1: y(node), y2: y(node) }),
      textAt(left - 10, y(node) + 4, name, 'end'),
    );
  }
  for (const [node, start, end] of lanes.writes) {
    const bar = { x: x(start), y: y(node) - 4, width: Math.max(1.5, x(end) - x(start)), height: 8 };
    svg.append(svgElement('rect', { class: 'write', ...bar }));
  }
  for (const message of lanes.messages) svg.append(drawMessage(message, x, y));
  for (const [node, ms, kind, text] of lanes.moments) {
    const place = `translate(${x(ms).toFixed(1)} ${y(node)})`;
    const sign = svgElement('path', { d: shapes[kind], class: `moment ${kind}`, transform: place });
    const title = svgElement('title', {});
    title.textContent = text;
    sign.append(title);
    svg.append(sign);
  }
  return svg;
}

function drawMessage(
  [from, sentMs, to, arrivedMs, kind]: PageMessage,
  x: (ms: number) => number,
  y: (node: number) => number,
): SVGElement {
  const [x1, y1, x2, y2] = [x(sentMs), y(from), x(arrivedMs), y(to)];
  return svgElement('line', { class: `message ${kind}`, x1, y1, x2, y2 });
}

function textAt(x: number, y: number, text: string, anchor: 'middle' | 'end'): SVGElement {
  const element = svgElement('text', { x, y, 'text-anchor': anchor });
  element.textContent = text;
  return element;
}

/** About so many round numbers between two times. */
export function ticksOf(fromMs: number, toMs: number, count: number): number[] {
  const least = (toMs - fromMs) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
  const first = Math.ceil(fromMs / step);
  const steps = Math.max(0, Math.floor(toMs / step) - first + 1);
  return Array.from({ length: steps }, (_, i) => Number(((first + i) * step).toPrecision(9)));
}
