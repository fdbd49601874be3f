/** A whole world of the exploration: a few numbers, packed into a tuple that stands for all its renamings. */
import type { LocalStates } from './local-states.js';

/** A world, unpacked. Numbers of `LocalStates`, except where said. */
export interface World {
  readonly nodes: number[];
  /** By term, who was elected in it: position + 1, or 0. */
  readonly leaders: number[];
  /** Number of the committed log. */
  readonly committed: number;
  readonly crashesLeft: number;
  readonly proposalsLeft: number;
  readonly duplicatesLeft: number;
  /** Sorted, each once: a second copy of a message is the same as delivering it twice. */
  readonly inFlight: number[];
}

/** The tuple a world is known by: the smallest of the forms it takes under every renaming. */
export function pack(world: World, local: LocalStates): number[] {
  let smallest: number[] | null = null;
  for (const [permutation, order] of local.permutations.entries()) {
    const nodes = [...world.nodes];
    for (const [at, number] of world.nodes.entries()) {
      nodes[order[at] ?? at] = local.renameState(number, permutation);
    }
    const leaders = world.leaders.map((leader) => (leader === 0 ? 0 : (order[leader - 1] ?? 0) + 1));
    const inFlight = world.inFlight
      .map((number) => local.renameInFlight(number, permutation))
      .toSorted(ascending);
    const { committed, crashesLeft, proposalsLeft, duplicatesLeft } = world;
    const tuple = [...nodes, ...leaders, committed, crashesLeft, proposalsLeft, duplicatesLeft, ...inFlight];
    if (smallest === null || isSmaller(tuple, smallest)) smallest = tuple;
  }
  return smallest ?? [];
}

/** A world of which this is one of the tuples. */
export function unpack(
  { nodes, maxTerm }: { readonly nodes: number; readonly maxTerm: number },
  tuple: readonly number[],
): World {
  const [committed = 0, crashesLeft = 0, proposalsLeft = 0, duplicatesLeft = 0, ...inFlight] = tuple.slice(
    nodes + maxTerm,
  );
  return {
    nodes: tuple.slice(0, nodes),
    leaders: tuple.slice(nodes, nodes + maxTerm),
    committed,
    crashesLeft,
    proposalsLeft,
    duplicatesLeft,
    inFlight,
  };
}

/** Every way to keep `count` of `items`. */
export function* choose(items: readonly number[], count: number): Generator<number[]> {
  if (count <= 0) {
    yield [];
    return;
  }
  const [first, ...rest] = items;
  if (first === undefined || items.length <= count) {
    yield [...items];
    return;
  }
  for (const others of choose(rest, count - 1)) yield [first, ...others];
  yield* choose(rest, count);
}

/** Ascending, each once. */
export function sortedSet(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].toSorted(ascending);
}

function ascending(a: number, b: number): number {
  return a - b;
}

function isSmaller(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}
