/** What keeps a node's own thread busy on purpose: the contention that comes from within. */

/** One kind of it; a thread bears one of each kind at a time. */
export type Burden =
  /**
   * The event loop is blocked, by computing, for `forMs` out of every `everyMs`; `random`: at drawn moments, as often on
   * average.
   */
  | { readonly type: 'hog'; readonly forMs: number; readonly everyMs: number; readonly random: boolean }
  /** Objects are allocated at this rate, and some of them kept for a while, so that the garbage collector has work. */
  | { readonly type: 'memory'; readonly megabytesPerSecond: number }
  /**
   * Ten times a second every peer is sent stale answers, for each lane of its mailbox `fill` times what the control lane
   * holds. They say nothing to anybody, and have to be handled all the same.
   */
  | { readonly type: 'flood'; readonly fill: number };
