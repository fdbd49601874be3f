/** One chart as a picture file that explains itself: title, legend, drawing, and its own light and dark colours. */
import type { Chart } from './charts/chart.js';
import { paletteCss, patternDefs } from './charts/palette.js';
import { escapeMarkup } from './markup.js';

const margin = 16;
const titleHeight = 30;
const legendHeight = 24;
/** Of a letter of the legend, at most: nothing here can measure text. */
const letterWidth = 7.6;

/** The wide drawing of it, as a whole SVG document. */
export function svgFile({ title, description, legend, wide }: Chart): string {
  const width = wide.width + 2 * margin;
  const rows = legendRows(
    legend.map(({ label }) => 36 + label.length * letterWidth + 18),
    wide.width,
  );
  const top = margin + titleHeight + (rows.at(-1)?.row ?? 0) * legendHeight + legendHeight;
  const height = top + wide.height + margin;
  const items = legend.map(({ label, swatch }, i) => {
    const { left = 0, row = 0 } = rows[i] ?? {};
    const y = margin + titleHeight + row * legendHeight;
    return `<g transform="translate(${margin + left} ${y})">${swatch}<text x="36" y="10.5">${escapeMarkup(label)}</text></g>`;
  });
  const drawing = wide.svg.replace(/^<svg /u, `<svg x="${margin}" y="${top}" `);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="13">
<title id="title">${escapeMarkup(title)}</title><desc id="desc">${escapeMarkup(description)}</desc>
<style>${paletteCss}
text { fill: var(--ink); white-space: pre; }
svg { color: var(--ink); }</style>
<defs>${patternDefs}</defs>
<rect width="${width}" height="${height}" style="fill:var(--paper)"/>
<text x="${margin}" y="${margin + 14}" font-size="17" font-weight="600">${escapeMarkup(title)}</text>
${items.join('\n')}
${drawing}
</svg>
`;
}

/** Where each item of a legend begins: beside the last, or on a row of its own. */
function legendRows(widths: readonly number[], most: number): { left: number; row: number }[] {
  let [left, row] = [0, 0];
  return widths.map((width) => {
    if (left > 0 && left + width > most) [left, row] = [0, row + 1];
    const place = { left: Math.round(left), row };
    left += width;
    return place;
  });
}
