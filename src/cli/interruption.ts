/** Ctrl-C and SIGTERM as an AbortSignal, so that everything is put away before the process ends. */
import { constants } from 'node:os';

/** The reason of the signal: somebody wants the command to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** As a shell reports it: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`Interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Listens from its making until it is disposed of. A second Ctrl-C ends the process at once. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #onInterrupt = (signal: NodeJS.Signals): void => {
    this.#stopListening();
    this.#controller.abort(new Interrupted(signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT'));
  };

  constructor() {
    process.on('SIGINT', this.#onInterrupt);
    process.on('SIGTERM', this.#onInterrupt);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#stopListening();
  }

  #stopListening(): void {
    process.off('SIGINT', this.#onInterrupt);
    process.off('SIGTERM', this.#onInterrupt);
  }
}
