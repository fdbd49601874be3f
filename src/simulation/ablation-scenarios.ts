/**
 * Situations in which single features of the protocol matter, though most of them cost and save nothing when a leader
 * of a settled group simply crashes. None but the missed heartbeat takes the leader, or its quorum, away; one-way in takes its ears.
 */
import { cut, partialPartitions, type PartialPartition } from './partial-partitions.js';

export const ablationScenarios: readonly PartialPartition[] = [
  ...partialPartitions.filter(({ name }) =>
    ['rejoin with a high term', 'flapping link', 'the chain', 'one-way in'].includes(name),
  ),
  {
    name: 'starved machine',
    shape: 'all threads stand still together for 1.25 T in every 2 T',
    source: 'a CPU quota, which stops all threads of a process at once',
    nodes: 5,
    strike: () => {},
    meanwhile: (world, _leader, _others, halfTs) => {
      const { electionTimeoutMs } = world.options.core;
      if (halfTs % 4 === 0) for (const { id } of world.nodes) world.stall(id, 1.25 * electionTimeoutMs);
    },
  },
  {
    name: 'restarted followers',
    shape: 'a follower has lost the leader, and two that have not are restarted every T/2',
    source: 'Ongaro (2014), §4.2.3, for a promise that a crash must not forget',
    nodes: 5,
    strike: (world, leader, [a]) => cut(world, leader, a),
    meanwhile: (world, _leader, [, b, c], halfTs) => {
      // It asks when leases end, which is just after a heartbeat: so restarts have to come at every phase of one.
      world.run((7 * halfTs) % world.options.core.heartbeatMs);
      for (const id of [b, c]) {
        if (id === undefined) continue;
        world.crash(id);
        world.restart(id);
      }
    },
  },
  {
    name: 'missed heartbeat',
    shape: 'the leader crashes after one of four has missed its last heartbeats',
    source: 'PROTOCOL of this project: leases that end at different times',
    nodes: 5,
    prepare: (world, leader, others) => {
      const [last] = others.slice(-1);
      cut(world, leader, last);
      world.run(1.5 * world.options.core.heartbeatMs);
    },
    strike: (world, leader) => world.crash(leader),
  },
];
