/** Reads a system-call trace (`strace -f -y`) for the order of flushes and votes. */

export interface UnflushedVote {
  readonly node: string;
  readonly term: number;
  /** The marker that came too early. */
  readonly line: string;
}

interface WriteUnderWay {
  readonly path: string;
  readonly terms: readonly number[];
}

const call = /^(?<thread>\d+) +(?<name>\w+)\(\d+<(?<path>[^>]*)>(?<rest>.*)$/u;
const resumed = /^(?<thread>\d+) +<\.\.\. (?:fdatasync|fsync) resumed>.*= 0$/u;
const marker = /"send (?<type>voteRequest|voteReply) (?<from>\S+) \S+ (?<term>\d+)\\n"/u;
const writtenTerm = /currentTerm\\":(?<term>\d+)/gu;

/**
 * Each marker of a vote in a term must follow the return of the flush of a write, by the voter's own store, that
 * carried this term. LevelDB writes to a journal in the store's folder, which bears the node's name.
 */
export function findUnflushedVotes(lines: readonly string[]): { unflushed: UnflushedVote[]; votes: number } {
  /** By file: the terms that were written and not yet flushed. */
  const written = new Map<string, number[]>();
  /** By thread: what the flush it is in will have made durable. */
  const flushing = new Map<string, WriteUnderWay>();
  const durable = new Set<string>();
  const unflushed: UnflushedVote[] = [];
  let votes = 0;

  const begin = (thread: string, path: string): void => {
    flushing.set(thread, { path, terms: [...(written.get(path) ?? [])] });
  };
  const finish = (thread: string): void => {
    const flushed = flushing.get(thread);
    flushing.delete(thread);
    for (const term of flushed?.terms ?? []) durable.add(`${nodeOf(flushed?.path ?? '')} ${term}`);
  };

  for (const line of lines) {
    const back = resumed.exec(line)?.groups;
    if (back !== undefined) finish(back['thread'] ?? '');
    const groups = call.exec(line)?.groups;
    if (groups === undefined) continue;
    const { thread = '', name = '', path = '', rest = '' } = groups;
    if (name === 'fdatasync' || name === 'fsync') {
      begin(thread, path);
      if (rest.endsWith('= 0')) finish(thread);
      continue;
    }
    const sent = marker.exec(rest)?.groups;
    if (sent === undefined) {
      const terms = [...rest.matchAll(writtenTerm)].map((match) => Number(match.groups?.['term']));
      if (terms.length > 0) written.set(path, [...(written.get(path) ?? []), ...terms]);
      continue;
    }
    votes += 1;
    const node = sent['from'] ?? '';
    const term = Number(sent['term']);
    if (!durable.has(`${node} ${term}`)) unflushed.push({ node, term, line });
  }
  return { unflushed, votes };
}

/** `…/n1/000003.log` is of n1. */
function nodeOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}
