/** Plain text tables, without colours, so that they can be piped and pasted. */
import CliTable3 from 'cli-table3';

/** The first column is text, left-aligned; the others are figures, right-aligned. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new CliTable3({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
