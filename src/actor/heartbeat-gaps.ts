/** For how long a follower heard nothing of its leader, each time until it heard it again. */
import type { NodeId } from '../raft/brands.js';
import type { RaftState } from '../raft/state.js';

/** More than a leader sends in a second; behind that many, those that nobody asks for are not kept. */
const capacity = 4096;

export class HeartbeatGaps {
  #leader: NodeId | null = null;
  #term = 0;
  #contactMs = 0;
  #shares: number[] = [];

  /** After each turn. The first sign of life of a leader ends no gap. */
  see({ role, leaderId, currentTerm, contact, timeoutMs }: RaftState): void {
    if (role !== 'follower' || leaderId === null || contact === null) {
      this.#leader = null;
      return;
    }
    const isSame = leaderId === this.#leader && currentTerm === this.#term;
    if (isSame && contact.runningMs > this.#contactMs && this.#shares.length < capacity) {
      this.#shares.push((contact.runningMs - this.#contactMs) / timeoutMs);
    }
    this.#leader = leaderId;
    this.#term = currentTerm;
    this.#contactMs = contact.runningMs;
  }

  /** Since this was last asked, as shares of T. */
  take(): readonly number[] {
    const shares = this.#shares;
    this.#shares = [];
    return shares;
  }
}
