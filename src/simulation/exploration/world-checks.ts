/**
 * What must hold of a world after each step, beyond what the step of a single node shows. A world is compared with all
 * its past in a few numbers: who was elected in each term, and a number that stands for everything ever committed.
 */
import type { RaftState } from '../../raft/state.js';
import type { World } from './world.js';

/** What a step made of a world's past, and the first rule that it broke. */
export interface Judgement {
  readonly leaders: number[];
  readonly committed: number;
  readonly broken: string | null;
}

export class WorldChecks {
  /** By number. */
  readonly #committedLogs: string[][] = [[]];
  readonly #committedNumbers = new Map<string, number>([['', 0]]);
  /** Pairs of logs that were found to match, or not: there are far fewer of them than worlds. */
  readonly #comparedLogs = new Set<string>();

  get longestCommitted(): number {
    return Math.max(...this.#committedLogs.map((log) => log.length));
  }

  /**
   * @param nodes the states after the step
   * @param at who stepped
   * @param elected the term that it was elected in by this step, or 0
   */
  afterStep(before: World, nodes: readonly RaftState[], at: number, elected: number): Judgement {
    const stepped = nodes[at];
    if (stepped === undefined) throw new RangeError(`no node at ${at}`);
    const broken: string[] = [];
    let { leaders } = before;
    if (elected > 0) {
      const earlier = leaders[elected - 1] ?? 0;
      if (earlier !== 0 && earlier !== at + 1) broken.push(`two leaders in term ${elected}`);
      leaders = leaders.with(elected - 1, at + 1);
    }
    const committed = this.#extendCommitted(before.committed, stepped, broken);
    if (elected > 0 && !startsWith(digest(stepped), this.#committedLogs[committed] ?? [])) {
      broken.push('leader completeness: a committed entry is missing in a new leader');
    }
    for (const other of nodes) if (other !== stepped) this.#checkLogMatching(stepped, other, broken);
    return { leaders, committed, broken: broken[0] ?? null };
  }

  /** What any node has committed, all others must agree with, for ever. */
  #extendCommitted(number: number, state: RaftState, broken: string[]): number {
    const committed = this.#committedLogs[number] ?? [];
    const own = digest(state).slice(0, state.commitIndex);
    const shorter = Math.min(own.length, committed.length);
    if (!startsWith(own, committed.slice(0, shorter)))
      broken.push('state-machine safety: two entries committed at one index');
    if (own.length <= committed.length) return number;
    const key = own.join(' ');
    const known = this.#committedNumbers.get(key);
    if (known !== undefined) return known;
    this.#committedNumbers.set(key, this.#committedLogs.push(own) - 1);
    return this.#committedLogs.length - 1;
  }

  /** §5.3: where two logs agree on an index and its term, they agree up to there. */
  #checkLogMatching(a: RaftState, b: RaftState, broken: string[]): void {
    const own = digest(a);
    const theirs = digest(b);
    const key = `${own.join(' ')}|${theirs.join(' ')}`;
    if (this.#comparedLogs.has(key)) return;
    this.#comparedLogs.add(key);
    for (let index = Math.min(own.length, theirs.length); index > 0; index -= 1) {
      if (termOf(own[index - 1]) !== termOf(theirs[index - 1])) continue;
      if (!startsWith(own, theirs.slice(0, index)))
        broken.push('log matching: same index and term, different logs');
      return;
    }
  }
}

const digests = new WeakMap<RaftState, string[]>();

/** A log as one word an entry: its term, and what it holds. */
function digest(state: RaftState): string[] {
  const known = digests.get(state);
  if (known !== undefined) return known;
  const words = state.log.entries.map(
    ({ term, payload }) => `${term}:${payload.type === 'command' ? JSON.stringify(payload.value) : 'c'}`,
  );
  digests.set(state, words);
  return words;
}

function termOf(word: string | undefined): string {
  return word?.split(':')[0] ?? '';
}

function startsWith(words: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= words.length && prefix.every((word, at) => words[at] === word);
}
