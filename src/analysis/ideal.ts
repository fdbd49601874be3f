/**
 * The best a randomised election can do: closed forms for the time without a leader, from the options, one message
 * delay and the durable writes. They assume heartbeats broadcast together and a crash uniform in the heartbeat
 * interval; an independent Monte Carlo agrees within 0.15 % where there are no split votes.
 */

/** All times in ms. */
export interface IdealInput {
  /** n: voters of the cluster, the dead included. */
  readonly voters: number;
  /** s: voters alive after the crash. */
  readonly alive: number;
  /** e: those of them whose log is up to date, so that they can win. */
  readonly electable: number;
  /** T: the least silence after which the leader is given up. */
  readonly electionTimeoutMs: number;
  /** R: each node's timeout is uniform over [T, T+R]. */
  readonly electionJitterMs: number;
  /** h: 0 when the silence starts at the crash itself, as it does with an exit notice. */
  readonly heartbeatMs: number;
  /** d: one message, from its sending until it has been handled. */
  readonly delayMs: number;
  /** W1: the candidate's own write before it sends its vote requests. */
  readonly candidateWriteMs: number;
  /** W2: a voter's write before it sends its grant. W = W1 + W2. */
  readonly voterWriteMs: number;
  /** The leader's write of its first entry, on the way to `ready`. */
  readonly logWriteMs: number;
  readonly preVote: boolean;
  /** Ranked successors, R = 0: whoever is next stands alone, and no vote is split. Default false. */
  readonly inTurn?: boolean;
  /**
   * What a lost round is followed by. `r`: a retry wait U(0, r). Null: a fresh draw from [T, T+R], as in the paper.
   */
  readonly retryJitterMs: number | null;
}

/** Times are from the crash, in ms. */
export interface Ideal {
  /** Crash → elected with no split vote: the least, the mean and the most. */
  readonly minMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly knownMeanMs: number;
  readonly readyMeanMs: number;
  /**
   * Probability that a round is split, and the mean of crash → elected with the rounds lost that way. Null where the
   * closed form does not hold: a candidacy stays unknown for more than a tenth of the jitter.
   */
  readonly splitVoteProbability: number | null;
  readonly meanWithSplitVotesMs: number | null;
  /** R*: the jitter that makes the mean least, by what a lost round costs: another timeout, or a retry. */
  readonly bestJitterMs: number;
}

/** Every closed form at once. */
export function idealElection(input: IdealInput): Ideal {
  const afterDetectionMs = campaignMs(input);
  const { electionTimeoutMs, electionJitterMs, heartbeatMs, electable, delayMs } = input;
  const meanMs = electionTimeoutMs + electionJitterMs / (electable + 1) - heartbeatMs / 2 + afterDetectionMs;
  const splitVoteProbability = splitProbability(input);
  return {
    minMs: electionTimeoutMs - heartbeatMs + afterDetectionMs,
    meanMs,
    maxMs: electionTimeoutMs + electionJitterMs + afterDetectionMs,
    knownMeanMs: meanMs + delayMs,
    readyMeanMs: meanMs + 2 * delayMs + input.logWriteMs,
    splitVoteProbability,
    meanWithSplitVotesMs:
      splitVoteProbability === null
        ? null
        : meanMs + (splitVoteProbability / (1 - splitVoteProbability)) * lostRoundMs(input),
    bestJitterMs: bestJitter(input),
  };
}

/** P[crash → elected ≤ `elapsedMs`] with no split vote. */
export function idealCdf(input: IdealInput, elapsedMs: number): number {
  const { heartbeatMs, electionJitterMs, electable } = input;
  const waitedMs = elapsedMs - input.electionTimeoutMs - campaignMs(input);
  // The shortest of e uniform timeouts is over with F; G is its integral, which averages it over the heartbeat phase.
  if (heartbeatMs === 0) return shortestTimeoutCdf(waitedMs, electionJitterMs, electable);
  const integral = (y: number): number => shortestTimeoutIntegral(y, electionJitterMs, electable);
  return (integral(waitedMs + heartbeatMs) - integral(waitedMs)) / heartbeatMs;
}

