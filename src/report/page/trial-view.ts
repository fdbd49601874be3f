/** The dialog of one trial. Everything is put in as text, never as markup. */
import type { PageTrial } from './data.js';
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
export function summaryOf(index: number, { crashed, winner, phases, marks }: PageTrial): string {
  const electedMs = total(phases.slice(0, 4));
  const marked = marks.length === 0 ? '' : `; ${marks.join(', ')}`;
  return `Trial ${index + 1}: ${winner} elected ${digits(electedMs)} ms after ${crashed === null ? 'the start' : `${crashed} was gone`}${marked}`;
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
    demand(this.#dialog, 'h2').textContent = `Trial ${index + 1} of ${this.#trials.length}`;
    demand<HTMLButtonElement>(this.#dialog, '.previous').disabled = index === 0;
    demand<HTMLButtonElement>(this.#dialog, '.next').disabled = index === this.#trials.length - 1;
    demand(this.#dialog, '.body').replaceChildren(...trialContent(index, trial));
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

function trialContent(index: number, trial: PageTrial): Element[] {
  return [
    textElement('p', summaryOf(index, trial), 'verdict'),
    textElement('h3', 'Phases, to scale'),
    phaseBar(trial.phases, 0),
    textElement('h3', 'After detection, enlarged'),
    phaseBar(trial.phases, 1),
    phaseList(trial.phases),
    textElement('h3', 'What else is known'),
    factList(trial.facts),
  ];
}

/** @param from the first phase that is drawn */
function phaseBar(phases: readonly number[], from: number): SVGElement {
  const drawn = phases.slice(from);
  const whole = total(drawn) || 1;
  const svg = svgElement('svg', { class: 'phase-bar', viewBox: '0 0 1000 28', preserveAspectRatio: 'none' });
  svg.setAttribute('aria-hidden', 'true');
  let left = 0;
  for (const [i, ms] of drawn.entries()) {
    const width = (ms / whole) * 1000;
    const [id = ''] = phaseNames[i + from] ?? [];
    svg.append(svgElement('rect', { x: left, y: 1, width, height: 26, fill: `url(#phase-${id})` }));
    left += width;
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
  if (ms < 10) return ms.toFixed(3);
  return ms.toFixed(ms < 100 ? 2 : 1);
}
