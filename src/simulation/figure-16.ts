/**
 * Figure 16 of the Raft paper, in virtual time: five servers, the leader crashes somewhere in the heartbeat interval
 * after a broadcast, all four logs that are left differ, so that two of them cannot win. Two writes that take U(1, 9) ms
 * one after the other, a candidate's and a voter's, and a network without delay are a good model of that testbed.
 */
import { standardRules, vanillaRules, type Rules } from '../raft/options.js';
import { createRandom, drawBetween, drawUint32 } from '../raft/random.js';
import { fixedDelay, type Delay } from '../delay.js';
import { electAfresh, type FreshElection } from './fresh-election.js';

/** Why a curve is not the paper's, where it is not. */
export type Departure =
  /** The testbed's disks and timers, of which nothing is known, scatter as much as the timeouts are meant to. */
  | 'testbedScatter'
  /**
   * A candidate that hears of a higher term draws a fresh timeout here; in the program that the paper measured its timer
   * ran on (`stepDown` in LogCabin's `RaftConsensus.cc` arms it for a leader only). It costs where votes often split.
   */
  | 'candidateRearms';

export interface Figure16Row {
  /** As in the paper, with a hyphen: the key of its samples. */
  readonly range: string;
  /** The range is T to T + R. */
  readonly electionTimeoutMs: number;
  readonly electionJitterMs: number;
  /** How many trials the paper has. */
  readonly trials: number;
  /** Null where the curve is expected to be the paper's. */
  readonly departure: Departure | null;
}

/** In the order of the paper: first only the jitter grows, then timeout and jitter do. */
export const figure16: readonly Figure16Row[] = [
  row(150, 150, 'testbedScatter', 100),
  row(150, 151, 'testbedScatter'),
  row(150, 155, 'testbedScatter'),
  row(150, 175, 'candidateRearms'),
  row(150, 200, null),
  row(150, 300, null),
  row(12, 24, 'candidateRearms'),
  row(25, 50, 'candidateRearms'),
  row(50, 100, null),
  row(100, 200, null),
];

/** The writes of the model, a candidate's and a voter's alike. */
export const figure16Write: Delay & { readonly type: 'uniform' } = { type: 'uniform', minMs: 1, maxMs: 9 };

/** Virtual time after which a trial is given up: with no jitter at all the same candidates collide for ever. */
export const limitMs = 60_000;

export interface Figure16Task {
  readonly electionTimeoutMs: number;
  readonly electionJitterMs: number;
  readonly profile: 'standard' | 'vanilla';
  readonly trials: number;
  readonly seed: number;
}

/** In ms from the crash, each smallest first. */
export interface Figure16Sample {
  /**
   * What the paper measured: the new leader's first heartbeat has reached the others (dissertation §9.4), which takes
   * no time here. They may be writing, and may refuse it.
   */
  readonly electedMs: readonly number[];
  /** All have accepted a leader. */
  readonly knownMs: readonly number[];
  /** Trials given up after {@link limitMs}. */
  readonly unelected: number;
}

/** One row, trial by trial. The exit notice is off: between machines there is none. */
export function simulateFigure16(task: Figure16Task): Figure16Sample {
  const { electionTimeoutMs, electionJitterMs, trials, seed } = task;
  const heartbeatMs = electionTimeoutMs / 2;
  const setting = {
    voters: 5,
    dead: 1,
    logs: 'different',
    lastHeartbeat: 'sent',
    core: {
      electionTimeoutMs,
      adaptiveTimeout: null,
      electionJitterMs,
      heartbeatMs,
      retryJitterMs: figure16RetryMs,
      successorSlotMs: figure16RetryMs,
      quorumPatience: 1,
      stallGraceMs: 75,
      voteTimeoutMs: null,
      maxAppendEntries: 64,
      rules: figure16Rules(task.profile),
    },
    linkDelay: fixedDelay(0),
    storeDelay: figure16Write,
  } as const;
  const random = createRandom(seed);
  const elections: FreshElection[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const election = electAfresh(setting, drawUint32(random), limitMs);
    const crashedMs = drawBetween(random, 0, heartbeatMs);
    if (election === null) continue;
    elections.push({ electedMs: election.electedMs - crashedMs, knownMs: election.knownMs - crashedMs });
  }
  const sorted = (of: (election: FreshElection) => number): number[] =>
    elections.map(of).toSorted((a, b) => a - b);
  return {
    electedMs: sorted(({ electedMs }) => electedMs),
    knownMs: sorted(({ knownMs }) => knownMs),
    unelected: trials - elections.length,
  };
}

/** The retry wait and the slot of a successor, where the rules know them. As long as a round with its two writes. */
export const figure16RetryMs = 15;

export function figure16Rules(profile: 'standard' | 'vanilla'): Rules {
  return profile === 'vanilla' ? vanillaRules : { ...standardRules, exitNotice: false };
}

function row(fromMs: number, toMs: number, departure: Departure | null, trials = 1000): Figure16Row {
  return {
    range: `${fromMs}-${toMs}`,
    electionTimeoutMs: fromMs,
    electionJitterMs: toMs - fromMs,
    trials,
    departure,
  };
}
