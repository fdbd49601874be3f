/** Charts as picture files that explain themselves: title, legend, drawing, and their own light and dark colours. */
import type { Chart, LegendItem } from './charts/chart.js';
import { paletteCss, patternDefs } from './charts/palette.js';
import { escapeMarkup } from './markup.js';

const margin = 16;
const titleHeight = 30;
const legendHeight = 24;
/** Of a letter of the legend, at most: nothing here can measure text. */
const letterWidth = 7.6;

/** The wide drawing of a chart, as a whole SVG document. */
export function svgFile({ title, description, legend, wide }: Chart): string {
  const head = legendOf(legend, wide.width);
  return svgDocument({
    title,
    description,
    width: wide.width,
    height: head.height + wide.height,
    content: `${head.content}\n${placed(wide.svg, 0, head.height)}`,
  });
}

/** The narrow drawings of charts that share a legend, in columns, as one SVG document. */
export function svgSheet(title: string, charts: readonly Chart[], columns = 2): string {
  const [cellWidth, cellHeight] = [
    Math.max(0, ...charts.map(({ narrow }) => narrow.width)) + margin,
    Math.max(0, ...charts.map(({ narrow }) => narrow.height)) + titleHeight,
  ];
  const width = Math.min(columns, charts.length) * cellWidth;
  const shared = new Map(charts.flatMap(({ legend }) => legend.map((item) => [item.label, item] as const)));
  const head = legendOf([...shared.values()], width);
  const cells = charts.map((chart, i) => {
    const [x, y] = [(i % columns) * cellWidth, head.height + Math.floor(i / columns) * cellHeight];
    const name = `<text x="${x}" y="${y + 14}" font-weight="600">${escapeMarkup(chart.title)}</text>`;
    return `${name}\n${placed(chart.narrow.svg, x, y + 16)}`;
  });
  return svgDocument({
    title,
    description: charts.map((chart) => chart.description).join(' '),
    width,
    height: head.height + Math.ceil(charts.length / columns) * cellHeight,
    content: [head.content, ...cells].join('\n'),
  });
}

interface Picture {
  readonly title: string;
  readonly description: string;
  /** Of the content: margins and the title come to it. */
  readonly width: number;
  readonly height: number;
  readonly content: string;
}

function svgDocument({ title, description, width, height, content }: Picture): string {
  const [outerWidth, outerHeight] = [width + 2 * margin, height + 2 * margin + titleHeight];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outerWidth} ${outerHeight}" width="${outerWidth}" height="${outerHeight}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="13">
<title id="title">${escapeMarkup(title)}</title><desc id="desc">${escapeMarkup(description)}</desc>
<style>${paletteCss}
text { fill: var(--ink); white-space: pre; }
svg { color: var(--ink); }</style>
<defs>${patternDefs}</defs>
<rect width="${outerWidth}" height="${outerHeight}" style="fill:var(--paper)"/>
<text x="${margin}" y="${margin + 14}" font-size="17" font-weight="600">${escapeMarkup(title)}</text>
<g transform="translate(${margin} ${margin + titleHeight})">
${content}
</g>
</svg>
`;
}

/** Each item beside the last, or on a row of its own. */
function legendOf(legend: readonly LegendItem[], width: number): { content: string; height: number } {
  let [left, row] = [0, 0];
  const items = legend.map(({ label, swatch }) => {
    const itemWidth = 36 + label.length * letterWidth + 18;
    if (left > 0 && left + itemWidth > width) [left, row] = [0, row + 1];
    const place = `translate(${Math.round(left)} ${row * legendHeight})`;
    left += itemWidth;
    return `<g transform="${place}">${swatch}<text x="36" y="10.5">${escapeMarkup(label)}</text></g>`;
  });
  return { content: items.join('\n'), height: (row + 1) * legendHeight };
}

function placed(svg: string, x: number, y: number): string {
  return svg.replace(/^<svg /u, `<svg x="${x}" y="${y}" `);
}
