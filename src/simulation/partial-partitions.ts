/**
 * Networks that fail in part: some nodes still talk to some others. Each scenario is a shape that has stopped a real
 * or a published Raft, told in roles (the leader and the others), so that it can be laid over whoever leads.
 */
import type { NodeId } from '../raft/brands.js';
import type { World } from './world.js';

/** What becomes of the group while the fault lasts. */
export type Outcome =
  /** One leader, for good, that can commit. */
  | 'recover'
  /** Terms or leaders keep changing. */
  | 'livelock'
  /** Nothing changes any more, and nothing can be committed. */
  | 'deadlock';

export interface PartialPartition {
  readonly name: string;
  /** One sentence: who can still talk to whom. */
  readonly shape: string;
  readonly source: string;
  readonly nodes: number;
  /** What is done while the group is still whole, if anything. `others` are in order of their names. */
  readonly prepare?: (world: World, leader: NodeId, others: readonly NodeId[]) => void;
  /** Breaks the network; the world then runs on, and `meanwhile` is called every half T. */
  readonly strike: (world: World, leader: NodeId, others: readonly NodeId[]) => void;
  readonly meanwhile?: (world: World, leader: NodeId, others: readonly NodeId[], halfTs: number) => void;
}

const howard = 'Howard & Abraham, Raft does not guarantee liveness in the face of network faults (2020)';
const omniPaxos = 'Ng, Haridi & Carbone, Omni-Paxos (EuroSys 2023)';

export const partialPartitions: readonly PartialPartition[] = [
  {
    name: 'full isolation',
    shape: 'the leader reaches nobody, the others reach each other',
    source: 'Ongaro & Ousterhout (2014), §5.2',
    nodes: 5,
    strike: (world, leader, others) => cutAll(world, [leader], others),
  },
  {
    name: 'rejoin with a high term',
    shape: 'a follower was alone for 20 T and is back',
    source: 'Ongaro (2014), §9.6',
    nodes: 5,
    prepare: (world, leader, others) => {
      cutAll(world, others.slice(0, 1), [leader, ...others.slice(1)]);
      world.run(20 * world.options.core.electionTimeoutMs);
    },
    strike: (world) => world.heal(),
  },
  {
    name: 'Howard’s first',
    shape: 'three reach each other; the fourth only a follower of them, the fifth only the leader',
    source: howard,
    nodes: 5,
    strike: (world, leader, [a, b, c, d]) =>
      keepOnly(world, [
        [leader, a],
        [leader, b],
        [a, b],
        [c, a],
        [d, leader],
      ]),
  },
  {
    name: 'Howard’s second',
    shape: 'one is dead; the leader reaches one of three that reach each other',
    source: howard,
    nodes: 5,
    strike: (world, leader, [a, b, c, d]) => {
      keepOnly(world, [
        [leader, a],
        [a, b],
        [a, c],
        [b, c],
      ]);
      if (d !== undefined) world.crash(d);
    },
  },
  {
    name: 'the bridge',
    shape: 'two pairs, the leader in one of them, meet only in the fifth',
    source: 'Kingsbury, Jepsen (2013): the “bridge” nemesis',
    nodes: 5,
    strike: (world, leader, [a, bridge, c, d]) =>
      keepOnly(world, [
        [leader, a],
        [leader, bridge],
        [a, bridge],
        [c, d],
        [c, bridge],
        [d, bridge],
      ]),
  },
  {
    name: 'the chain',
    shape: 'five in a row, the leader second',
    source: omniPaxos,
    nodes: 5,
    strike: (world, leader, [a, b, c, d]) =>
      keepOnly(world, [
        [a, leader],
        [leader, b],
        [b, c],
        [c, d],
      ]),
  },
  {
    name: 'half-dead switch',
    shape: 'of three, the leader and one follower lose each other',
    source: 'Lianza & Snook, A Byzantine failure in the real world (Cloudflare, 2020)',
    nodes: 3,
    strike: (world, leader, [a, b]) =>
      keepOnly(world, [
        [leader, b],
        [a, b],
      ]),
  },
  {
    name: 'quorum-loss',
    shape: 'everybody, the leader too, reaches one follower only',
    source: omniPaxos,
    nodes: 5,
    strike: (world, leader, [hub, b, c, d]) =>
      keepOnly(world, [
        [hub, leader],
        [hub, b],
        [hub, c],
        [hub, d],
      ]),
  },
  {
    name: 'constrained election',
    shape: 'the leader is gone, and the one whom all others reach lacks a committed entry',
    source: omniPaxos,
    nodes: 5,
    prepare: (world, leader, [hub]) => {
      if (hub === undefined) return;
      cut(world, leader, hub);
      world.propose(leader, 'missed by the hub');
      // Long enough to commit, too short to be missed by more than that.
      world.run(world.options.core.heartbeatMs);
    },
    strike: (world, _leader, [hub, b, c, d]) =>
      keepOnly(world, [
        [hub, b],
        [hub, c],
        [hub, d],
      ]),
  },
  {
    name: 'one-way in',
    shape: 'the leader is heard and hears nobody',
    source: 'Ongaro (2014), §6.2',
    nodes: 5,
    strike: (world, leader, others) => {
      for (const other of others) world.setLink(other, leader, { up: false });
    },
  },
  {
    name: 'one-way out',
    shape: 'the leader hears everybody and is not heard',
    source: 'Ongaro & Ousterhout (2014), §5.2',
    nodes: 5,
    strike: (world, leader, others) => {
      for (const other of others) world.setLink(leader, other, { up: false });
    },
  },
  {
    name: 'flapping link',
    shape: 'the link between the leader and one follower is down for 3 T, up for 1 T, and so on',
    source: 'folklore',
    nodes: 5,
    strike: (world, leader, [a]) => cut(world, leader, a),
    meanwhile: (world, leader, [a], halfTs) => {
      if (halfTs % 8 === 6) mend(world, leader, a);
      if (halfTs % 8 === 0) cut(world, leader, a);
    },
  },
];

/** Both directions. */
export function cut(world: World, a: NodeId | undefined, b: NodeId | undefined): void {
  setBoth(world, a, b, false);
}

function mend(world: World, a: NodeId | undefined, b: NodeId | undefined): void {
  setBoth(world, a, b, true);
}

function setBoth(world: World, a: NodeId | undefined, b: NodeId | undefined, up: boolean): void {
  if (a === undefined || b === undefined) return;
  world.setLink(a, b, { up });
  world.setLink(b, a, { up });
}

function cutAll(world: World, some: readonly NodeId[], others: readonly NodeId[]): void {
  for (const a of some) for (const b of others) cut(world, a, b);
}

/** Cuts every link but these. */
function keepOnly(world: World, kept: readonly (readonly (NodeId | undefined)[])[]): void {
  const ids = world.nodes.map(({ state }) => state.id);
  for (const [at, a] of ids.entries()) {
    for (const b of ids.slice(at + 1)) {
      setBoth(
        world,
        a,
        b,
        kept.some((pair) => pair.includes(a) && pair.includes(b)),
      );
    }
  }
}
