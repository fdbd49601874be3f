/** Options of any shape as names and values for a reader. */

/** One line for each value: `rules.preVote`, `true`. */
export function flatten(options: object, prefix = ''): [name: string, value: string][] {
  return Object.entries(options).flatMap(([key, value]: [string, unknown]) => {
    const name = `${prefix}${key}`;
    if (Array.isArray(value)) return [[name, value.length === 0 ? 'none' : value.map(String).join(', ')]];
    if (typeof value !== 'object' || value === null) return [[name, value === null ? 'none' : String(value)]];
    return flatten(value, `${name}.`);
  });
}
