/** What must hold of a cluster that was stressed for long: pure checks of what was kept. */
import { linearRegression } from 'simple-statistics';
import type { ClusterEvent } from '../../cluster/events.js';
import type { NodeId } from '../../raft/brands.js';
import type { Entry } from '../../raft/log.js';

/** Taken while the cluster is at rest, so that samples can be compared. Null where the system does not say. */
export interface SoakSample {
  /** Since the start. */
  readonly atMs: number;
  /** Of each node's log. */
  readonly entries: number;
  /** Resident memory of the process: all threads, and what is no heap. */
  readonly residentBytes: number;
  /** The same without what the logs of all nodes take. */
  readonly ownBytes: number;
  /** Threads of the process, ports that are open on the main thread, open files. */
  readonly threads: number | null;
  readonly ports: number;
  readonly files: number | null;
}

/** Who was elected in which term: two in one are one too many. */
export class LeaderWatch {
  readonly #leaders = new Map<number, NodeId>();
  readonly #violations: string[] = [];

  /** For `cluster.subscribe`. */
  see(event: ClusterEvent): void {
    if (event.type !== 'elected') return;
    const other = this.#leaders.get(event.term);
    if (other !== undefined && other !== event.node) {
      this.#violations.push(`${other} and ${event.node} were both elected in term ${event.term}`);
    }
    this.#leaders.set(event.term, event.node);
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  get elections(): number {
    return this.#leaders.size;
  }
}

/** Where logs of a cluster at rest differ; empty: they are equal. */
export function differencesOf(logs: ReadonlyMap<NodeId, readonly Entry[]>): string[] {
  const [first, ...others] = [...logs];
  if (first === undefined) return [];
  const [firstId, entries] = first;
  return others.flatMap(([id, log]) => {
    const length = Math.max(entries.length, log.length);
    for (let at = 0; at < length; at += 1) {
      const [a, b] = [entries[at], log[at]];
      if (a === undefined || b === undefined || a.term !== b.term || !isSamePayload(a, b)) {
        return [`the logs of ${firstId} and ${id} differ at index ${at + 1}`];
      }
    }
    return [];
  });
}

function isSamePayload(a: Entry, b: Entry): boolean {
  return JSON.stringify(a.payload) === JSON.stringify(b.payload);
}

/** What a writer of the soak proposes, so that it can be found again. */
export interface SoakValue {
  readonly soak: number;
}

/** Acknowledged values that are not where their acknowledgement said they are. */
export function missingOf(acknowledged: ReadonlyMap<number, number>, log: readonly Entry[]): number[] {
  return [...acknowledged].flatMap(([number, index]) => {
    const payload = log[index - 1]?.payload;
    const isThere =
      payload?.type === 'command' && isSoakValue(payload.value) && payload.value.soak === number;
    return isThere ? [] : [number];
  });
}

function isSoakValue(value: unknown): value is SoakValue {
  return typeof value === 'object' && value !== null && 'soak' in value;
}

/** By how much it grows in a minute, once it is warm. Null below three samples. */
export function growthPerMinute(samples: readonly SoakSample[]): number | null {
  const late = warm(samples);
  if (late.length < 3) return null;
  return linearRegression(late.map(({ atMs, ownBytes }) => [atMs / 60_000, ownBytes])).m;
}

/** The last two thirds of the time: pools and buffers come with the first contention of their kind, and stay. */
function warm(samples: readonly SoakSample[]): readonly SoakSample[] {
  const end = samples.at(-1)?.atMs ?? 0;
  return samples.filter(({ atMs }) => atMs >= end / 3);
}

/** What is not the same in all warm samples, though it has to be: in words, e.g. `threads: 9 to 12`. */
export function inconstancies(samples: readonly SoakSample[]): string[] {
  return (['threads', 'ports', 'files'] as const).flatMap((name) => {
    const values = warm(samples)
      .map((sample) => sample[name])
      .filter((value) => value !== null);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return values.length === 0 || least === most ? [] : [`${name}: ${least} to ${most}`];
  });
}
