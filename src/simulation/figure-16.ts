/**
 * Figure 16 of the Raft paper, in virtual time: five servers, the leader crashes after a heartbeat, all four logs that
 * are left differ, so that two of them cannot win. A discrete-event model with two sequential disk writes U(1, 9) ms,
 * a candidate's and a voter's, and no network delay is a good model of that testbed; adopting a term costs nothing.
 */
import { asLogIndex, asNodeId, asTerm, type NodeId } from '../raft/brands.js';
import type { Entry } from '../raft/log.js';
import { vanillaRules } from '../raft/options.js';
import { createRandom, drawBetween, drawUint32, type RandomState } from '../raft/random.js';
import { fixedDelay } from './delay.js';
import { World, type InitialDisk } from './world.js';

export interface Figure16Row {
  /** T and R: the paper's ranges are T to T + R. */
  readonly electionTimeoutMs: number;
  readonly electionJitterMs: number;
  /** What the paper's servers took, on average, until a leader was there. */
  readonly paperMeanMs: number;
  /** False where R is so small that the spread of the testbed's disk and timers, which nobody knows, splits the votes. */
  readonly isComparable: boolean;
}

export const figure16: readonly Figure16Row[] = [
  { electionTimeoutMs: 150, electionJitterMs: 0, paperMeanMs: 54_336, isComparable: false },
  { electionTimeoutMs: 150, electionJitterMs: 1, paperMeanMs: 1535.8, isComparable: false },
  { electionTimeoutMs: 150, electionJitterMs: 5, paperMeanMs: 345, isComparable: false },
  { electionTimeoutMs: 150, electionJitterMs: 25, paperMeanMs: 163.7, isComparable: false },
  { electionTimeoutMs: 150, electionJitterMs: 50, paperMeanMs: 156, isComparable: true },
  { electionTimeoutMs: 150, electionJitterMs: 150, paperMeanMs: 180.7, isComparable: true },
  { electionTimeoutMs: 12, electionJitterMs: 12, paperMeanMs: 34.7, isComparable: false },
  { electionTimeoutMs: 25, electionJitterMs: 25, paperMeanMs: 47.9, isComparable: false },
  { electionTimeoutMs: 50, electionJitterMs: 50, paperMeanMs: 71.3, isComparable: true },
  { electionTimeoutMs: 100, electionJitterMs: 100, paperMeanMs: 125.4, isComparable: true },
];

export interface Figure16Sample {
  /** Crash → elected, in ms, smallest first. With no network delay every server that is free knows it then. */
  readonly electedMs: readonly number[];
  /** Trials given up after `limitMs`: identical timeouts with no jitter at all may collide for ever. */
  readonly unelected: number;
}

export const limitMs = 60_000;

export function simulateFigure16(
  { electionTimeoutMs, electionJitterMs }: Figure16Row,
  trials: number,
  seed: number,
): Figure16Sample {
  const random = createRandom(seed);
  const electedMs: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const elected = electOnce(electionTimeoutMs, electionJitterMs, random);
    if (elected !== null) electedMs.push(elected);
  }
  return { electedMs: electedMs.toSorted((a, b) => a - b), unelected: trials - electedMs.length };
}

/** The survivors heard the last heartbeat as the world began; the crash came somewhere in the interval after it. */
function electOnce(electionTimeoutMs: number, electionJitterMs: number, random: RandomState): number | null {
  const heartbeatMs = electionTimeoutMs / 2;
  let isElected = false;
  const world = new World(
    {
      seed: drawUint32(random),
      configuration: { voters: servers, oldVoters: null, learners: [] },
      core: {
        electionTimeoutMs,
        electionJitterMs,
        heartbeatMs,
        retryJitterMs: 1,
        voteTimeoutMs: null,
        maxAppendEntries: 64,
        rules: vanillaRules,
      },
      linkDelay: fixedDelay(0),
      storeDelay: { type: 'uniform', minMs: 1, maxMs: 9 },
      termStoreDelay: fixedDelay(0),
      exitNoticeDelayMs: 0,
      mailbox: { control: 1024, data: 1024 },
      disks,
    },
    { observed: (_node, { event }) => (isElected ||= event.type === 'elected') },
  );
  world.crash(oldLeader);
  if (!world.run(limitMs, () => isElected)) return null;
  return world.nowMs - drawBetween(random, 0, heartbeatMs);
}

const servers = ['n1', 'n2', 'n3', 'n4', 'n5'].map(asNodeId);
const oldLeader = asNodeId('n5');

/** One entry more on each server, up to the old leader. */
const disks: ReadonlyMap<NodeId, InitialDisk> = new Map(
  servers.map((id, rank) => [
    id,
    {
      hardState: { currentTerm: asTerm(1), votedFor: oldLeader },
      entries: Array.from({ length: rank + 1 }, (_, at) => entryAt(at + 1)),
    },
  ]),
);

function entryAt(index: number): Entry {
  return { index: asLogIndex(index), term: asTerm(1), payload: { type: 'command', value: index } };
}
