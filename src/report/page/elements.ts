/** Pieces of what a dialog shows: text is put in as text, never as markup. */

export function textElement(name: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== '') element.className = className;
  return element;
}

/** Names and values. */
export function factList(facts: readonly (readonly [label: string, value: string])[]): Element {
  const list = document.createElement('dl');
  for (const [label, value] of facts) list.append(textElement('dt', label), textElement('dd', value));
  return list;
}

/** Milliseconds, with digits that fit their size. */
export function digits(ms: number): string {
  if (ms === 0) return '0';
  if (Math.abs(ms) < 10) return ms.toFixed(3);
  return ms.toFixed(Math.abs(ms) < 100 ? 2 : 1);
}
