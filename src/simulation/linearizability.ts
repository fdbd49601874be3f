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

interface Choice {
  readonly operation: number;
  readonly valueBefore: string | null;
}

/** Depth first with backtracking; `taken` is a set of operations as bits. */
function searchOrder(operations: readonly Operation[]): { found: boolean; longestOrder: number[] } {
  const mustReturn = operations.filter(({ returnedAt }) => returnedAt !== null).length;
  const seen = new Set<string>();
  const chosen: Choice[] = [];
  let longestOrder: number[] = [];
  let taken = 0n;
  let returned = 0;
  let value: string | null = null;
  let from = 0;
  for (;;) {
    if (returned === mustReturn)
      return { found: true, longestOrder: chosen.map(({ operation }) => operation) };
    const next = nextCandidate(operations, taken, value, from, seen);
    if (next !== null) {
      const operation = operations[next];
      chosen.push({ operation: next, valueBefore: value });
      if (chosen.length > longestOrder.length) longestOrder = chosen.map((choice) => choice.operation);
      taken |= 1n << BigInt(next);
      if (operation?.returnedAt !== null) returned += 1;
      if (operation?.kind === 'write') ({ value } = operation);
      from = 0;
      continue;
    }
    const last = chosen.pop();
    if (last === undefined) return { found: false, longestOrder };
    taken &= ~(1n << BigInt(last.operation));
    if (operations[last.operation]?.returnedAt !== null) returned -= 1;
    value = last.valueBefore;
    from = last.operation + 1;
  }
}

/**
 * The first operation from `from` on that may come next: called before any operation that is not taken has returned,
 * and, for a read, right about the value. Leads nowhere it has been before.
 */
function nextCandidate(
  operations: readonly Operation[],
  taken: bigint,
  value: string | null,
  from: number,
  seen: Set<string>,
): number | null {
  const isTaken = (at: number): boolean => ((taken >> BigInt(at)) & 1n) === 1n;
  let earliestReturn = Number.POSITIVE_INFINITY;
  for (const [at, operation] of operations.entries()) {
    if (operation.calledAt > earliestReturn) break;
    if (!isTaken(at))
      earliestReturn = Math.min(earliestReturn, operation.returnedAt ?? Number.POSITIVE_INFINITY);
  }
  for (let at = from; at < operations.length; at += 1) {
    const operation = operations[at];
    if (operation === undefined || operation.calledAt > earliestReturn) break;
    if (isTaken(at) || (operation.kind === 'read' && operation.value !== value)) continue;
    const after = operation.kind === 'write' ? operation.value : value;
    const key = `${(taken | (1n << BigInt(at))).toString(36)} ${JSON.stringify(after)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    return at;
  }
  return null;
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
