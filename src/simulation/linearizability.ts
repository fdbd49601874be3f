/**
 * Is a history of reads and writes one that a single copy could have given? The search of Wing and Gong (1993) with
 * the memory of Lowe (2017): every order of operations that respects real time is tried, and no set of operations
 * twice with the same value. Registers are independent (Herlihy and Wing 1990, locality), so each key is checked alone.
 */

/** One operation of one client. Times are on one clock, of any unit. */
export interface Operation {
  readonly client: string;
  readonly key: string;
  readonly kind: 'read' | 'write';
  /** What was written, or what a read returned; null: never written. */
  readonly value: string | null;
  readonly calledAt: number;
  /** Null: no answer. A write may then have taken effect at any later time, or never; such a read says nothing. */
  readonly returnedAt: number | null;
}

export type LinearizabilityVerdict =
  | { readonly linearizable: true }
  | {
      readonly linearizable: false;
      readonly key: string;
      /** The operations on that key, by call. */
      readonly history: readonly Operation[];
      /** The longest order that could be found, as positions in `history`. */
      readonly longestOrder: readonly number[];
    };

/** Checks every key on its own and returns the first that no order explains. */
export function checkLinearizability(history: readonly Operation[]): LinearizabilityVerdict {
  const keys = [...new Set(history.map(({ key }) => key))];
  for (const key of keys) {
    const operations = history
      .filter(
        (operation) => operation.key === key && (operation.kind === 'write' || operation.returnedAt !== null),
      )
      .toSorted((a, b) => a.calledAt - b.calledAt);
    const search = searchOrder(operations);
    if (!search.found)
      return { linearizable: false, key, history: operations, longestOrder: search.longestOrder };
  }
  return { linearizable: true };
}

/** A set of operations, in some order, and what may come next. */
interface Branch {
  readonly value: string | null;
  /** None when the same set has been reached before with the same value: it leads nowhere. */
  readonly candidates: readonly number[];
  tried: number;
}

/** Depth first with backtracking. */
function searchOrder(operations: readonly Operation[]): { found: boolean; longestOrder: number[] } {
  const mustReturn = operations.filter(({ returnedAt }) => returnedAt !== null).length;
  const taken = operations.map(() => false);
  const order: number[] = [];
  const seen = new Set<string>();
  const branches: Branch[] = [{ value: null, candidates: openOperations(operations, taken), tried: 0 }];
  let longestOrder: number[] = [];
  let returned = 0;
  const take = (at: number, isTaken: boolean): void => {
    taken[at] = isTaken;
    if (operations[at]?.returnedAt !== null) returned += isTaken ? 1 : -1;
  };
  for (let branch = branches[0]; branch !== undefined; branch = branches.at(-1)) {
    if (returned === mustReturn) return { found: true, longestOrder: order };
    const next = branch.candidates[branch.tried];
    const operation = operations[next ?? -1];
    branch.tried += 1;
    if (next === undefined || operation === undefined) {
      branches.pop();
      const last = order.pop();
      if (last !== undefined) take(last, false);
      continue;
    }
    if (operation.kind === 'read' && operation.value !== branch.value) continue;
    take(next, true);
    order.push(next);
    if (order.length > longestOrder.length) longestOrder = [...order];
    const value = operation.kind === 'write' ? operation.value : branch.value;
    const open = openOperations(operations, taken);
    const key = `${open.join(' ')} ${JSON.stringify(value)}`;
    branches.push({ value, candidates: seen.has(key) ? [] : open, tried: 0 });
    seen.add(key);
  }
  return { found: false, longestOrder };
}

/**
 * The operations that may come next: called before any that is not taken has returned. They name the set that is
 * taken as well: whatever else was called before the first of their returns is in it, and nothing else is.
 */
function openOperations(operations: readonly Operation[], taken: readonly boolean[]): number[] {
  const open: number[] = [];
  let earliestReturn = Number.POSITIVE_INFINITY;
  for (let at = 0; at < operations.length; at += 1) {
    const operation = operations[at];
    if (operation === undefined || operation.calledAt > earliestReturn) break;
    if (taken[at] === true) continue;
    open.push(at);
    earliestReturn = Math.min(earliestReturn, operation.returnedAt ?? Number.POSITIVE_INFINITY);
  }
  return open;
}

/** A history that no order explains, a line an operation, over time; the longest order found is numbered. */
export function drawHistory(
  verdict: Extract<LinearizabilityVerdict, { linearizable: false }>,
  width = 72,
): string {
  const { history, longestOrder } = verdict;
  const start = Math.min(...history.map(({ calledAt }) => calledAt));
  const times = history.flatMap(({ calledAt, returnedAt }) => [calledAt, returnedAt ?? calledAt]);
  const scale = (width - 1) / Math.max(1, Math.max(...times) - start);
  const lines = history.map((operation, at) => {
    const from = Math.round((operation.calledAt - start) * scale);
    const to = operation.returnedAt === null ? width - 1 : Math.round((operation.returnedAt - start) * scale);
    const bar = `${' '.repeat(from)}├${'─'.repeat(Math.max(0, to - from - 1))}${operation.returnedAt === null ? '┄' : '┤'}`;
    const order = longestOrder.indexOf(at);
    const place = order === -1 ? '  ?' : String(order + 1).padStart(3);
    const what =
      operation.kind === 'write' ? `write ${operation.value}` : `read → ${operation.value ?? 'nothing'}`;
    return `${place} ${bar.padEnd(width + 1)} ${operation.client} ${what}`;
  });
  return [
    `key ${verdict.key}: no order explains these operations (?: not in the longest order found)`,
    ...lines,
  ].join('\n');
}
