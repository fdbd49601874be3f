/** The dialog of one trial. Everything is put in as text, never as markup. */
import type { PageStory, PageTrial } from './data.js';
import { dialogWidth, drawLanes, lanesLegend } from './lanes.js';
import { demand, svgElement } from './reading.js';

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

/** Finds the dialog of the page and gives its buttons and keys their meaning. */
export class TrialDialog {
  readonly #dialog = demand<HTMLDialogElement>(document, 'dialog');
  readonly #trials: readonly PageTrial[];
  #index = 0;

  constructor(trials: readonly PageTrial[]) {
    this.#trials = trials;
    const press = (selector: string, action: () => void): void =>
      demand<HTMLButtonElement>(this.#dialog, selector).addEventListener('click', action);
    press('.close', () => this.#dialog.close());
    press('.previous', () => this.open(this.#index - 1));
    press('.next', () => this.open(this.#index + 1));
    this.#dialog.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowLeft') this.open(this.#index - 1);
      if (event.key === 'ArrowRight') this.open(this.#index + 1);
    });
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('close', () =>
      history.replaceState(null, '', location.pathname + location.search),
    );
  }

  /** @param index from 0; nothing happens where there is no such trial */
  open(index: number): void {
    const trial = this.#trials[index];
    if (trial === undefined) return;
    this.#index = index;
    history.replaceState(null, '', `#trial-${index + 1}`);
    demand(this.#dialog, 'h2').textContent = trial.name;
    demand<HTMLButtonElement>(this.#dialog, '.previous').disabled = index === 0;
    demand<HTMLButtonElement>(this.#dialog, '.next').disabled = index === this.#trials.length - 1;
    demand(this.#dialog, '.body').replaceChildren(...trialContent(trial));
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

function trialContent(trial: PageTrial): Element[] {
  const { story } = trial;
  const told =
    story === null
      ? [textElement('p', 'Its timeline is not in this report.', 'quiet')]
      : [
          textElement('h3', 'Who did what, from the first suspicion on'),
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

function factList(facts: PageTrial['facts']): Element {
  const list = document.createElement('dl');
  for (const [label, value] of facts) list.append(textElement('dt', label), textElement('dd', value));
  return list;
}

function textElement(name: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== '') element.className = className;
  return element;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function digits(ms: number): string {
  if (ms === 0) return '0';
  if (Math.abs(ms) < 10) return ms.toFixed(3);
  return ms.toFixed(Math.abs(ms) < 100 ? 2 : 1);
}
