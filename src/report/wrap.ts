/** Long sentences in a terminal. */

/** Broken between words; the first line begins with `first`, each further one with `rest`. */
export function wrap(text: string, width = 100, first = '', rest: string = first): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      [line, isEmpty] = [rest, true];
    }
    line = isEmpty ? `${line}${word}` : `${line} ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
