/** How far a benchmark has come, for whoever waits at the terminal. */
import { SingleBar } from 'cli-progress';
import type { Trial } from '../analysis/trial.js';
import { formatMs } from '../report/format.js';

export interface Progress extends Disposable {
  readonly update: (trial: Trial, done: number, of: number) => void;
}

/** A bar on a terminal; elsewhere a line for every tenth of the trials. */
export function showProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) {
    return {
      update: (trial, done, of) => {
        if (done === of || done % Math.ceil(of / 10) === 0) {
          stream.write(`trial ${done}/${of}: ${inShort(trial)}\n`);
        }
      },
      [Symbol.dispose]: () => {},
    };
  }
  const bar = new SingleBar({
    format: '{bar} {value}/{total} trials, {eta_formatted} to go: {last}',
    stream,
    clearOnComplete: true,
  });
  return {
    update: (trial, done, of) => {
      if (done === 1) bar.start(of, 0, { last: '' });
      bar.update(done, { last: inShort(trial) });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

function inShort({ crashed, winner, electedMs }: Trial): string {
  return `${crashed === null ? 'started' : `${crashed} lost`}, ${winner} elected after ${formatMs(electedMs)} ms`;
}
