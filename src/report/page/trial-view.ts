/** What is shown of one trial. Everything is put in as text, never as markup. */
import type { PageStory, PageTrial } from './data.js';
import { digits, factList, textElement } from './elements.js';
import { dialogWidth, drawLanes, lanesLegend } from './lanes.js';
import { svgElement } from './reading.js';

const phaseNames: readonly (readonly [id: string, label: string])[] = [
  ['detect', 'detect'],
  ['lostRounds', 'lost rounds'],
  ['preVote', 'pre-vote'],
  ['vote', 'vote'],
  ['establish', 'establish'],
  ['ready', 'ready'],
];

/** One line of text about a trial. */
export function summaryOf({ name, crashed, winner, phases, marks }: PageTrial): string {
  const electedMs = total(phases.slice(0, 4));
  const marked = marks.length === 0 ? '' : `; ${marks.join(', ')}`;
  return `${name}: ${winner} elected ${digits(electedMs)} ms after ${crashed === null ? 'the start' : `${crashed} was gone`}${marked}`;
}

/** What the dialog of a trial shows. */
export function trialContent(trial: PageTrial): Element[] {
  const { story } = trial;
  const told =
    story === null
      ? [textElement('p', 'Its timeline is not in this report.', 'quiet')]
      : [
          textElement(
            'h3',
            `Who did what, from the first ${trial.crashed === null ? 'candidacy' : 'suspicion'} on`,
          ),
          lanesLegend(),
          drawLanes(story.lanes),
          textElement('h3', 'Step by step'),
          rowList(story),
        ];
  return [
    textElement('p', story?.verdict ?? summaryOf(trial), 'verdict'),
    textElement('h3', 'Phases, to scale'),
    phaseBar(trial.phases, 0),
    textElement('h3', 'After detection, enlarged'),
    phaseBar(trial.phases, 1),
    phaseList(trial.phases),
    ...told,
    textElement('h3', 'What else is known'),
    factList(trial.facts),
  ];
}

/** @param first the first phase that is drawn */
function phaseBar(phases: readonly number[], first: number): SVGElement {
  const drawn = phases.slice(first);
  const whole = total(drawn) || 1;
  const barWidth = dialogWidth();
  const svg = svgElement('svg', { class: 'phase-bar', viewBox: `0 0 ${barWidth} 28` });
  svg.setAttribute('aria-hidden', 'true');
  let from = 1;
  for (const [i, ms] of drawn.entries()) {
    const width = (ms / whole) * (barWidth - 2);
    const [id = ''] = phaseNames[i + first] ?? [];
    svg.append(svgElement('rect', { x: from, y: 1, width, height: 26, fill: `url(#phase-${id})` }));
    from += width;
  }
  return svg;
}

function phaseList(phases: readonly number[]): Element {
  const list = document.createElement('ul');
  list.className = 'phase-list';
  for (const [i, [id, label]] of phaseNames.entries()) {
    const item = document.createElement('li');
    const swatch = svgElement('svg', { viewBox: '0 0 28 12', class: 'swatch' });
    swatch.setAttribute('aria-hidden', 'true');
    swatch.append(svgElement('rect', { width: 28, height: 12, fill: `url(#phase-${id})` }));
    item.append(swatch, ` ${label} ${digits(phases[i] ?? 0)} ms`);
    list.append(item);
  }
  return list;
}

function rowList({ rows }: PageStory): Element {
  const list = document.createElement('ol');
  list.className = 'steps';
  for (const [atMs, node, text, tone] of rows) {
    const item = document.createElement('li');
    item.className = tone;
    item.append(textElement('span', `${digits(atMs)} ms`, 'at'), textElement('b', node), ` ${text}`);
    list.append(item);
  }
  return list;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