/** The time within which a share of the elections is over, lost rounds included; null where no closed form holds. */
export function idealQuantile(input: IdealInput, share: number): number | null {
  const lost = splitProbability(input);
  if (lost === null) return null;
  const lostMs = lostRoundMs(input);
  const over = (elapsedMs: number): number => {
    let sum = 0;
    for (let rounds = 0; rounds <= mostLostRounds; rounds += 1) {
      sum += (1 - lost) * lost ** rounds * idealCdf(input, elapsedMs - rounds * lostMs);
    }
    return sum;
  };
  const { electionTimeoutMs, electionJitterMs } = input;
  let lowMs = 0;
  let highMs = electionTimeoutMs + electionJitterMs + campaignMs(input) + mostLostRounds * lostMs;
  for (let halvings = 0; halvings < 60; halvings += 1) {
    const middleMs = (lowMs + highMs) / 2;
    if (over(middleMs) < share) lowMs = middleMs;
    else highMs = middleMs;
  }
  return highMs;
}

/** More lost rounds in one election than any percentile of a sample will show. */
const mostLostRounds = 12;

/** The probability that a leader which is silent for so long, from a moment at random, is given up meanwhile. */
export function suspicionProbability(input: IdealInput, silentMs: number): number {
  return idealCdf({ ...input, delayMs: 0, candidateWriteMs: 0, voterWriteMs: 0 }, silentMs);
}

/** From suspicion to elected: (3 + 2·PV)·d + W, where the third delay is the last heartbeat's. */
function campaignMs(input: IdealInput): number {
  return (input.preVote ? 5 : 3) * input.delayMs + input.candidateWriteMs + input.voterWriteMs;
}

function shortestTimeoutCdf(y: number, jitterMs: number, electable: number): number {
  if (y < 0) return 0;
  return y >= jitterMs ? 1 : 1 - (1 - y / jitterMs) ** electable;
}

function shortestTimeoutIntegral(y: number, jitterMs: number, electable: number): number {
  if (y <= 0) return 0;
  const meanMs = jitterMs / (electable + 1);
  return y >= jitterMs ? y - meanMs : y - meanMs * (1 - (1 - y / jitterMs) ** (electable + 1));
}

/** w: how long a candidacy stays unknown to its rivals. */
export function splitWindowMs(input: IdealInput): number {
  const bareMajority = input.alive === Math.floor(input.voters / 2) + 1;
  // With pre-vote the new term already refuses rivals during the candidate's write; only with votes to spare
  // can somebody else still gather a quorum of pre-votes meanwhile.
  return input.preVote && bareMajority ? input.delayMs : input.delayMs + input.candidateWriteMs;
}

/** m: so many rivals within the window leave nobody a quorum. */
export function rivalsThatSplit(input: IdealInput): number {
  return input.alive - Math.floor(input.voters / 2);
}

/** P[Binomial(s, w/R) ≥ m]. */
function splitProbability(input: IdealInput): number | null {
  const windowMs = splitWindowMs(input);
  if (input.alive <= 1 || windowMs === 0 || input.inTurn === true) return 0;
  const share = windowMs / input.electionJitterMs;
  if (share > 0.1) return null;
  let probability = 0;
  for (let rivals = rivalsThatSplit(input); rivals <= input.alive; rivals += 1) {
    probability += choose(input.alive, rivals) * share ** rivals * (1 - share) ** (input.alive - rivals);
  }
  return probability;
}

/** L: how much later a leader comes for each round that is lost. */
export function lostRoundMs(input: IdealInput): number {
  const { delayMs, alive } = input;
  if (input.retryJitterMs === null) {
    return input.electionTimeoutMs + input.electionJitterMs / (alive + 1) + delayMs;
  }
  const roundMs = (input.preVote ? 4 : 2) * delayMs + input.candidateWriteMs + input.voterWriteMs;
  return roundMs + input.retryJitterMs / (alive + 1);
}

/**
 * R* = [(s+1)·m·C(s,m)·L·w^m]^(1/(m+1)): less jitter costs more split votes than it saves, more only waits. Without a
 * retry wait L is nearly T, and that is what stands in for it.
 */
function bestJitter(input: IdealInput): number {
  const costMs = input.retryJitterMs === null ? input.electionTimeoutMs : lostRoundMs(input);
  const rivals = rivalsThatSplit(input);
  const windowMs = splitWindowMs(input);
  const product = (input.alive + 1) * rivals * choose(input.alive, rivals) * costMs * windowMs ** rivals;
  return product ** (1 / (rivals + 1));
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i;
  return ways;
}
