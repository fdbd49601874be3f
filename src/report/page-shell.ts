/** The frame of every report: one file that needs nothing from anywhere, with its style, data and script inside. */
import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import type { Axis, Chart, Drawing, LegendItem } from './charts/chart.js';
import { patternDefs } from './charts/palette.js';
import { markup, trusted, type Markup } from './markup.js';
import { pageStyle } from './page-style.js';
import type { PageData, PageIncident, PageTrial } from './page/data.js';

/** In this order: each uses what stands above it. */
const scripts = [
  'reading.js',
  'elements.js',
  'lanes.js',
  'trial-view.js',
  'incident-view.js',
  'detail-dialog.js',
  'main.js',
];

export interface PageParts {
  readonly title: string;
  readonly body: readonly Markup[];
  readonly charts: readonly Chart[];
  /** What opens: trials, or incidents, or nothing. */
  readonly trials?: readonly PageTrial[];
  readonly incidents?: readonly PageIncident[];
}

/** The whole file. */
export async function pageShell({
  title,
  body,
  charts,
  trials = [],
  incidents = [],
}: PageParts): Promise<string> {
  const texts = await Promise.all(
    scripts.map(async (file) =>
      inOneScope(await readFile(new URL(`./page/${file}`, import.meta.url), 'utf8')),
    ),
  );
  const data: PageData = {
    charts: Object.fromEntries(charts.map(({ name, reading }) => [name, reading])),
    trials,
    incidents,
  };
  const noun = nounOf(data);
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${trusted(pageStyle)}
        </style>
      </head>
      <body>
        <svg width="0" height="0" style="position:absolute" aria-hidden="true">
          <defs>${trusted(patternDefs)}</defs>
        </svg>
        <main>${body}</main>
        <dialog aria-labelledby="detail-title">
          <header>
            <h2 id="detail-title"></h2>
            <button class="previous" aria-label="Previous ${noun}">←</button>
            <button class="next" aria-label="Next ${noun}">→</button>
            <button class="close">Close</button>
          </header>
          <div class="body"></div>
        </dialog>
        <p id="unreadable" hidden>
          This browser cannot unpack the single ${noun}s; the charts and tables are complete without them.
        </p>
        <noscript>
          <p>Without scripts the charts and tables are complete; single ${noun}s cannot be opened.</p>
        </noscript>
        <script type="application/octet-stream" id="data">
          ${trusted(pack(data))}
        </script>
        <script type="module">
          ${trusted(texts.join('\n'))}
        </script>
      </body>
    </html>`.text;
}

function nounOf({ incidents }: PageData): string {
  return incidents.length > 0 ? 'incident' : 'trial';
}

/** A page that is one file has nothing to import from. */
function inOneScope(module: string): string {
  return module.replaceAll(/^import .*$|^export (?=\w)/gmu, '').replaceAll(/^export \{\};$/gmu, '');
}

function pack(data: PageData): string {
  return deflateSync(JSON.stringify(data)).toString('base64');
}

/** A part of the page below its own heading. */
export function section(title: string, content: readonly Markup[]): Markup {
  return markup`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

/** A figure to see first, of those in a `dl.tiles`. */
export function tile(label: string, value: string, note: string): Markup {
  return markup`<div>
    <dt>${label}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`;
}

const readingHint = 'Arrow keys, or the pointer, read this chart off.';

/** A chart with its title, legend, both drawings and the line that says what the cursor stands on. */
export function chartFigure(chart: Chart): Markup {
  const { title, description, legend, wide, narrow } = chart;
  const caption = markup`<h2>${title}</h2>
    <p>${description}</p>
    ${legendList(legend)}`;
  return figure(chart, caption, [placed(wide, 'wide'), placed(narrow, 'narrow')], readingHint);
}

/** Charts that share a legend, two beside each other where there is room: they stay narrow. */
export function chartFigures(charts: readonly Chart[]): Markup {
  const shared = new Map(charts.flatMap(({ legend }) => legend.map((item) => [item.label, item] as const)));
  return markup`${legendList([...shared.values()])}
    <p class="quiet">Arrow keys, or the pointer, read each of these off.</p>
    <div class="multiples">
      ${charts.map((chart) => figure(chart, markup`<h3>${chart.title}</h3>`, [placed(chart.narrow, '')]))}
    </div>`;
}

function figure(
  { name, title, description }: Chart,
  caption: Markup,
  drawings: readonly Markup[],
  hint = '',
): Markup {
  return markup`<figure id="chart-${name}" class="chart">
    <figcaption>${caption}</figcaption>
    <div class="plot-area" role="img" aria-label="${title}. ${description}">${drawings}</div>
    <div class="reading">
      <p class="said">${hint}</p>
      <button class="open" hidden></button>
    </div>
  </figure>`;
}

function legendList(legend: readonly LegendItem[]): Markup {
  return markup`<ul class="legend">
    ${legend.map(legendItem)}
  </ul>`;
}

function legendItem({ label, swatch }: LegendItem): Markup {
  return markup`<li>
    <svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">${trusted(swatch)}</svg> ${label}
  </li>`;
}

/** With its scales, from which the page's script finds the point below the pointer. */
function placed({ svg, x, y }: Drawing, className: string): Markup {
  return trusted(
    svg
      .replace(/^<svg /u, `<svg aria-hidden="true" data-x="${axisWords(x)}" data-y="${axisWords(y)}" `)
      .replace('class="plot"', `class="plot ${className}"`),
  );
}

function axisWords({ type, domain, range }: Axis): string {
  return [type, ...domain, ...range].join(' ');
}

/** A table that scrolls by itself where the screen is narrower than it. */
export function scrollingTable(
  label: string,
  head: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  return markup` <div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => markup`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first = '', ...cells]) =>
            markup`<tr>
              <th scope="row">${first}</th>
              ${cells.map((cell) => markup`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names and values, as many beside each other as fit. */
export function optionList(options: readonly (readonly [name: string, value: string])[]): Markup {
  return markup`<dl class="options">
    ${options.map(
      ([name, value]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
