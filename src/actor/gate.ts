/**
 * One direction of a direct line, in memory that its two ends and the supervisor share: whether it is open, and how many
 * messages are under way. Both in one number, so that whoever closes it knows to the message what is lost.
 */
export class Gate {
  readonly #underWay: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#underWay = new Int32Array(memory);
  }

  /** Open, with nothing under way. */
  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  /** Before a message is sent. False: closed, it has to take another way. */
  enter(): boolean {
    return isOpen(Atomics.add(this.#underWay, 0, 1));
  }

  /** Before a message is taken. False: closed since it was sent, it is lost. */
  leave(): boolean {
    return isOpen(Atomics.sub(this.#underWay, 0, 1));
  }

  /** From now on nothing enters or leaves. Returns how many were under way: they are lost. */
  close(): number {
    return Math.max(0, Atomics.exchange(this.#underWay, 0, closed));
  }
}

/** So far below 0 that no number of messages leads back. */
const closed = -(2 ** 30);

function isOpen(underWay: number): boolean {
  return underWay > closed / 2;
}
