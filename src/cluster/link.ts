/** What one direction of a link does to the messages on it: a seeded, pure decision. No timer in here. */

/** How long a message is under way. */
export type LinkDelay =
  | { readonly type: 'none' }
  | { readonly type: 'fixed'; readonly ms: number }
  | { readonly type: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** Half of the messages take `medianMs` or less; `sigma` is the deviation of the delay's logarithm. */
  | { readonly type: 'lognormal'; readonly medianMs: number; readonly sigma: number };

/** One direction of a link. What is left out is perfect: up, at once, nothing lost, doubled or overtaken. */
export interface LinkPolicy {
  /** Nothing passes, and what is under way is lost. */
  readonly cut?: boolean;
  readonly delay?: LinkDelay;
  /** Share of messages lost, from 0 to 1. */
  readonly loss?: number;
  /** Share of messages delivered twice, the copy with a delay of its own. */
  readonly duplication?: number;
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
  reordering: Object.freeze({ share: 0, withinMs: 0 }),
});
