/** What goes wrong in a simulated history, as data: drawn from a seed, printed, and left out one by one to shrink a failure. */
import type { NodeId } from '../raft/brands.js';
import { invariant } from '../raft/invariant.js';
import { drawBetween, drawUint32, type RandomState } from '../raft/random.js';
import type { Delay } from '../delay.js';
import type { World } from './world.js';

/** A node by its place among the nodes, or whoever leads when the fault strikes (nobody: the first node). */
export type Target = number | 'leader';

export type Fault =
  | { readonly type: 'crash'; readonly node: Target; readonly keepWrite: boolean; readonly forMs: number }
  | { readonly type: 'isolate'; readonly node: Target; readonly direction: 'both' | 'in' | 'out' }
  /** Nodes whose bit is set on one side, the others on the other. */
  | { readonly type: 'partition'; readonly side: number }
  | { readonly type: 'cut'; readonly from: Target; readonly to: Target }
  /** Every link loses, duplicates and reorders, and delays by another distribution. */
  | {
      readonly type: 'degrade';
      readonly loss: number;
      readonly duplication: number;
      readonly reordering: number;
      readonly delay: Delay;
    }
  | { readonly type: 'heal' }
  | { readonly type: 'stall'; readonly node: Target; readonly forMs: number }
  | { readonly type: 'stallDisk'; readonly node: Target; readonly forMs: number }
  /** The next write fails; the node is restarted later. */
  | { readonly type: 'failDisk'; readonly node: Target; readonly forMs: number };

export interface ScheduledFault {
  /** From the beginning of the history. */
  readonly atMs: number;
  readonly fault: Fault;
}

/** Faults until `untilMs`, with gaps between 0 and 2 · `meanGapMs`. */
export function drawFaults(
  random: RandomState,
  nodes: number,
  untilMs: number,
  meanGapMs: number,
): ScheduledFault[] {
  const faults: ScheduledFault[] = [];
  for (let atMs = drawBetween(random, 0, meanGapMs); atMs < untilMs;) {
    faults.push({ atMs: roundMs(atMs), fault: drawFault(random, nodes) });
    atMs += drawBetween(random, 0, 2 * meanGapMs);
  }
  return faults;
}

/** Strikes; what it starts and somebody else has to end (a restart) is returned, to be done later. */
export function strike(
  world: World,
  fault: Fault,
): { readonly afterMs: number; readonly end: () => void } | null {
  switch (fault.type) {
    case 'crash': {
      const id = idOf(world, fault.node);
      world.crash(id, fault.keepWrite);
      return { afterMs: fault.forMs, end: () => world.restart(id) };
    }
    case 'failDisk': {
      const id = idOf(world, fault.node);
      world.failDisk(id);
      return { afterMs: fault.forMs, end: () => revive(world, id) };
    }
    case 'isolate': {
      const id = idOf(world, fault.node);
      for (const peer of world.nodes) {
        if (fault.direction !== 'out') world.setLink(peer.id, id, { up: false });
        if (fault.direction !== 'in') world.setLink(id, peer.id, { up: false });
      }
      return null;
    }
    case 'partition':
      for (const from of world.nodes) {
        for (const to of world.nodes) {
          const apart = ((fault.side >> from.index) & 1) !== ((fault.side >> to.index) & 1);
          if (apart) world.setLink(from.id, to.id, { up: false });
        }
      }
      return null;
    case 'cut':
      world.setLink(idOf(world, fault.from), idOf(world, fault.to), { up: false });
      return null;
    case 'degrade': {
      const { type: _, ...policy } = fault;
      for (const from of world.nodes) for (const to of world.nodes) world.setLink(from.id, to.id, policy);
      return null;
    }
    case 'heal':
      world.heal();
      return null;
    case 'stall':
      world.stall(idOf(world, fault.node), fault.forMs);
      return null;
    case 'stallDisk':
      world.stallDisk(idOf(world, fault.node), fault.forMs);
      return null;
  }
}

/** Takes a node whose store has failed down, and up again. */
export function revive(world: World, id: NodeId): void {
  const node = world.node(id);
  if (node.up && node.state.participating) return;
  world.crash(id);
  world.restart(id);
}

function drawFault(random: RandomState, nodes: number): Fault {
  const node = drawTarget(random, nodes);
  const forMs = roundMs(drawBetween(random, 1, 400));
  const kind = drawInt(random, 20);
  if (kind < 5) return { type: 'crash', node, keepWrite: drawInt(random, 2) === 0, forMs };
  if (kind < 7) return { type: 'isolate', node, direction: pick(random, ['both', 'in', 'out']) };
  if (kind < 9) return { type: 'partition', side: 1 + drawInt(random, 2 ** nodes - 2) };
  if (kind < 11) return { type: 'cut', from: node, to: drawTarget(random, nodes) };
  if (kind < 15) return { type: 'heal' };
  if (kind < 17) return { type: 'stall', node, forMs };
  if (kind < 18) return { type: 'stallDisk', node, forMs };
  if (kind < 19) return { type: 'failDisk', node, forMs };
  return {
    type: 'degrade',
    loss: drawBetween(random, 0, 0.3),
    duplication: drawBetween(random, 0, 0.3),
    reordering: drawBetween(random, 0, 0.5),
    delay: drawDelay(random),
  };
}

/** Any of the distributions, with a typical value between 0.1 and 20 ms. */
export function drawDelay(random: RandomState): Delay {
  const ms = roundMs(drawBetween(random, 0.1, 20));
  return pick<Delay>(random, [
    { type: 'fixed', ms },
    { type: 'uniform', minMs: 0, maxMs: 2 * ms },
    { type: 'lognormal', medianMs: ms, sigma: 1 },
    { type: 'longTailed', minMs: ms / 4, maxMs: 400 },
  ]);
}

export function drawInt(random: RandomState, below: number): number {
  return drawUint32(random) % below;
}

function pick<T>(random: RandomState, choices: readonly [T, ...T[]]): T {
  return choices[drawInt(random, choices.length)] ?? choices[0];
}

/** Half of the faults strike the leader: it is where they hurt. */
function drawTarget(random: RandomState, nodes: number): Target {
  return drawInt(random, 2) === 0 ? 'leader' : drawInt(random, nodes);
}

function idOf(world: World, target: Target): NodeId {
  const node = (target === 'leader' ? world.leader() : world.nodes[target]) ?? world.nodes[0];
  invariant(node !== undefined, 'a world has nodes');
  return node.id;
}

/** Whole microseconds: a schedule is printed and read again without losing a bit. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
