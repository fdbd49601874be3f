/** Looking something up in a long list, without looking at all of it each time. Pure. */

/**
 * Where `holds` begins to hold.
 * @param items it holds for none of them up to some place, and for all from there on
 * @returns their number, where it holds for none
 */
export function firstThat<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [from, until] = [0, items.length];
  while (from < until) {
    const middle = Math.floor((from + until) / 2);
    const item = items[middle];
    if (item === undefined || holds(item)) until = middle;
    else from = middle + 1;
  }
  return from;
}

/** By key, each group in the order of the list. */
export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
