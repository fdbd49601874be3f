/** The style sheet of a report: one column, light and dark, from 320 pixels up, and in print. */
import { paletteCss } from './charts/palette.js';

export const pageStyle: string = `${paletteCss}
* { box-sizing: border-box; }
html { color-scheme: light dark; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 944px; padding: 28px 16px 64px; font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .4rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 0; }
h3 { font-size: .95rem; margin: 1.1rem 0 .35rem; }
p { margin: .35rem 0; max-width: 72ch; overflow-wrap: anywhere; }
.quiet, figcaption p, .said { color: var(--muted); font-size: .9rem; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 8px; background: var(--paper); padding: 6px 10px; z-index: 1; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: 4px; }
.tiles { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin: 20px 0 8px; padding: 0; }
@media (min-width: 600px) { .tiles { grid-template-columns: repeat(3, 1fr); } }
.tiles > div { background: var(--panel); border: 1px solid var(--grid); border-radius: 8px; padding: 10px 14px; }
.tiles dt { color: var(--muted); font-size: .82rem; }
.tiles dd { margin: 0; font-size: 1.45rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tiles small { display: block; color: var(--muted); font-size: .8rem; font-weight: 400; }
section, figure { margin: 40px 0 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 8px 0 0; padding: 0; font-size: .88rem; }
.swatch { width: 28px; height: 12px; vertical-align: -1px; overflow: visible; }
.plot-area { margin-top: 6px; touch-action: pan-y; cursor: crosshair; }
.plot-area svg { display: block; width: 100%; height: auto; font-family: inherit; }
.plot-area svg text { white-space: pre; }
.multiples { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 32px; }
.multiples figure { margin-top: 24px; }
.multiples h3 { margin: 0; }
@media (min-width: 760px) { .multiples { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.wide { display: none !important; }
@media (min-width: 760px) { .wide { display: block !important; } .narrow { display: none !important; } }
.cursor line { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 2; }
.cursor circle { fill: none; stroke: var(--ink); stroke-width: 2; }
.reading { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; min-height: 2.6em; }
.reading .said { margin: 0; flex: 1 1 220px; font-variant-numeric: tabular-nums; }
button { font: inherit; font-size: .9rem; color: inherit; background: var(--panel); border: 1px solid var(--muted); border-radius: 6px; padding: 6px 12px; min-height: 40px; cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
[hidden] { display: none !important; }
.scroll { overflow-x: auto; margin: 12px 0 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { text-align: right; padding: 5px 7px; border-bottom: 1px solid var(--grid); }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
thead th { color: var(--muted); font-weight: 600; border-bottom-color: var(--muted); }
tbody th { font-weight: 600; }
.scroll tbody th { white-space: normal; min-width: 7em; max-width: 40vw; overflow-wrap: break-word; }
.scroll thead th { white-space: pre; vertical-align: bottom; }
.scroll tbody th, .scroll thead th:first-child { position: sticky; left: 0; background: var(--paper); }
td button, th button { min-height: 32px; padding: 2px 10px; white-space: nowrap; }
dl.options { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 2px 24px; font-size: .9rem; }
dl.options div { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px solid var(--grid); padding: 3px 0; }
dl.options dt { color: var(--muted); } dl.options dd { margin: 0; text-align: right; overflow-wrap: anywhere; min-width: 3.2em; }
dialog { width: min(900px, calc(100vw - 24px)); max-height: calc(100vh - 24px); padding: 0; color: inherit; background: var(--paper); border: 1px solid var(--muted); border-radius: 10px; }
dialog::backdrop { background: rgb(0 0 0 / .5); }
dialog header { position: sticky; top: 0; display: flex; gap: 8px; align-items: center; padding: 12px 16px; background: var(--panel); border-bottom: 1px solid var(--grid); }
dialog header h2 { flex: 1 1 auto; }
dialog .body { padding: 8px 16px 20px; }
.verdict { font-size: 1.05rem; font-weight: 600; }
.phase-bar { display: block; width: 100%; height: auto; }
.phase-bar rect, .swatch rect { stroke: var(--ink); stroke-width: .8; vector-effect: non-scaling-stroke; }
.phase-list { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; padding: 0; margin: 10px 0 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
dialog dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; font-size: .9rem; }
dialog dt { color: var(--muted); } dialog dd { margin: 0; overflow-wrap: anywhere; }
ol.steps { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
.steps li { padding: 3px 0 3px 98px; position: relative; border-bottom: 1px solid var(--grid); overflow-wrap: anywhere; }
.steps .at { position: absolute; left: 0; width: 86px; text-align: right; color: var(--muted); font-variant-numeric: tabular-nums; }
.steps .bad::after { content: ' ✗'; color: var(--alert); } .steps .good::after { content: ' ✓'; color: var(--reference); }
.lanes { display: block; width: 100%; height: auto; font-size: 12px; fill: var(--ink); }
.lanes .lane { stroke: var(--grid); stroke-width: 1; }
.lanes .write, .swatch .write { fill: var(--vote); stroke: none; }
.message { stroke: var(--muted); stroke-width: 1; fill: none; }
.message.granted { stroke: var(--reference); stroke-width: 2; }
.message.refused { stroke: var(--alert); stroke-width: 1.6; stroke-dasharray: 4 3; }
.moment { stroke: var(--ink); stroke-width: 1.6; fill: var(--paper); }
.moment.elected, .moment.ready { fill: var(--measured); }
footer { margin-top: 48px; border-top: 1px solid var(--grid); padding-top: 10px; }
@media (max-width: 420px) { .verdict { font-size: .98rem; } dialog dl { grid-template-columns: 1fr; } dialog dd { margin-bottom: 4px; } }
@media print { body { max-width: none; } button, .reading, .skip { display: none; } figure, section { break-inside: avoid; } }
`;
