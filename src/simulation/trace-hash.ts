/** A fingerprint of a history: who stepped when, on what, and what it became. */
import type { WorldObserver } from './world.js';

const kinds = ['start', 'message', 'timer', 'propose', 'storeFailed', 'peerExited'];
const roles = ['follower', 'candidate', 'leader'];

/** Two lanes of multiply and xor over 32-bit words (after FNV-1a): cheap, and equal on every engine. */
export class TraceHash {
  #a = 0x811c_9dc5;
  #b = 0x9e37_79b9;

  observer(): WorldObserver {
    return {
      stepped: ({ index, state }, input, time, effects) => {
        const ns = Math.round(time.nowMs * 1e6);
        this.#mix(ns | 0);
        this.#mix((ns / 0x1_0000_0000) | 0);
        this.#mix((index << 8) | (kinds.indexOf(input.type) << 4) | roles.indexOf(state.role));
        this.#mix((state.currentTerm << 12) ^ (state.commitIndex << 6) ^ state.log.entries.length);
        // What it has drawn so far stands for every timeout it has chosen.
        this.#mix(state.random.a ^ effects.length);
      },
    };
  }

  digest(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x0100_0193);
    this.#b = Math.imul((this.#b << 13) | (this.#b >>> 19), 0x85eb_ca6b) ^ word;
  }
}
