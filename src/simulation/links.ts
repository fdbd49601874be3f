/** One direction between two nodes: what it does to the messages sent along it. */
import { drawBetween, type RandomState } from '../raft/random.js';
import { drawDelayNs, type Delay } from '../delay.js';

export interface LinkPolicy {
  /** False: everything is lost, what is on its way included. */
  readonly up: boolean;
  readonly delay: Delay;
  /** Probability that a message is lost. */
  readonly loss: number;
  /** Probability that a message arrives twice. */
  readonly duplication: number;
  /** Probability that a message may be overtaken; others keep their order. */
  readonly reordering: number;
}

export interface Link {
  policy: LinkPolicy;
  /** Nothing that keeps its order arrives before this. */
  lastArrivalNs: number;
  /** Counts its cuts: what was sent before the last one is lost, even when the link is joined in time. */
  cuts: number;
}

/** Up, in order, and nothing lost or doubled. */
export function goodPolicy(delay: Delay): LinkPolicy {
  return { up: true, delay, loss: 0, duplication: 0, reordering: 0 };
}

export function createLink(policy: LinkPolicy): Link {
  return { policy, lastArrivalNs: 0, cuts: 0 };
}

/** From now on; a new policy, or none of the old, begins an order of its own. */
export function setPolicy(link: Link, policy: LinkPolicy): void {
  link.policy = policy;
  link.lastArrivalNs = 0;
  if (!policy.up) link.cuts += 1;
}

/** When a message sent now arrives, or -1 when it is lost. A probability of 0 draws nothing. */
export function drawArrivalNs(link: Link, nowNs: number, random: RandomState): number {
  const { policy } = link;
  if (!policy.up || happens(policy.loss, random)) return -1;
  const arrivalNs = nowNs + drawDelayNs(policy.delay, random);
  if (happens(policy.reordering, random)) return arrivalNs + drawDelayNs(policy.delay, random);
  link.lastArrivalNs = Math.max(link.lastArrivalNs, arrivalNs);
  return link.lastArrivalNs;
}

export function happens(probability: number, random: RandomState): boolean {
  return probability > 0 && drawBetween(random, 0, 1) < probability;
}
