/** Who counts: voters, learners and, during a joint change (§4.3), the voters of the old configuration as well. */
import type { NodeId } from './brands.js';

export interface Configuration {
  readonly voters: readonly NodeId[];
  /** The outgoing voters while the configuration is joint, otherwise null. Every count is over both sets then. */
  readonly oldVoters: readonly NodeId[] | null;
  /** Receive entries, never campaign and are never counted. */
  readonly learners: readonly NodeId[];
}

/** A node that knows no configuration yet: it has no voters, so nobody in it can campaign. */
export const noConfiguration: Configuration = Object.freeze({ voters: [], oldVoters: null, learners: [] });

export function isVoter(configuration: Configuration, id: NodeId): boolean {
  return configuration.voters.includes(id) || (configuration.oldVoters?.includes(id) ?? false);
}

/** True when nobody else has a say: its own vote is a quorum by itself. */
export function isSoleVoter(configuration: Configuration, id: NodeId): boolean {
  return isVoter(configuration, id) && otherVoters(configuration, id).length === 0;
}

/** Every other voter, of both configurations when joint, each once. */
export function otherVoters(configuration: Configuration, self: NodeId): NodeId[] {
  const others = configuration.voters.filter((id) => id !== self);
  for (const id of configuration.oldVoters ?? []) {
    if (id !== self && !others.includes(id)) others.push(id);
  }
  return others;
}

/** Everybody a leader replicates to: the other voters, then the learners. */
export function otherMembers(configuration: Configuration, self: NodeId): NodeId[] {
  const others = otherVoters(configuration, self);
  for (const id of configuration.learners) {
    if (id !== self && !others.includes(id)) others.push(id);
  }
  return others;
}

/** True when both name the same members in the same parts; the order does not matter. */
export function isSameConfiguration(a: Configuration, b: Configuration): boolean {
  return (
    isSameSet(a.voters, b.voters) &&
    isSameSet(a.learners, b.learners) &&
    (a.oldVoters === null) === (b.oldVoters === null) &&
    isSameSet(a.oldVoters ?? [], b.oldVoters ?? [])
  );
}

function isSameSet(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
