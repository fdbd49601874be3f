/** HTML from templates in which every value is escaped, unless it is markup itself. */

/** Text that may stand in HTML as it is. Made by {@link markup} and {@link trusted} only. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Markup[];

/** `` markup`<p>${anything}</p>` ``: safe in elements and in quoted attributes; lists of markup are joined. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.flatMap((part, i) => {
    const value = values[i];
    return value === undefined ? [part] : [part, textOf(value)];
  });
  return new Markup(parts.join(''));
}

/** For what this program drew itself: SVG, style sheets, scripts. Never for what came with a result. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** As it has to stand in an element or in a quoted attribute, of HTML or SVG. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (sign) => entities[sign] ?? sign);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escapeMarkup(String(value));
}
