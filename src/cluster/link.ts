/** What one direction of a link does to the messages on it: a seeded, pure decision. No timer in here. */
import { drawDelayNs, type Delay } from '../delay.js';
import { maxDurationMs } from '../limits.js';
import { refuseOption } from '../options.js';
import { drawBetween, type RandomState } from '../raft/random.js';
import { between, checkNames, resolveDelay } from './delay-option.js';

/** How long a message is under way. */
export type LinkDelay = { readonly type: 'none' } | Delay;

/** One direction of a link. What is left out is perfect: up, at once, nothing lost, doubled or overtaken. */
export interface LinkPolicy {
  /** Nothing passes, and what is under way is lost. */
  readonly cut?: boolean;
  readonly delay?: LinkDelay;
  /** Share of messages lost, from 0 to 1. */
  readonly loss?: number;
  /** Share of messages delivered twice, the copy with a delay of its own. */
  readonly duplication?: number;
  /** Messages with log entries in them are lost: what a path does whose MTU nobody knows. Heartbeats and votes pass. */
  readonly entriesLost?: boolean;
  /** This share of messages is held back for up to `withinMs` longer and may be overtaken. Others keep their order. */
  readonly reordering?: { readonly share: number; readonly withinMs: number };
}

/** A {@link LinkPolicy} with nothing left out. */
export type ResolvedLinkPolicy = Required<LinkPolicy>;

export const perfectLink: ResolvedLinkPolicy = Object.freeze({
  cut: false,
  delay: Object.freeze({ type: 'none' }),
  loss: 0,
  duplication: 0,
  entriesLost: false,
  reordering: Object.freeze({ share: 0, withinMs: 0 }),
});

/** Whether nothing at all happens to what passes. */
export function isPerfect(policy: ResolvedLinkPolicy): boolean {
  const { cut, delay, loss, duplication, entriesLost, reordering } = policy;
  const isUndisturbed = loss === 0 && duplication === 0 && !entriesLost && reordering.share === 0;
  return !cut && delay.type === 'none' && isUndisturbed;
}

/** What becomes of one copy of a message. */
export interface Fate {
  readonly delayMs: number;
  /** It keeps no order: messages sent later may arrive before it. */
  readonly reordered: boolean;
}

const atOnce: readonly Fate[] = Object.freeze([Object.freeze({ delayMs: 0, reordered: false })]);

/**
 * The copies that arrive of one message: none when it is lost, two when it is duplicated. Draws from `random` only
 * where the policy leaves something to chance. A cut and lost entries are not looked at: who carries the copies sees to them.
 */
export function decideFates(policy: ResolvedLinkPolicy, random: RandomState): readonly Fate[] {
  if (policy === perfectLink) return atOnce;
  if (happens(policy.loss, random)) return [];
  const fate = drawFate(policy, random);
  return happens(policy.duplication, random) ? [fate, drawFate(policy, random)] : [fate];
}

/**
 * Fills, checks and freezes.
 * @throws ElectorateError `invalidOption`.
 */
export function resolveLinkPolicy(policy: LinkPolicy): ResolvedLinkPolicy {
  checkNames('policy', policy, Object.keys(perfectLink));
  const { cut, delay, loss, duplication, entriesLost, reordering } = { ...perfectLink, ...policy };
  if (typeof cut !== 'boolean') refuseOption('policy.cut', cut, 'to be true or false');
  if (typeof entriesLost !== 'boolean')
    refuseOption('policy.entriesLost', entriesLost, 'to be true or false');
  checkNames('policy.reordering', reordering, ['share', 'withinMs']);
  return Object.freeze({
    cut,
    delay: Object.freeze(delay?.type === 'none' ? { type: 'none' } : resolveDelay('policy.delay', delay)),
    loss: share('policy.loss', loss),
    duplication: share('policy.duplication', duplication),
    entriesLost,
    reordering: Object.freeze({
      share: share('policy.reordering.share', reordering.share),
      withinMs: duration('policy.reordering.withinMs', reordering.withinMs),
    }),
  });
}

function drawFate({ delay, reordering }: ResolvedLinkPolicy, random: RandomState): Fate {
  const delayMs = drawDelay(delay, random);
  return happens(reordering.share, random)
    ? { delayMs: delayMs + drawBetween(random, 0, reordering.withinMs), reordered: true }
    : { delayMs, reordered: false };
}

function drawDelay(delay: LinkDelay, random: RandomState): number {
  return delay.type === 'none' ? 0 : Math.min(maxDurationMs, drawDelayNs(delay, random) / 1e6);
}

function happens(probability: number, random: RandomState): boolean {
  return probability > 0 && drawBetween(random, 0, 1) < probability;
}

function share(option: string, value: number): number {
  return between(option, value, 0, 1);
}

function duration(option: string, value: number): number {
  return between(option, value, 0, maxDurationMs);
}
